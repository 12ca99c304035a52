"""freeze, release and diff as a person runs them, with the mistakes."""

from __future__ import annotations

import hashlib
import html
import json
import shutil
from pathlib import Path

import pytest

from sonospine.model.demonstration import BANNER
from sonospine.model.table_io import read_table
from sonospine.model.tables import CHANGE_CAUSES, PROTOCOL

from .conftest import FIRST, SECOND, Folder


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_protocol_is_frozen_once_and_then_amended_with_a_reason(copy: Folder) -> None:
    freeze = ("freeze", "--config", "config/config.yaml")
    said = copy.sonospine(*freeze, "--date", "2026-01-05", "--registration", "CRD1")
    assert (said.status, said.out) == (0, "")
    assert said.err.startswith("the protocol of 2026-01-05 written to releases/protocol.tsv")
    before = (copy.path / "releases/protocol.tsv").read_bytes()
    again = copy.sonospine(*freeze, "--date", "2026-02-01")
    assert (again.status, again.err.count("\n")) == (1, 1)
    assert "--reason: a protocol was frozen on 2026-01-05" in again.err
    assert (copy.path / "releases/protocol.tsv").read_bytes() == before
    copy.change("config/config.yaml", "estimator: REML", "estimator: PM")
    assert copy.sonospine(*freeze, "--date", "2026-02-01", "--reason", "asked").status == 0
    content = (copy.path / "releases/protocol.tsv").read_bytes()
    assert content.startswith(before)
    rows = read_table(copy.path / "releases/protocol.tsv", PROTOCOL)
    assert [(r["number"], r["date"], r["registration"], r["reason"]) for r in rows] == [
        ("1", "2026-01-05", "CRD1", ""),
        ("2", "2026-02-01", "CRD1", "asked"),
    ]


def test_the_report_lists_deviations_or_says_that_there_are_none(copy: Folder) -> None:
    def section() -> str:
        assert copy.sonospine("report", "--config", "config/config.yaml", "-o", "results/report").status == 0
        page = (copy.path / "results/report/index.html").read_text(encoding="utf-8")
        return page.partition('<section id="deviations">')[2].partition("</section>")[0]

    assert "No protocol was frozen" in section()
    copy.sonospine("freeze", "--config", "config/config.yaml", "--date", "2026-01-05")
    assert "None: configuration and vocabulary are as frozen." in section()
    copy.change("config/config.yaml", "estimator: REML", "estimator: PM")
    shown = section()
    assert "<code>assumptions.estimator</code></th><td>REML</td><td>PM</td><td>after 2026-01-05</td>" in shown
    assert "not amended" in shown
    table = (copy.path / "results/report/tables/deviations.tsv").read_text(encoding="utf-8")
    assert "assumptions.estimator\tREML\tPM" in table


def test_a_release_holds_the_report_the_tables_and_the_hash_of_each_file(released: Folder) -> None:
    folder = released.path / "releases" / FIRST
    manifest = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    found = hashes(folder)
    del found["release.json"]
    assert manifest["files"] == found
    assert {"config.yaml", "report/index.html", "tables/pooled.tsv", "tables/effects.tsv"} <= set(found)
    assert (manifest["date"], manifest["demonstration"]) == (FIRST, BANNER)
    assert manifest["packages"]["PyMARE"] if "PyMARE" in manifest["packages"] else manifest["python"]


def test_the_same_results_and_date_give_the_same_bytes(copy: Folder) -> None:
    said = copy.sonospine("release", "--config", "config/config.yaml", "--date", FIRST, "-o", "again")
    assert said.status == 0, said.err
    assert hashes(copy.path / "again" / FIRST) == hashes(copy.path / "releases" / FIRST)


def test_a_release_is_never_overwritten_silently(copy: Folder) -> None:
    folder = copy.path / "releases" / FIRST
    before = hashes(folder)
    arguments = ("release", "--config", "config/config.yaml", "--date", FIRST)
    said = copy.sonospine(*arguments)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "a release of that date is there" in said.err
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    refused = copy.sonospine(*arguments, "--replace")
    assert refused.status == 1
    assert "notes.txt: would be lost" in refused.err
    (folder / "notes.txt").unlink()
    done = copy.sonospine(*arguments, "--replace")
    assert (done.status, "replaced in" in done.err) == (0, True)
    assert hashes(folder) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["release", "--config", "config/config.yaml", "--date", "2026-02-30"], "--date: not a date; found '2026-02-30'"),
        (["release", "--config", "config/config.yaml", "--date", "../x"], "--date: not a date"),
        (["freeze", "--config", "config/config.yaml", "-o", "config"], "config, --out: is a folder"),
        (["freeze", "--config", "none.yaml"], "none.yaml: no such file"),
        (["diff", "2020-01-01"], "2020-01-01: no such release"),
        (["diff", "config"], "config: not a release"),
        (["diff", FIRST, "-o", "config"], "the folder would be replaced"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(released: Folder, arguments: list[str], message: str) -> None:
    said = released.sonospine(*arguments)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
    assert message in said.err


def test_a_release_without_results_names_what_is_missing(copy: Folder) -> None:
    shutil.rmtree(copy.path / "results/synthesis")
    said = copy.sonospine("release", "--config", "config/config.yaml", "--date", SECOND)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "results/synthesis/pooled.tsv: no such file (is the run complete?)" in said.err
    assert not (copy.path / "releases" / SECOND).exists()


def test_a_release_that_was_changed_is_not_compared(copy: Folder) -> None:
    copy.change(f"releases/{FIRST}/tables/pooled.tsv", "primary", "primery")
    said = copy.sonospine("diff", FIRST)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert "tables/pooled.tsv: is not as it was released" in said.err


def test_a_release_differs_in_nothing_from_the_results_it_was_made_of(released: Folder) -> None:
    said = released.sonospine("diff", FIRST)
    assert (said.status, said.out.splitlines()[-1]) == (0, "Nothing changed.")


def test_the_difference_names_the_correction_the_retraction_and_the_new_study(updated: Folder) -> None:
    said = updated.sonospine("diff", f"releases/{FIRST}", SECOND)
    assert said.status == 0, said.err
    counts = "Studies: 1 added, 1 revised, 1 retracted, withdrawn or under concern, 1 dropped, 1 corrected by people"
    assert counts in said.out
    pain = said.out.partition("  pain_before_after_short: ")[2].partition("\n  pain_")[0]
    assert "changed Neurolysis" in pain
    assert "correction by ada, action ada-1 (set value: 2.0, now 3.0; misread)" in pain
    assert "went Karkucak 2020: retraction (demo:file:jats-karkucak2020-facet: retracted)" in pain
    assert "half-widths of the old interval" in pain
    immediate = said.out.partition("  pain_before_after_immediate: ")[2].partition("\n  pain_")[0]
    assert "came Moon 2012: new study (demo:file:documents-moon2012-mbb)" in immediate
    assert "not explained" not in said.out


def test_the_page_and_the_tables_of_the_difference_are_written(updated: Folder, tmp_path: Path) -> None:
    said = updated.sonospine("diff", FIRST, SECOND, "-o", str(tmp_path / "changes"))
    assert said.status == 0, said.err
    page = (tmp_path / "changes/index.html").read_text(encoding="utf-8")
    assert "correction by ada, action ada-1" in page
    assert BANNER in html.unescape(page)
    head, _, table = (tmp_path / "changes/causes.tsv").read_text(encoding="utf-8").partition("\n")
    assert head == f"# {BANNER}"
    plain = tmp_path / "plain.tsv"
    plain.write_text(table, encoding="utf-8")
    rows = read_table(plain, CHANGE_CAUSES)
    assert {"correction", "retraction", "new_study"} <= {row["cause"] for row in rows}
    first = hashes(tmp_path / "changes")
    assert updated.sonospine("diff", FIRST, SECOND, "-o", str(tmp_path / "changes")).status == 0
    assert hashes(tmp_path / "changes") == first


def test_a_release_is_compared_with_the_results_as_they_are(updated: Folder) -> None:
    direct, released_ = updated.sonospine("diff", FIRST), updated.sonospine("diff", FIRST, SECOND)
    assert direct.out.splitlines()[1:] == released_.out.splitlines()[1:]
    assert "-> the results as they are" in direct.out.splitlines()[0]


def test_a_changed_setting_is_the_cause_where_no_effect_changed(copy: Folder) -> None:
    copy.change("config/config.yaml", "estimator: REML", "estimator: DL")
    copy.run_statistics()
    said = copy.sonospine("diff", FIRST)
    assert "pool the pool as a whole: configuration (assumptions.estimator: REML, now DL)" in said.out
    assert "assumptions.estimator: REML -> DL" in said.out
