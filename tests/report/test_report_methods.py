"""The methods text and the checklist: from configuration and run, nothing claimed that did not happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import lxml.html
import pytest

from sonospine.model import tables as t
from sonospine.model.grade import grades
from sonospine.model.risk_of_bias import risks_of_bias
from sonospine.model.version import SOFTWARE, versions_of
from sonospine.report.methods import Part, methods_of
from sonospine.report.pages import report_files
from sonospine.report.prisma_2020 import AUTHORS, prisma_items
from sonospine.report.review import Review

from .test_report_judged import GRADES, RISK
from .test_report_pages import broken_links

NUMBERS = (
    "1 2 3 4 5 6 7 8 9 10a 10b 11 12 13a 13b 13c 13d 13e 13f 14 15 16a 16b 17 18 19 20a 20b 20c 20d 21 22 "
    "23a 23b 23c 23d 24a 24b 24c 25 26 27"
)


def parts(review: Review) -> dict[str, Part]:
    return {part.anchor: part for part in methods_of(review)}


def text(part: Part) -> str:
    return " ".join((*part.paragraphs, *(f"{name}: {value}" for name, value in part.listed)))


def test_search_and_reading_carry_the_counts_of_the_run(made: Any) -> None:
    found = parts(made.review)
    assert "PubMed was searched through E-utilities on 2026-11-20; it reported 12,345 records" in text(
        found["search"]
    )
    reading = text(found["reading"])
    assert "8 results were read from 3 records" in reading
    assert f"{len(made.review.checked_ids)} of the {len(made.review.pooled_ids)} numbers" in reading
    assert "sonospine 0.0" in reading


def test_assumptions_and_rules_follow_the_configuration(review_maker: Callable[[], Review]) -> None:
    review = review_maker()
    chosen = review.config.assumptions.model_copy(
        update={"correlation": 0.7, "estimator": "PM", "ci": "wald", "level": 90.0, "conversions": ()}
    )
    found = parts(replace(review, config=review.config.model_copy(update={"assumptions": chosen})))
    assert "taken to be 0.7" in text(found["assumptions"])
    assert "the PM estimator" in text(found["synthesis"])
    assert "Intervals are at 90 %" in text(found["synthesis"])
    assert "by Wald, and a prediction interval" in text(found["synthesis"])
    assert "Only standard deviations that were printed were used." in text(found["measures"])


def test_every_difference_stands_with_its_source_and_every_analysis_with_its_measure(made: Any) -> None:
    found = parts(made.review)
    assert "Pain, within person: 2 (points of 10). First Source 2008" in text(found["differences"])
    listed = dict(found["measures"].listed)
    assert list(listed) == [analysis.title for analysis in made.review.config.analyses]
    assert listed["Success"].startswith(
        "Risk ratio (RR); arm against arm; designs: RCT; studies with a cell of 0"
    )


def test_people_are_named_where_they_worked_and_nobody_is_claimed_where_not(
    made: Any, review_maker: Callable[[], Review]
) -> None:
    found = parts(made.review)
    assert "1 curator (jane) worked on the review; 1 line" in text(found["curation"])
    assert "there is no agreement to report" in text(found["curation"])
    assert "No person has rated the certainty" in text(found["judgements"])
    alone = parts(replace(review_maker(), actions=()))
    assert text(alone["curation"]) == "No person has corrected or confirmed anything that was read."
    judged = replace(review_maker(), risks=risks_of_bias(RISK)[0], grades=grades(GRADES)[0])
    words = text(parts(judged)["judgements"])
    assert "The risk of bias of 1 of 2 included studies was judged by a person with RoB 2." in words
    assert "for 1 of 4 analyses" in words
    assert "3 curators (ann, bob, jane)" in text(parts(judged)["curation"])


def test_agreement_of_two_curators_is_told_with_its_interval(review_maker: Callable[[], Review]) -> None:
    row = t.AGREEMENT.row(kind="corrections", target_type="measurement", field="value", curator_1="ann",
                          curator_2="bob", n="12", agreed="11", icc="0.981", icc_lower="0.9", icc_upper="0.99")  # fmt: skip
    listed = parts(replace(review_maker(), agreement=[row]))["curation"].listed
    assert listed == (("Numbers, value, ann and bob", "11 of 12; ICC(2,1) 0.98 (0.90 to 0.99)"),)


def test_the_software_is_named_with_its_versions(review_maker: Callable[[], Review]) -> None:
    versions = versions_of((*SOFTWARE, "no-such-package"))
    assert tuple(versions) == SOFTWARE, "each is installed, and what is not is left out"
    listed = parts(replace(review_maker(), software=versions))["software"].listed
    assert listed[0] == ("sonospine", "0.0")
    assert ("PyMARE", versions["PyMARE"]) in listed


def test_the_markdown_holds_what_the_page_holds_and_is_escaped(made: Any) -> None:
    markdown = made.files["methods.md"].decode()
    page = lxml.html.document_fromstring(made.files["methods.html"].decode())
    for part in methods_of(made.review):
        assert f"## {part.heading}" in markdown
        assert page.xpath(f"//section[@id='{part.anchor}']/h2")[0].text_content() == part.heading
    assert "<script>" not in markdown
    assert b"<script>" not in made.files["methods.html"]


def test_the_checklist_has_every_item_and_each_has_a_place_or_is_left_to_the_authors(made: Any) -> None:
    items = prisma_items(made.review)
    assert " ".join(item.number for item in items) == NUMBERS
    assert all(item.places or item.untold for item in items)
    found = {item.number: item for item in items}
    assert found["24a"].untold == AUTHORS
    assert found["18"].untold == "nobody has judged the risk of bias of any study"
    page = lxml.html.document_fromstring(made.files["prisma.html"].decode())
    assert len(page.xpath("//table//th[@scope='row']")) == len(items)
    assert page.xpath("//th[@scope='rowgroup']/text()")[0] == "Title"


def test_what_people_judged_has_its_place_in_the_checklist(review_maker: Callable[[], Review]) -> None:
    review = replace(review_maker(), risks=risks_of_bias(RISK)[0], grades=grades(GRADES)[0])
    found = {item.number: item for item in prisma_items(review)}
    assert ("Lv 2025", "studies/s1.html#risk-of-bias") in found["18"].places
    assert not found["22"].untold
    assert broken_links(report_files(review)) == []


@pytest.mark.parametrize("empty", ["nothing at all", "no searches"])
def test_every_link_of_an_empty_review_resolves(review_maker: Callable[[], Review], empty: str) -> None:
    review = review_maker()
    made = (
        Review(config=review.config, parsed={}, version="0.0")
        if empty == "nothing at all"
        else replace(review, searches=(), prisma=())
    )
    files = report_files(made)
    assert {"index.html", "methods.html", "methods.md", "prisma.html", "search.html"} <= set(files)
    assert broken_links(files) == []
