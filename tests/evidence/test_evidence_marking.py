"""Numbers are marked where they stand: nested, overlapping, hostile, or nowhere at all."""

from __future__ import annotations

import lxml.html
from hypothesis import given
from hypothesis import strategies as st

from sonospine.evidence.environment import visible
from sonospine.evidence.marking import Mark, marked, marks_of
from sonospine.model.tables import MEASUREMENTS


def mark(name: str, start: int, end: int, role: str = "value", *, used: bool = True) -> Mark:
    return Mark(name, role, "abstract/p1", start, end, "what it is", used)


def test_a_mark_holds_exactly_the_quote() -> None:
    html = marked("pain 5.27 ± 0.45 fell", [mark("m1", 5, 16)], anchors=True)
    assert '<mark id="m1" class="value used"' in html
    assert lxml.html.fromstring(f"<p>{html}</p>").xpath("string(//mark)") == "5.27 ± 0.45"


def test_a_mark_within_a_mark_leaves_the_outer_one_whole() -> None:
    html = marked("5.27 ± 0.45 (n = 26)", [mark("m1", 0, 20), mark("m1", 17, 19, "n")], anchors=True)
    page = lxml.html.fromstring(f"<p>{html}</p>")
    assert page.xpath("string(//*[@id='m1'])") == "5.27 ± 0.45 (n = 26)"
    assert page.xpath("string(//*[@id='m1-n'])") == "26"


def test_text_is_escaped_inside_and_outside_of_marks() -> None:
    html = marked("<b>1</b> & <script>2</script>", [mark("m1", 3, 4), mark("m2", 11, 29)], anchors=True)
    assert "<b>" not in html
    assert "<script>" not in html
    assert "&amp;" in html


def test_a_link_leads_to_the_outermost_mark_and_links_never_nest() -> None:
    html = marked("5.27 ± 0.45", [mark("m1", 0, 11), mark("m2", 7, 11)], anchors=False)
    assert html.count("<a ") == 1
    assert 'href="#m1"' in html
    assert " id=" not in html


def test_a_place_outside_the_text_marks_nothing() -> None:
    assert marked("5.27", [mark("m1", 2, 9), mark("m2", 3, 3)], anchors=True) == "5.27"


def test_direction_marks_become_visible_and_letters_stay() -> None:
    assert visible("a\u202eb\x07é") == "a⟨U+202E⟩b⟨U+0007⟩é"
    assert visible("±µ Özyemişçi 超声") == "±µ Özyemişçi 超声"


def test_each_place_of_a_measurement_has_its_role() -> None:
    row = MEASUREMENTS.row(
        measurement_id="m1",
        locator="table/T1:r1c2:0-4",
        spread_locator="table/T1:r1c3:0-3",
        n_locator="abstract/p1",
    )
    found = [(m.anchor, m.address, m.start, m.end) for m in marks_of(row, "pain", used=True)]
    assert found == [
        ("m1", "table/T1:r1c2", 0, 4),
        ("m1-spread", "table/T1:r1c3", 0, 3),
        ("m1-n", "abstract/p1", 0, -1),
    ]


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


@given(st.text(max_size=30), SPANS, st.booleans())
def test_whatever_the_marks_the_text_stays_and_every_reachable_mark_is_named_once(
    text: str, spans: list[tuple[int, int]], anchors: bool
) -> None:
    marks = [mark(f"m{i}", a, b) for i, (a, b) in enumerate(spans)]
    html = marked(text, marks, anchors=anchors)
    assert html.striptags().split() == visible(text).split() or "<" in text or "&" in text
    for found in marks:
        reachable = 0 <= found.start < found.end <= len(text)
        assert html.count(f' id="{found.anchor}"') == int(reachable and anchors)
    assert html.count("<mark") == html.count("</mark>")
    assert html.count("<a ") == html.count("</a>")
