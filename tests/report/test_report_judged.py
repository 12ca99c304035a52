"""What people judged stands in the report: risk of bias with its support, certainty with its footnotes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from sonospine.cli import report
from sonospine.model.errors import InputError
from sonospine.model.grade import grades
from sonospine.model.risk_of_bias import risks_of_bias
from sonospine.model.table_io import Row, write_table
from sonospine.model.tables import CURATION
from sonospine.report.pages import report_files
from sonospine.report.review import Review

from .conftest import HOSTILE
from .test_report_command import laid_out


def line(
    number: int, kind: str, target: str, field: str, value: str, curator: str = "ann", **cells: str
) -> Row:
    return CURATION.row(action_id=f"a{number}", curator=curator, action="set", target_type=kind, target_id=target,
                        field=field, new_value=value, **cells)  # fmt: skip


RISK = [
    line(1, "study", "s1", "tool", "RoB 2"),
    line(2, "study", "s1", "D1", "low", new_quote=HOSTILE, new_locator="body/s1p1:0-4", reason="by computer"),
    line(3, "study", "s1", "D2", "high", reason="open"),
    line(4, "study", "s1", "D2", "some concerns", "bob", reason="blinded outcome"),
    line(5, "study", "s1/arms", "overall", "high", reason="one result"),
]
GRADES = [
    line(1, "analysis", "arms", "imprecision", "serious", reason="few people"),
    line(2, "analysis", "arms", "inconsistency", "no"),
    line(3, "analysis", "arms", "certainty", "low"),
]


@pytest.fixture(scope="module")
def files(review_maker: Callable[[], Review]) -> dict[str, bytes]:
    review = replace(review_maker(), risks=risks_of_bias(RISK)[0], grades=grades(GRADES)[0])
    return report_files(review)


def words(files: dict[str, bytes], name: str, path: str) -> str:
    (part,) = lxml.html.document_fromstring(files[name].decode()).xpath(path)
    return " ".join(" ".join(part.itertext()).split())


def test_a_judged_study_shows_each_domain_with_support_and_says_what_is_disputed_or_missing(
    files: dict[str, bytes],
) -> None:
    shown = words(files, "studies/s1.html", "//section[@id='risk-of-bias']")
    assert "D1 Bias arising from the randomisation process low by computer" in shown
    assert "disputed (ann: high, bob: some concerns)" in shown
    assert "D3 Bias due to missing outcome data not judged" in shown
    assert "its result in: Pain, arm against arm" in shown
    assert b"<script>" not in files["studies/s1.html"]


def test_an_unjudged_study_shows_nothing_and_an_unrated_analysis_claims_no_certainty(
    files: dict[str, bytes], made: Any
) -> None:
    assert b'id="risk-of-bias"' not in files["studies/s2.html"]
    assert "GRADE" not in words(made.files, "index.html", "//section[@id='analyses']")


def test_the_certainty_of_an_analysis_stands_with_its_footnotes(files: dict[str, bytes]) -> None:
    shown = words(files, "index.html", "//article[@id='analysis-arms']")
    assert "Certainty of the evidence (GRADE): low . Imprecision: serious (few people)." in shown
    assert "Inconsistency:" not in shown, "what was not rated needs no footnote"


def test_the_command_reads_the_judgements_and_names_a_line_that_is_wrong(
    made: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = laid_out(made, tmp_path)
    folder = tmp_path / "extracted/curation"
    write_table(folder / "risk_of_bias/ann.tsv", CURATION, RISK[:3])
    elsewhere = line(9, "analysis", "elsewhere", "certainty", "low")
    write_table(folder / "grade/ann.tsv", CURATION, [*GRADES, elsewhere])
    report.run(config, tmp_path / "report", tmp_path)
    assert "certainty of elsewhere: no such analysis" in caplog.text
    assert 'id="risk-of-bias"' in (tmp_path / "report/studies/s1.html").read_text("utf-8")
    write_table(folder / "grade/ann.tsv", CURATION, [line(1, "analysis", "arms", "imprecision", "serious")])
    with pytest.raises(InputError, match="line 2, reason: the line is malformed"):
        report.run(config, tmp_path / "report", tmp_path)
