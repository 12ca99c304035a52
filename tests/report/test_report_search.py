"""The documentation of the search: complete, escaped, and honest about what nobody told."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import lxml.html
import pytest

from sonospine.model import tables as t
from sonospine.model.demonstration import BANNER
from sonospine.report.deduplication import BY_IDENTIFIER, BY_PEOPLE, BY_TITLE, deduplication
from sonospine.report.pages import report_files
from sonospine.report.prisma_s import items_of
from sonospine.report.review import Review
from sonospine.report.search import search_documentation

from .conftest import HOSTILE, QUERY

SHOWN = HOSTILE.replace("\u202e", "⟨U+202E⟩")


def page_of(files: dict[str, bytes], name: str = "search.html") -> Any:
    return lxml.html.document_fromstring(files[name].decode())


def items(review: Review) -> dict[str, tuple[str, str]]:
    found = items_of(search_documentation(review))
    assert [item.number for item in found] == [str(number) for number in range(1, 17)]
    return {item.name: (item.text, item.untold) for item in found}


def test_every_item_says_what_is_known_and_what_nobody_told(made: Any) -> None:
    found = items(made.review)
    assert all(text or untold for text, untold in found.values())
    text, untold = found["Database name"]
    assert "PubMed through E-utilities" in text
    assert untold == f"platform of Embase {HOSTILE}"
    assert found["Study registries"][0] == "No study registry was searched."
    assert found["Full search strategies"][1] == f"strategy of Embase {HOSTILE}"
    assert "PubMed: no preprints; humans" in found["Limits and restrictions"][0]
    assert found["Dates of searches"][0] == "PubMed: 2026-11-20; PubMed Central: 2026-11-20."
    assert found["Dates of searches"][1] == f"date of Embase {HOSTILE}"
    assert found["Contacts"][0] == ""
    assert found["Peer review"][0] == ""
    assert "Update of snapshot 2026-10 as 2026-11: 2 new, 1 revised" in found["Updates"][0]
    assert "PubMed 12,345" in found["Total records"][0]


def test_a_review_without_a_search_claims_none(review_maker: Any) -> None:
    found = items(replace(review_maker(), searches=[], prisma=[]))
    assert found["Database name"][0] == "No bibliographic database was searched."
    for item in (
        "Multi-database searching",
        "Full search strategies",
        "Updates",
        "Dates of searches",
        "Peer review",
    ):
        assert found[item] == ("Nothing was searched.", ""), item
    page = page_of(report_files(replace(review_maker(), searches=[], prisma=[])))
    assert "there is nothing to document" in page.text_content()


def test_the_whole_query_stands_on_the_page_as_written_and_as_sent(made: Any) -> None:
    blocks = [" ".join(e.text_content().split()) for e in page_of(made.files).xpath("//pre")]
    shown = " ".join(QUERY.replace("\u202e", "⟨U+202E⟩").split())
    assert shown in blocks
    assert f"{shown} AND 2020[edat]" in blocks
    assert f"{shown} AND 2021[edat]" in blocks
    assert "pain <b>all</b>" in blocks
    assert not page_of(made.files).xpath("//script")
    assert not page_of(made.files).xpath("//pre//b")


def test_slices_and_counts_of_the_source_are_shown(made: Any) -> None:
    text = page_of(made.files).text_content()
    assert "9,000 reported, 9,000 fetched" in text
    (row,) = page_of(made.files).xpath("//section[@id='counts']//tr[th/a[.='PubMed']]")
    cells = [cell.text_content() for cell in row.xpath("td")]
    assert cells == ["12,345", "12,345", "13,000", "12,345", "0", "655", "0", "1"]


def test_the_demonstration_corpus_is_called_what_it_is(made: Any) -> None:
    assert page_of(made.files).xpath("string(//*[@class='banner'])") == BANNER
    assert BANNER in re.sub(r"\\(.)", r"\1", made.files["search.md"].decode())
    assert "Demonstration corpus: 0 records, without a search." in page_of(made.files).text_content()


def test_a_sentence_for_the_methods_section_tells_place_date_and_counts(made: Any) -> None:
    first = page_of(made.files).xpath("//section[@id='methods']/p")[1].text_content()
    assert first.startswith(
        "PubMed was searched through E-utilities on 2026-11-20; it reported 12,345 records; 12,345 records came "
        "together with the earlier snapshots. Update of snapshot 2026-10 as 2026-11: 2 new,"
    )


def test_the_totals_of_the_checklist_are_those_of_the_flow_diagram(review_maker: Any) -> None:
    rows = [
        t.PRISMA.row(box=box, reason=reason, count=count, unit="records", query="q")
        for box, reason, count in (
            ("identified_databases", "PubMed", "1200"),
            ("identified_registers", "", "0"),
            ("duplicates_removed", "another record of the same report", "7"),
        )
    ]
    text, _ = items(replace(review_maker(), prisma=rows))["Total records"]
    assert text == (
        "1,200 records: identified in databases 1,200 (PubMed 1,200), identified in registers 0, duplicates removed 7 "
        "(another record of the same report 7)."
    )


def test_the_markdown_holds_the_queries_in_fences_they_cannot_close(made: Any) -> None:
    text = made.files["search.md"].decode()
    block = re.search(r"^(`{4,})text\n(.*?)\n\1$", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    assert block[2] == QUERY.replace("\u202e", "⟨U+202E⟩")
    outside = re.sub(r"^(`{3,})text\n.*?\n\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "<" not in outside.replace("\\<", ""), "no mark of HTML outside of the blocks"
    assert "\u202e" not in text


def test_the_tables_of_the_markdown_have_as_many_cells_in_each_row(made: Any) -> None:
    lines = made.files["search.md"].decode().splitlines()
    tables = [line for line in lines if line.startswith("| ")]
    widths = [len(re.findall(r"(?<!\\)\|", line)) for line in tables]
    heads = [i for i, line in enumerate(tables) if i + 1 < len(tables) and tables[i + 1].startswith("| ---")]
    for start, end in zip(heads, [*heads[1:], len(tables)], strict=True):
        assert len(set(widths[start:end])) == 1, tables[start]
    assert len(heads) == 4


def records(*given: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        t.RECORDS.row(record_id=name, report_id=report, search=search, study_id=f"s{report}")
        for name, report, search in given
    ]


def link(a: str, b: str, evidence: str, score: str) -> dict[str, str]:
    return t.LINKS.row(from_id=a, to_id=b, relation="same_report", evidence=evidence, score=score)


@pytest.fixture
def joined(review_maker: Any) -> Review:
    """Three records of one report (identifier, title), a full text, and a report that a person joined."""
    return replace(
        review_maker(),
        records=records(
            ("a", "r1", "pubmed"), ("b", "r1", "file:embase.ris"), ("c", "r1", "file:embase.ris"),
            ("full", "r1", "pmc"), ("d", "r2", "pubmed"), ("e", "r2", "corpus"), ("alone", "r3", "pmc"),
        ),
        links=[
            link("a", "b", "DOI 10.1/x", "1"), link("a", "c", "titles 0.99 alike", "0.97"),
            link("b", "c", "titles 0.98 alike", "0.96"), link("a", "full", "PMID 1", "1"),
            link("d", "e", "set by jane: the same; titles 0.9 alike", "1"),
            link("d", "a", "DOI 10.1/x; not applied: people set apart", "1"),
        ],
    )  # fmt: skip


def test_each_duplicate_is_put_down_to_the_surest_evidence(joined: Review) -> None:
    done = deduplication(joined)
    assert dict(done.by_evidence) == {BY_PEOPLE: 1, BY_IDENTIFIER: 1, BY_TITLE: 1}
    assert done.duplicates == 3, "full texts are no duplicates"
    assert (done.full_texts, done.reports, done.repeated) == (2, 3, 2)
    assert (done.set_together, done.overruled) == (1, 1)


def test_two_records_that_meet_only_in_a_full_text_are_still_counted(joined: Review) -> None:
    met = replace(
        joined,
        records=records(("a", "r1", "pubmed"), ("b", "r1", "corpus"), ("full", "r1", "pmc")),
        links=[link("a", "full", "PMID 1", "1"), link("b", "full", "titles 0.99 alike", "0.98")],
    )
    assert dict(deduplication(met).by_evidence) == {BY_PEOPLE: 0, BY_IDENTIFIER: 0, BY_TITLE: 1}
