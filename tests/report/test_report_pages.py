"""The report: every link holds, every pooled number is marked where it was read, nothing hostile gets through."""

from __future__ import annotations

import csv
import io
import posixpath
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

from sonospine.config.settings import Window
from sonospine.model.demonstration import BANNER
from sonospine.model.numbers import truth
from sonospine.report.numbers import window_bounds
from sonospine.report.pages import report_files

CSP = "default-src 'none'; style-src 'self'; img-src 'self' data:"


def pages(files: dict[str, bytes]) -> dict[str, Any]:
    return {
        name: lxml.html.document_fromstring(data.decode())
        for name, data in files.items()
        if name.endswith(".html")
    }


def addresses(page: Any) -> list[str]:
    found = [*page.xpath("//@href"), *page.xpath("//@src")]
    return [*found, *(v for e in page.iter("a") for k, v in e.attrib.items() if k == "xlink:href")]


def broken_links(files: dict[str, bytes]) -> list[str]:
    """Every address of every page that leads nowhere, and every id that stands twice."""
    parsed = pages(files)
    ids = {name: page.xpath("//@id") for name, page in parsed.items()}
    broken = [
        f"{name}: id {i} twice" for name, own in ids.items() for i in {x for x in own if own.count(x) > 1}
    ]
    for name, page in parsed.items():
        for address in addresses(page):
            parts = urlsplit(address)
            if parts.scheme in ("http", "https"):
                continue
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
                if parts.path
                else name
            )
            if parts.scheme or target not in files:
                broken.append(f"{name}: {address}")
            elif parts.fragment and unquote(parts.fragment) not in ids.get(target, []):
                broken.append(f"{name}: {address} (no such place)")
    return broken


def marked_text(page: Any, measurement: str) -> str:
    """The text under the id of a measurement: the mark itself, and its later pieces where marks overlap."""
    found = page.xpath(f"//*[@id='{measurement}']")
    assert len(found) == 1, measurement
    return "".join(found[0].itertext())


def test_no_link_and_no_anchor_is_dead(made: Any) -> None:
    assert broken_links(made.files) == []


def test_the_link_check_itself_finds_dead_links_and_doubled_ids() -> None:
    page = b"<html><body><p id='a'></p><p id='a'></p><a href='#b'>x</a><a href='no.html'>y</a></body></html>"
    assert len(broken_links({"index.html": page})) == 3


def test_each_row_of_a_figure_leads_to_its_effect(made: Any) -> None:
    index = pages(made.files)["index.html"]
    links = set(addresses(index))
    for row in made.review.effects:
        if truth(row["included"]) and row["variant"] == "primary":
            assert f"studies/{row['study_id']}.html#{row['effect_id']}" in links


def test_each_pooled_number_is_marked_as_quoted_on_its_page(made: Any) -> None:
    parsed = pages(made.files)
    assert made.review.pooled_ids
    for name in made.review.pooled_ids:
        row = made.review.measurement[name]
        assert marked_text(parsed[f"studies/{row['study_id']}.html"], name) == row["quote"]


def test_spread_and_n_are_marked_at_their_own_places(made: Any) -> None:
    parsed = pages(made.files)
    assert marked_text(parsed["studies/s3.html"], "mreg-spread") == "1.2"
    assert marked_text(parsed["studies/s1.html"], "mbase-n") == "Twenty-six"


def test_the_chain_shows_correction_conflict_conversion_and_weight(made: Any) -> None:
    parsed = pages(made.files)
    (two,) = parsed["studies/s2.html"].xpath("//*[@id='e2']")
    text = " ".join(two.text_content().split())
    assert "value: the machine read 6.2, used is 5.2" in text
    assert "jane, 2026-05-01: set value: 6.2 → 5.2, because: a misprint [applied]" in text
    (one,) = parsed["studies/s1.html"].xpath("//*[@id='e1']")
    text = " ".join(one.text_content().split())
    assert "preferred source: table over text" in text
    assert "1.85 ± 0.73" in text
    assert "(differs)" in text
    assert "yi = m1 − m2 <x>" in text
    assert "weight in the pool (primary)" in text


def test_a_number_that_stands_in_no_record_is_said_to_be_missing(made: Any) -> None:
    page = pages(made.files)["studies/s1.html"]
    (place,) = page.xpath("//*[@id='xadded']")
    assert "not in the record at hand" in "".join(place.getparent().getparent().itertext())


def test_hostile_text_appears_as_text(made: Any) -> None:
    for name, page in pages(made.files).items():
        assert not page.xpath("//script"), name
        handlers = [k for e in page.iter() if isinstance(e.tag, str) for k in e.attrib if k.startswith("on")]
        assert handlers == [], name
        assert "\u202e" not in made.files[name].decode(), name
    shown = pages(made.files)["index.html"].xpath("//h1")[0].text_content()
    assert "<script>alert(1)</script>" in shown
    assert "⟨U+202E⟩" in shown


def test_each_page_forbids_all_but_its_own_sheet_and_has_no_inline_style(made: Any) -> None:
    for name, page in pages(made.files).items():
        assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [CSP], name
        assert page.xpath("//@style") == [], name
        assert page.xpath("//style") == [], name


def test_each_page_of_a_demonstration_says_so_and_other_reviews_do_not(made: Any) -> None:
    for name, page in pages(made.files).items():
        assert page.xpath("string(//p[@class='banner'])") == BANNER, name


def test_condensed_quotes_are_styled_as_such(made: Any) -> None:
    page = pages(made.files)["studies/s1.html"]
    assert page.xpath("//section[@id='sources']//section[contains(@class, 'condensed')]")


def test_the_verification_state_counts_pooled_numbers_by_the_rule_of_the_states(made: Any) -> None:
    text = pages(made.files)["index.html"].text_content()  # one is confirmed, one corrected
    assert "2 of 5 pooled numbers verified by a person" in text


def test_k_0_k_1_and_k_2_are_said_in_words(made: Any) -> None:
    text = pages(made.files)["index.html"].text_content()
    for words in ("No study could be pooled", "One study: not pooled", "Not interpretable (two studies)"):
        assert words in text


def test_candidates_left_out_stand_with_their_reason(made: Any) -> None:
    (article,) = pages(made.files)["index.html"].xpath("//*[@id='analysis-success']")
    assert "=a reason" in article.text_content()
    assert "studies/s2.html#e4" in addresses(article)


def test_ongoing_excluded_case_reports_unread_and_rejected_are_listed(made: Any) -> None:
    index = pages(made.files)["index.html"]
    text = " ".join(index.text_content().split())
    for words in (
        "Ongoing (1)", "Excluded (1)", "Case reports, never pooled (1)", "review: no outcome data (1)",
        "figure/F1: Pain over time", "=bad.xml: truncated XML", "jane.tsv, line 3: stale (source changed)",
        "First Source 2008; drawn in the figure", "Second Source 2017",
    ):  # fmt: skip
        assert words in text, words


def test_an_unknown_box_of_the_flow_is_shown_too(made: Any) -> None:
    text = pages(made.files)["index.html"].xpath("string(//section[@id='flow'])")
    assert "A new box" in text
    assert "Identified in databases" in text


def test_an_excluded_study_has_a_light_page_with_the_decision(made: Any) -> None:
    page = pages(made.files)["studies/s4.html"]
    assert "review: no outcome data" in page.text_content()
    assert not page.xpath("//*[@id='sources']")


def test_records_lead_outside_by_well_formed_ids_only(made: Any) -> None:
    outside = {a for page in pages(made.files).values() for a in addresses(page) if a.startswith("http")}
    assert outside == {
        "https://pubmed.ncbi.nlm.nih.gov/12345/",
        "https://doi.org/10.1000/one%26two",
        "https://clinicaltrials.gov/study/NCT00000003",
        "https://pubmed.ncbi.nlm.nih.gov/77/",  # a notice that is not at hand
    }


def test_a_spanned_cell_is_one_cell(made: Any) -> None:
    page = pages(made.files)["studies/s1.html"]
    heads = page.xpath("//section[@id='sources']//table[contains(@class, 'source')]//th[@colspan='2']")
    assert [h.text_content() for h in heads] == ["Group A"]


def test_an_excerpt_of_a_table_keeps_heads_and_marked_rows(made: Any) -> None:
    page = pages(made.files)["studies/s1.html"]
    (table,) = page.xpath("//*[@id='e1']//table[contains(@class, 'source')]")
    text = table.text_content()
    assert "4 weeks" in text
    assert "NRS" in text
    assert "ODI" not in text


@pytest.mark.parametrize("ending", ["tsv", "csv"])
def test_downloads_are_safe_in_a_spreadsheet_and_carry_the_banner(made: Any, ending: str) -> None:
    lines = made.files[f"tables/effects.{ending}"].decode().splitlines()
    assert lines[0] == f"# {BANNER}"
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[1:])), delimiter="\t" if ending == "tsv" else ","))
    assert [r["yi"] for r in rows if r["effect_id"] == "e2"] == ["-2.2"], "numbers stay numbers"
    assert [r["exclusion_reason"] for r in rows if r["effect_id"] == "e4"] == ["'=a reason"]


def test_two_builds_have_the_same_bytes(made: Any, review_maker: Callable[[], Any]) -> None:
    assert report_files(review_maker(drawn_anew=True)) == made.files


def test_a_preferred_value_is_called_pooled_only_where_a_pool_has_it(made: Any, review_maker: Any) -> None:
    (table,) = pages(made.files)["index.html"].xpath("//section[@id='conflicts']//table")
    assert "1.85 ± 0.37" in table.text_content()
    assert "(preferred and pooled)" in table.text_content()
    review = review_maker()
    unused = replace(review, effects=[{**row, "included": "false"} for row in review.effects])
    (table,) = pages(report_files(unused))["index.html"].xpath("//section[@id='conflicts']//table")
    assert "(preferred, not in a pool)" in table.text_content()
    assert "preferred and pooled" not in table.text_content()


def test_an_empty_analysis_claims_no_line_and_shows_no_empty_table(made: Any) -> None:
    (article,) = pages(made.files)["index.html"].xpath("//article[@id='analysis-nothing']")
    text = " ".join(article.text_content().split())
    assert "No study could be pooled" in text
    assert "drawn in the figure" not in text
    assert "no included study has a number for this analysis that could be read" in text
    assert not article.xpath(".//h4[.='Pooled results']/following-sibling::*[1]//table")


def test_results_at_a_glance_spell_out_measure_and_unit(made: Any) -> None:
    (table,) = pages(made.files)["index.html"].xpath("//section[@id='results']//table")
    assert "Mean change, points of 10" in table.text_content()
    assert "Mean difference, points of 10" in table.text_content()


def test_windows_are_told_in_units_that_can_be_read(made: Any) -> None:
    (methods,) = pages(made.files)["index.html"].xpath("//section[@id='methods']")
    assert "over 1 week up to 6 weeks; target 4 weeks" in methods.text_content()
    assert window_bounds(_window(0, 1, closed=True)) == "from 0 up to 1 week"
    assert window_bounds(_window(0.107, 0.179)) == "over 18 hours up to 30 hours"
    assert window_bounds(_window(30, None)) == "over 30 weeks"


def _window(lower: float, upper: float | None, *, closed: bool = False) -> Window:
    return Window(id="w", label="w", lower=lower, upper=upper, target=lower or 1, lower_closed=closed)


def test_an_excluded_study_says_why_and_that_its_numbers_are_not_shown(made: Any) -> None:
    header = pages(made.files)["studies/s4.html"].xpath("string(//header)")
    assert "Excluded: review: no outcome data" in header
    assert "are not shown" in header
    ongoing = pages(made.files)["studies/s3.html"].xpath("string(//header)")
    assert "Ongoing: recruiting" in ongoing


def test_what_is_not_known_of_a_study_is_said(made: Any) -> None:
    (facts,) = pages(made.files)["studies/s2.html"].xpath("//section[@id='about']/dl")
    told = dict(zip(facts.xpath("dt/text()"), (d.text_content() for d in facts.xpath("dd")), strict=True))
    assert told["Condition"] == "not told, or not found"
    assert told["Design"] == "RCT"
    assert "Registration" not in told
