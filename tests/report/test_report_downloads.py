"""What the report offers for download: the files for other tools, and the tables that a run may lack."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from sonospine.cli import report
from sonospine.model import tables as t
from sonospine.model.files import write_text
from sonospine.model.table_io import Row, write_table
from sonospine.report.downloads import EXPORTS, OPTIONAL
from sonospine.report.pages import report_files

from .test_report_command import laid_out


def _page(files: dict[str, bytes]) -> str:
    return files["index.html"].decode("utf-8")


def test_every_export_is_offered_with_a_link_that_leads_to_its_bytes(made: Any) -> None:
    exports = {name: f"of {name}".encode() for name in EXPORTS}
    files = report_files(dataclasses.replace(made.review, exports={**exports, "other.txt": b"no"}))
    for name, content in exports.items():
        assert files[f"exports/{name}"] == content
        assert f'<a href="exports/{name}">{name}</a>' in _page(files)
    assert "exports/other.txt" not in files


def test_without_exports_the_page_offers_the_tables_alone(made: Any) -> None:
    assert "exports/" not in _page(made.files)
    assert "For other tools" not in _page(made.files)
    assert not [name for name in made.files if name.startswith("exports/")]


@pytest.mark.parametrize("schema", OPTIONAL, ids=lambda schema: schema.name)
def test_a_table_of_the_probe_is_offered_where_the_run_made_it(made: Any, schema: Any) -> None:
    assert f"tables/{schema.name}.csv" not in made.files
    row: Row = dict.fromkeys(schema.names, "") | {schema.key[0]: "=1+1"}
    files = report_files(dataclasses.replace(made.review, optional={schema.name: [row]}))
    for ending in ("csv", "tsv"):
        assert f'<a href="tables/{schema.name}.{ending}">' in _page(files)
        assert "'=1+1" in files[f"tables/{schema.name}.{ending}"].decode("utf-8")


def test_the_commands_carry_the_exports_and_the_tables_into_the_report(made: Any, tmp_path: Path) -> None:
    config = laid_out(made, tmp_path)
    leave_one_out = t.LEAVE_ONE_OUT.row(analysis="change", effect_id="e1", study_id="s1", label="A", k="2")
    write_table(tmp_path / t.LEAVE_ONE_OUT.path, t.LEAVE_ONE_OUT, [leave_one_out])
    write_text(tmp_path / "results/exports/ris/included.ris", "TY  - JOUR\n")
    out = tmp_path / "results/report"
    report.run(config, out, tmp_path)
    assert (out / "exports/ris/included.ris").read_text(encoding="utf-8") == "TY  - JOUR\n"
    assert "change" in (out / "tables/leave_one_out.csv").read_text(encoding="utf-8")
    report.run(config, out, tmp_path)  # its own folder is replaced


def test_each_file_is_told_in_words(made: Any) -> None:
    files = report_files(dataclasses.replace(made.review, exports=dict.fromkeys(EXPORTS, b"x")))
    told = re.search(r"<h3>For other tools</h3>(.*?)</ul>", _page(files), re.DOTALL)
    assert told is not None
    assert told[1].count("<li>") == len(EXPORTS)
