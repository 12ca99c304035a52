"""Records as documents, rows as spans: offsets count code points, and lead back to the place of the row."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonospine.exchange.documents import document_of, file_stem
from sonospine.exchange.spans import marked, spans_of, text_of
from sonospine.model.places import quote_at
from sonospine.model.table_io import without_breaks

from .small_records import measured, record_with

TEXTS = st.text(max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # two cores for many tests
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_every_place_of_a_document_says_what_the_record_says(
    one: str, two: str, cell: str, title: str
) -> None:
    record = record_with(one, two, cells=(cell, two), caption=one, title=title)
    document = document_of(record)
    assert len(document.stretches) == len({s.address for s in document.stretches})
    for stretch in document.stretches:
        shown = document.text[stretch.start : stretch.end]
        assert shown == without_breaks(quote_at(record, stretch.address) or "")
        assert document.span_of(stretch.address) == (stretch.start, stretch.end)
        if len(shown) > 1:
            locator = document.locator_of(stretch.start + 1, stretch.end)
            assert locator == f"{stretch.address}:1-{len(shown)}"
            assert document.span_of(locator) == (stretch.start + 1, stretch.end)


def test_a_span_over_two_places_has_no_locator() -> None:
    document = document_of(record_with("One 1", "Two 2"))
    start = document.text.index("One")
    assert document.locator_of(start, start + 3) == "body/s1p1:0-3"
    assert document.locator_of(start, document.text.index("Two") + 3) is None
    assert document.locator_of(start, start) is None
    assert document.locator_of(start - 1, start + 3) is None


def test_a_place_that_is_not_in_the_document_has_no_span() -> None:
    document = document_of(record_with("One 1"))
    for locator in ("body/s9p9:0-1", "body/s1p1:3-9", "body/s1p1:4-2", "figure/F7"):
        assert document.span_of(locator) is None


def test_offsets_count_code_points() -> None:
    text = "\U0001f4a9 e\u0301 pain was 5.2 ± 0.4"
    document = document_of(record_with(text))
    spans = spans_of(
        measured(text, "5.2 ± 0.4", value="5.2", spread="sd", spread_value="0.4"), document
    )  # fmt: skip
    start, end = spans["centre"].bounds
    assert document.text[start:end] == "5.2"
    assert end - start == 3
    assert text_of(document, spans["spread"]) == "0.4"


def test_each_number_of_a_row_is_found_where_it_stands() -> None:
    text = "Of 30 people, 7 of 28 had 25.0% (95% CI \u22121.5 to 7\u00b75)."
    document = document_of(record_with(text))
    count = spans_of(measured(text, "7 of 28", centre="count", value="7", total="28"), document)
    assert {role: text_of(document, span) for role, span in count.items()} == {"centre": "7", "total": "28"}
    interval = measured(
        text, "25.0% (95% CI \u22121.5 to 7\u00b75)", centre="percent", value="25.0", spread="ci", lower="-1.5",
        upper="7.5", n="30", n_locator="body/s1p1:3-12",
    )  # fmt: skip
    spans = spans_of(interval, document)
    assert text_of(document, spans["spread"]) == "\u22121.5 7\u00b75"
    assert text_of(document, spans["n"]) == "30"


def test_bounds_in_descending_order_are_found() -> None:
    text = "fell by -9.79%, CI -6.06, -13.52"
    document = document_of(record_with(text))
    row = measured(text, text, centre="percent", value="-9.79", spread="ci", lower="-13.52", upper="-6.06")
    assert text_of(document, spans_of(row, document)["spread"]) == "-6.06 -13.52"


def test_a_corrected_value_is_marked_by_its_whole_quote_and_a_rejected_row_not_at_all() -> None:
    text = "Pain was 5.2 ± 0.4"
    document = document_of(record_with(text))
    row = measured(text, "5.2 ± 0.4", value="5.9", spread="se", spread_value="0.4")
    assert text_of(document, spans_of(row, document)["centre"]) == "5.2 ± 0.4"
    assert spans_of({**row, "state": "rejected"}, document) == {}
    elsewhere = {**row, "locator": "figure/F7", "measurement_id": "x1"}
    assert marked(document, [row, elsewhere]).unplaced == ("x1",)


@given(st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_files_of_two_records_never_have_one_name(ids: list[str]) -> None:
    stems = [file_stem(name) for name in ids]
    assert len(set(stems)) == len(ids)
    assert all("/" not in stem and "\0" not in stem and not stem.startswith(".") for stem in stems)
