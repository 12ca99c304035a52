"""What has become of reports, what is only an abstract, and what an update brought."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import lxml.html

from sonospine.model import tables as t
from sonospine.report.editorial import editorial_lines, text_badge
from sonospine.report.pages import report_files


def page_of(files: dict[str, bytes], name: str = "index.html") -> Any:
    return lxml.html.document_fromstring(files[name].decode())


def badges(files: dict[str, bytes], study: str) -> list[str]:
    return [b.text_content() for b in page_of(files, f"studies/{study}.html").xpath("//header//*[@class]")
            if "badge" in b.get("class")]  # fmt: skip


def test_the_first_page_lists_what_is_retracted_or_under_concern_with_its_reason(made: Any) -> None:
    rows = page_of(made.files).xpath("//section[@id='editorial']//tbody/tr")
    cells = [[cell.text_content() for cell in row.xpath("td")] for row in rows]
    retracted, concern = [[*row[:2], row[3]] for row in cells]
    assert retracted == [
        "retracted",
        "publication type “Retracted Publication”",
        "exclude: review: no outcome data",
    ]
    assert concern == [
        "under an expression of concern",
        "notice pmid:77, not at hand",
        "not retrieved: used on its abstract",
    ]
    assert rows[1].xpath(".//a/@href")[1] == "https://pubmed.ncbi.nlm.nih.gov/77/"


def test_a_notice_at_hand_is_named_by_its_title(made: Any, review_maker: Any) -> None:
    review = review_maker()
    notice = t.LINKS.row(
        from_id="demo:file:one",
        to_id="demo:pubmed:12345",
        relation="concern_about",
        evidence="the source states it",
    )
    (line,) = [one for one in editorial_lines(replace(review, links=[notice])) if one.study_id == "s2"]
    assert [why.text for why in line.why] == [f"notice “{review.record_rows['demo:file:one']['title']}”"]
    assert line.why[0].address.startswith("https://doi.org/10.1000/one")


def test_a_record_that_its_source_dropped_is_said_to_be_so(review_maker: Any) -> None:
    review = review_maker()
    rows = [
        {**row, "status": "withdrawn"} for row in review.records if row["record_id"] == "demo:pubmed:12345"
    ]
    gone = t.CHANGES.row(record_id="demo:pubmed:12345", change="withdrawn")
    (line,) = editorial_lines(replace(review, records=rows, links=[], changes=[gone]))
    assert [why.text for why in line.why] == ["the source no longer holds the record"]


def test_without_any_such_report_the_page_says_so(review_maker: Any) -> None:
    review = review_maker()
    clean = replace(review, records=[{**row, "status": "current"} for row in review.records])
    section = page_of(report_files(clean)).xpath("string(//section[@id='editorial'])")
    assert "No report is known to be retracted" in section


def test_a_study_page_carries_its_status_and_what_is_at_hand(made: Any) -> None:
    assert badges(made.files, "s1") == []
    assert badges(made.files, "s2") == [
        "under an expression of concern",
        "abstract only: the full report was not retrieved",
    ]
    assert badges(made.files, "s3") == ["registry only"]
    assert badges(made.files, "s4")[0] == "retracted"


def test_a_study_with_news_alone_is_not_called_an_abstract(review_maker: Any) -> None:
    review = review_maker()
    news = replace(review, reports=[t.REPORTS.row(report_id="ps2", study_id="s2", kind="news")])
    assert text_badge(news, "s2") == ""


def test_the_records_of_a_study_tell_search_date_and_licence(made: Any) -> None:
    (row,) = page_of(made.files, "studies/s2.html").xpath("//section[@id='about']//tbody/tr")
    cells = [cell.text_content() for cell in row.xpath("td")]
    assert cells[1:4] == ["PubMed", "2026-11-20", "no full text"]
    (row,) = page_of(made.files, "studies/s1.html").xpath("//section[@id='about']//tbody/tr")
    cells = [cell.text_content() for cell in row.xpath("td")]
    assert cells[2:5] == ["not told", "full text", "CC BY <4.0>"]


def test_what_the_update_brought_is_listed_by_kind(made: Any) -> None:
    (section,) = page_of(made.files).xpath("//section[@id='update']")
    assert [s.text for s in section.xpath(".//summary")] == [
        "New (1)",
        "Withdrawn: the source no longer holds them (1)",
    ]
    assert section.xpath(".//li/a/@href") == ["studies/s2.html"]
    assert "2026-11 (since 2026-10)" in section.text_content()


def test_an_update_that_brought_nothing_says_so_and_without_one_there_is_no_section(
    review_maker: Any,
) -> None:
    review = review_maker()
    section = page_of(report_files(replace(review, changes=[]))).xpath("string(//section[@id='update'])")
    assert "Nothing is new, revised, retracted or withdrawn" in section
    first = replace(review, changes=[], searches=[{**row, "base": ""} for row in review.searches])
    assert not page_of(report_files(first)).xpath("//section[@id='update']")


def test_searches_and_changes_can_be_downloaded_and_are_safe_in_a_spreadsheet(made: Any) -> None:
    assert "'=Gone" in made.files["tables/changes.tsv"].decode()
    assert "12345" in made.files["tables/searches.csv"].decode()
