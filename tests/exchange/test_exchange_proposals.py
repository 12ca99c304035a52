"""What annotations propose: each span read at its place, or named as not fitting."""

from __future__ import annotations

import pytest

from sonospine.exchange.documents import Document, document_of
from sonospine.exchange.proposals import Proposals, proposals
from sonospine.exchange.spans import Annotated, Mark, Span, gathered, marked
from sonospine.model.table_io import Row

from .small_records import measured, record_with

TEXT = "Pain was 5.2 ± 0.4 (n = 26) and later 3\u00b71 (95% CI 2.0 to 4.5), 12 of 25 better; SE 0.08."
KEY = "m00000000001"
DOCUMENT: Document = document_of(record_with(TEXT, "Another 7 people."))
ROW: Row = measured(TEXT, "5.2 ± 0.4", value="5.2", spread="sd", spread_value="0.4", arm="A")
SPANS = {role: span for _, spans in marked(DOCUMENT, [ROW]).rows for role, span in spans.items()}


def mark(label: str, *words: str) -> Mark:
    """Return a span over words of the document (several: fragments)."""
    starts = [DOCUMENT.text.index(word) for word in words]
    fragments = tuple((start, start + len(word)) for start, word in zip(starts, words, strict=True))
    return Mark(Span(label, fragments), 3, f"{label}-{words[0]}")


def annotated(key: str = KEY, fields: dict[str, str] | None = None, **marks: Mark | None) -> Annotated:
    """Return the row as it was exported, but for the given spans (``None``: gone)."""
    kept = {role: Mark(span, 1, role) for role, span in SPANS.items()} if key else {}
    kept |= {role: one for role, one in marks.items() if one}
    return Annotated(key, 1, {r: m for r, m in kept.items() if marks.get(r, m) is not None}, fields or {})


def proposed(*rows: Annotated) -> Proposals:
    return proposals(marked(DOCUMENT, [ROW]), rows, "a.ann")


def told(one: Annotated) -> Row:
    made = proposed(one)
    assert made.faults == ()
    (row,) = made.rows
    return {name: text for name, text in row.cells.items() if name != "measurement_id"}


def test_a_row_as_it_was_exported_says_nothing() -> None:
    assert told(annotated(fields={"arm": "A"})) == {}


@pytest.mark.parametrize(
    ("one", "cells"),
    [
        (annotated(spread=mark("se", "0.4")), {"spread": "se"}),
        (annotated(spread=mark("sd", "0.08")), {"spread_value": "0.08"}),
        (annotated(spread=mark("se", "0.08")), {"spread": "se", "spread_value": "0.08"}),
        (annotated(centre=mark("median", "3\u00b71")), {"centre": "median", "value": "3.1"}),
        (
            annotated(spread=mark("ci", "2.0", "4.5")),
            {"spread": "ci", "lower": "2.0", "upper": "4.5", "spread_value": ""},
        ),
        (annotated(spread=mark("ci", "2.0 to 4.5")), {"spread": "ci", "lower": "2.0", "upper": "4.5"}),
        (annotated(spread=mark("iqr", "0.4")), {"spread": "iqr"}),  # an interquartile range as one width
        (annotated(n=mark("n", "26")), {"n": "26"}),
        (annotated(total=mark("total", "25")), {"total": "25"}),
        (annotated(fields={"arm": "B", "weeks": "4"}), {"arm": "B", "weeks": "4"}),
    ],
)
def test_a_changed_span_fills_its_columns(one: Annotated, cells: Row) -> None:
    said = told(one)
    assert {name: text for name, text in said.items() if text or ROW[name]} == {
        name: text for name, text in cells.items() if text or ROW[name]
    } | ({"spread_value": ""} if cells.get("spread") == "ci" else {})


def test_a_moved_span_keeps_its_place() -> None:
    (row,) = proposed(annotated(spread=mark("se", "0.08"))).rows
    start = TEXT.index("0.08")
    assert row.places == dict.fromkeys(("spread_value",), (f"body/s1p1:{start}-{start + 4}", "0.08")) | {
        name: place for name, place in row.places.items() if name in ("lower", "upper")
    }


def test_a_number_word_and_another_passage_are_read() -> None:
    (row,) = proposed(annotated(n=mark("n", "7"))).rows
    assert row.cells["n"] == "7"
    assert row.places["n"][0].startswith("body/s1p2:")


def test_a_spread_that_is_gone_is_only_told() -> None:
    made = proposed(annotated(spread=None))
    assert made.remarks == (f"{KEY}: its sd is not marked; the row stays as it is",)
    assert [row.cells for row in made.rows] == [{"measurement_id": KEY}]


def test_a_span_moved_to_the_same_number_is_only_told() -> None:
    text = "It was 5.2, that is 5.2."
    document = document_of(record_with(text))
    before = marked(document, [measured(text, "5.2", value="5.2")])
    second = document.text.rindex("5.2")
    one = Annotated(KEY, 1, {"centre": Mark(Span("mean", ((second, second + 3),)), 1, "T1")})
    made = proposals(before, [one], "a.ann")
    assert made.remarks == (f"{KEY}: the mean was moved, and the same stands there",)
    assert [row.cells for row in made.rows] == [{"measurement_id": KEY}]


def test_a_new_row_has_its_numbers_with_their_places() -> None:
    one = annotated(
        "", {"arm": "B", "nonsense": "x"}, centre=mark("mean", "3\u00b71"), spread=mark("ci", "2.0", "4.5"),
        n=mark("n", "26"),
    )  # fmt: skip
    said = told(one)
    assert {name: said[name] for name in ("record_id", "source", "quote", "value", "centre", "lower", "upper", "n", "arm")} == {
        "record_id": "file:one", "source": "text", "quote": "3\u00b71", "value": "3.1", "centre": "mean", "lower": "2.0",
        "upper": "4.5", "n": "26", "arm": "B",
    }  # fmt: skip
    start = TEXT.index("2.0 to 4.5")
    assert said["spread_locator"] == f"body/s1p1:{start}-{start + 10}"
    assert "nonsense" not in said


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        (annotated(centre=mark("mean", "5.2 ± 0.4")), "a.ann, line 3, mean: the span is not a number; found '5.2 ± 0.4'"),
        (annotated(centre=mark("mean", "Pain")), "a.ann, line 3, mean: the span is not a number; found 'Pain'"),
        (annotated(spread=mark("ci", "12 of 25 better; SE 0.08")), "allowed: two bounds or one width"),
        (annotated(centre=None), f"a.ann, line 1, {KEY}: the row has no value"),
        (annotated("m2", centre=mark("mean", "12")), "no row of this record has this id; found 'm2'"),
        (annotated("", n=mark("n", "26")), "a.ann, line 3, n: the span belongs to no value; found '26'"),
        (annotated("", centre=mark("mean", "12"), n=mark("n", "25 better; SE 0.08.\n\n[body/s1p2]\nAnother 7")),
         "the span is not a number"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_a_fault(one: Annotated, fault: str) -> None:
    made = proposed(one)
    assert made.rows == ()
    (error,) = made.faults
    assert fault in error.line()


def test_a_span_over_two_places_is_a_fault() -> None:
    made = proposed(annotated(spread=mark("ci", "2.0", "7")))
    (error,) = made.faults
    assert "the span is not within one place of the record" in error.line()


def test_a_row_cannot_stand_twice() -> None:
    (error,) = proposed(annotated(), annotated()).faults
    assert "the row stands twice" in error.line()


def test_spans_are_gathered_by_their_relations() -> None:
    marks = [
        mark("mean", "5.2"),
        mark("mean", "3\u00b71"),
        mark("sd", "0.4"),
        mark("se", "0.08"),
        mark("n", "26"),
    ]
    first, second, sd, se, n = (one.name for one in marks)
    rows, faults = gathered(marks, [(sd, first), (n, second)], {first: KEY}, {}, {second: "why"}, "a.ann")
    assert [(row.measurement_id, sorted(row.marks), row.reason) for row in rows] == [
        (KEY, ["centre", "spread"], ""), ("", ["centre", "n"], "why"),
    ]  # fmt: skip
    assert [fault.line() for fault in faults] == [
        f"a.ann, line 3, se: the span belongs to no value; found {se!r}; allowed: a relation to the span of a value"
    ]
    _, faults = gathered(marks, [(sd, first), (se, first), (n, sd)], {}, {}, {}, "a.ann")
    assert [fault.reason for fault in faults] == [
        "the value has two of them", "the span belongs to one that is no value",
    ]  # fmt: skip
