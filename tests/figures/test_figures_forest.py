"""Forest plots: what they say, that nothing overlaps or is cut, and that the bytes repeat."""

from __future__ import annotations

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sonospine.figures.axis import axis_for
from sonospine.figures.columns import cells_of, heads_of
from sonospine.figures.drawing import figure_of
from sonospine.figures.forest import Forest, conflicted_effects, forest_of
from sonospine.figures.layout import layout_of
from sonospine.figures.rendering import _own_settings, rendered
from sonospine.figures.setting import Setting, Threshold, axis_label
from sonospine.figures.typesetting import width, wrapped
from sonospine.figures.wording import effect_number, rounded, time_text
from sonospine.model.demonstration import BANNER
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS, RECONCILED
from sonospine.synthesis.pooling import Choice, pool

LONG = (
    "The Extraordinarily-Longnamed International Collaboration on Spinal Interventions of Özyemişçi-Taşkıran"
)


def effect(i: int, measure: str = "MC", **values: str) -> Row:
    yi, vi = -1.5 + 0.37 * (i % 7), 0.03 + 0.02 * (i % 5)
    row = {
        "effect_id": f"e{i}", "analysis": "pain", "variant": "primary", "included": "true",
        "study_id": f"s{i}", "label": f"Author {1990 + i % 30}", "year": str(1990 + i % 30), "design": "rct",
        "guidance": "ultrasound", "outcome": "pain", "measure": measure, "derivation": "[]",
        "verified": "false", "yi": f"{yi:.10g}", "vi": f"{vi:.10g}", "ci_lower": f"{yi - 2 * vi**0.5:.10g}",
        "ci_upper": f"{yi + 2 * vi**0.5:.10g}", "weeks": "4.345", "n1i": "26", "n2i": "26",
    }  # fmt: skip
    arms = {"ai": "20", "ci": "15"} if measure == "RR" else {}
    if measure in ("MC", "MD", "SMCR"):
        arms = {"m1i": "2.31", "sd1i": "0.47", "m2i": "5.27", "sd2i": "0.45"}
    return EFFECTS.row(**{**row, **arms, **values})


def setting(measure: str = "MC", **changes: object) -> Setting:
    values: dict[str, object] = {
        "analysis": "pain", "title": "Pain before and after", "subtitle": "Pain, 1 to 6 weeks", "measure": measure,
        "axis_label": axis_label(measure, "points of 10"), "head_1": "Follow-up", "head_2": "Baseline",
        "favours_left": "favours the injection", "favours_right": "favours the other thing",
        "threshold": Threshold("within person", 2.0, "A Source 2008", (-1,)), "demonstration": True,
        "timed": True, "note": "Uncontrolled: includes natural course and regression to the mean",
    }  # fmt: skip
    return Setting(**{**values, **changes})  # type: ignore[arg-type]  # a test may change any field


def forest(
    k: int, measure: str = "MC", conflicted: frozenset[str] = frozenset(), **changes: object
) -> Forest:
    rows = [effect(i, measure) for i in range(k)]
    pools = pool(rows, Choice(), None, ["pain"])
    return forest_of(setting(measure, **changes), rows, pools.pooled, pools.weights, conflicted)


def texts(found: Forest) -> list[str]:
    with _own_settings("test"):
        figure, _ = figure_of(found, links=False)
        return [t.get_text() for t in figure.findobj(Text) if t.get_text()]


def test_the_lines_under_three_studies_name_heterogeneity_method_threshold_and_note() -> None:
    notes = " ".join(forest(5).notes)
    for words in (
        "tau² =",
        "Q-profile",
        "I² (from tau²)",
        "df = 4",
        "REML",
        "max(1, q)",
        "t(4)",
        "A Source 2008",
    ):
        assert words in notes
    assert "natural course" in notes


def test_a_demonstration_figure_carries_the_banner_and_another_does_not() -> None:
    assert BANNER in " ".join(texts(forest(3)))
    assert BANNER not in " ".join(texts(forest(3, demonstration=False)))


def test_no_study_gives_an_honest_empty_plot_with_reasons() -> None:
    rows = [effect(i, included="false", exclusion_reason="no SD is printed") for i in range(3)]
    pools = pool(rows, Choice(), None, ["pain"])
    found = forest_of(setting(), rows, pools.pooled, pools.weights)
    assert found.message[:3] == ("No study could be pooled.", "3 candidates:", "3 × no SD is printed")
    assert found.summaries == ()
    assert "No study could be pooled." in texts(found)


def test_one_study_is_shown_and_not_pooled() -> None:
    found = forest(1)
    assert len(found.lines) == 1
    assert found.summaries == ()
    assert found.lines[0].weight is None
    assert "it is not pooled" in found.notes[0]


def test_two_studies_show_both_intervals_as_not_interpretable_and_no_prediction() -> None:
    found = forest(2)
    assert [s.second for s in found.summaries] == [False, True]
    assert all("not interpretable" in s.label for s in found.summaries)
    assert found.prediction is None


def test_the_result_with_the_other_value_is_a_second_row() -> None:
    rows = [effect(i) for i in range(3)]
    rows.append({**effect(1), "effect_id": "e1b", "variant": "other_value", "yi": "-3"})
    pools = pool(rows, Choice(), None, ["pain"])
    found = forest_of(setting(), rows, pools.pooled, pools.weights, {"e1"})
    assert [line.effect_id for line in found.lines] == ["e0", "e1", "e2"]
    assert "other value" in found.summaries[1].label
    assert [line.conflict for line in found.lines] == [False, True, False]
    assert any(note.startswith("Hollow square") for note in found.notes)


def test_only_rows_that_carry_the_flag_make_an_effect_conflicted() -> None:
    open_row = RECONCILED.row(measurement_id="m1", flags="sd_may_be_se;conflict")
    settled = RECONCILED.row(measurement_id="m2", flags="ruled_out:sd_below_minimum")
    rows = [effect(1, measurement_ids="m2;m1"), effect(2, measurement_ids="m2"), effect(3)]
    assert conflicted_effects(rows, [open_row, settled]) == {"e1"}


def test_ratios_are_printed_back_transformed_on_a_log_axis() -> None:
    found = forest(3, "RR", threshold=None)
    assert found.lines[0].cells[-2:] == ("20/26", "15/26")
    assert found.lines[0].effect.startswith("0.22")
    labels = [label for _, label in axis_for(found, 0.0, 1.0).ticks]
    assert "1" in labels
    assert "(log axis)" in found.setting.axis_label


def test_a_ratio_near_one_has_ticks() -> None:
    rows = [effect(i, "RR", yi="0.02", ci_lower="-0.01", ci_upper="0.05", vi="0.0002") for i in range(3)]
    pools = pool(rows, Choice(), None, ["pain"])
    found = forest_of(setting("RR", threshold=None), rows, pools.pooled, pools.weights)
    assert len(axis_for(found, 0.0, 1.0).ticks) >= 2


@pytest.mark.parametrize(
    ("k", "measure"), [(0, "MC"), (0, "RR"), (1, "MD"), (3, "RR"), (12, "SMCR"), (40, "MD")]
)
def test_no_text_overlaps_another_or_leaves_the_page(k: int, measure: str) -> None:
    rows = [effect(i, measure, label=LONG if i % 3 == 1 else f"Lee {i}") for i in range(k)]
    pools = pool(rows, Choice(), None, ["pain"])
    found = forest_of(
        setting(measure, head_2="Fluoroscopy, CT or landmarks"), rows, pools.pooled, pools.weights
    )
    with _own_settings("test"):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        figure, _ = figure_of(found, links=False)
        renderer = FigureCanvasAgg(figure).get_renderer()
        page = figure.bbox
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in figure.findobj(Text) if t.get_text()]
    for text, box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1, text
        assert page.y0 <= box.y0 < box.y1 <= page.y1, text
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert not (across > 1.5 and along > 2.0), (one, two)


def test_two_drawings_have_the_same_bytes_in_every_format() -> None:
    found = forest(4, conflicted=frozenset({"e2"}))
    for name in ("svg", "pdf", "png"):
        assert rendered(found, name) == rendered(found, name)


def test_the_users_own_matplotlib_settings_change_nothing() -> None:
    import matplotlib

    found = forest(3)
    before = rendered(found, "svg")
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "text.color": "red"}):
        assert rendered(found, "svg") == before


def test_a_label_the_font_cannot_draw_is_replaced_by_the_id_and_said() -> None:
    rows = [effect(0, label="超声引导"), effect(1)]
    pools = pool(rows, Choice(), None, ["pain"])
    found = forest_of(setting(), rows, pools.pooled, pools.weights)
    shown = texts(found)
    assert any(text.startswith("Study s0") for text in shown)
    assert any("script that this font lacks" in text for text in shown)


def test_dollar_signs_and_direction_marks_in_a_label_are_plain_text() -> None:
    rows = [effect(0, label="A $\\frac{1}{2}$ \u202etrap"), effect(1)]
    pools = pool(rows, Choice(), None, ["pain"])
    found = forest_of(setting(), rows, pools.pooled, pools.weights)
    assert found.lines[0].label.startswith("A $\\frac{1}{2}$ trap")
    assert rendered(found, "png")


def test_wrapping_keeps_every_character_and_the_limit() -> None:
    lines = wrapped(LONG + " " + "x" * 80, 1.2, 8.5)
    assert "".join(lines).replace(" ", "") == (LONG + "x" * 80).replace(" ", "")
    assert all(width(line, 8.5) <= 1.2 for line in lines)


@pytest.mark.parametrize(
    ("value", "text"), [("5.0", "5.0"), ("-1.23456", "−1.23"), ("-0.001", "0.00"), ("", ""), ("26", "26")]
)
def test_numbers_keep_their_printed_digits_up_to_two_decimals(value: str, text: str) -> None:
    assert rounded(value) == text


def test_small_ratios_keep_two_significant_digits() -> None:
    assert effect_number(-4.0, "RR") == "0.018"
    assert effect_number(-0.7145, "RR") == "0.49"


def test_a_ratio_beyond_all_numbers_is_infinite() -> None:
    assert effect_number(1e6, "RR") == "∞"
    assert effect_number(-1e6, "RR") == "0"


@pytest.mark.parametrize(
    ("weeks", "text"),
    [
        ("", ""),
        ("0", "just after"),
        ("0.00099", "10 min"),
        ("0.142857", "24 h"),
        ("0.5", "3.5 d"),
        ("26.07", "26 wk"),
    ],
)
def test_times_are_written_in_the_unit_that_suits_them(weeks: str, text: str) -> None:
    assert time_text(weeks) == text


def test_the_assumed_correlation_is_printed_where_an_effect_rests_on_it() -> None:
    rows = [effect(i, ri="0.5") for i in range(3)]
    pools = pool(rows, Choice(), None, ["pain"])
    notes = forest_of(setting(), rows, pools.pooled, pools.weights).notes
    assert "Correlation of baseline and follow-up: 0.5, assumed." in notes
    assert not any("Correlation" in note for note in forest(3, "RR").notes)


def test_columns_print_the_digits_of_the_source_and_round_what_is_derived() -> None:
    row = effect(0, m1i="3.0", sd1i="0.174", m2i="5.27", sd2i="1.019803903")
    assert cells_of(row, heads_of(setting(timed=False), [row]))[1:] == ("26", "3.0", "0.174", "5.27", "1.02")


def _favours(found: Forest) -> tuple[float, float, dict[str, list[tuple[str, float, float]]]]:
    """Return the width of the figure, the place of no effect, and lines of the two labels with their extents."""
    with _own_settings("test"):
        figure, _ = figure_of(found, links=False)
        renderer = FigureCanvasAgg(figure).get_renderer()
        axes = figure.axes[0]
        back = axes.transData.inverted()
        sides: dict[str, list[tuple[str, float, float]]] = {"left": [], "right": []}
        for text in axes.texts:
            if str(text.get_gid() or "").startswith("favours"):
                box = text.get_window_extent(renderer).transformed(back)
                sides[str(text.get_gid()).split("-")[1]].append((text.get_text(), box.x0, box.x1))
        layout = layout_of(found)
        axis = axis_for(found, layout.plot.left, layout.plot.right - layout.plot.left)
        return layout.width, axis.place(0.0), sides


@pytest.mark.parametrize("measure", ["MC", "MD", "RR"])
@pytest.mark.parametrize("shift", [-9.0, -3.0, 0.0, 3.0, 9.0])
@pytest.mark.parametrize(
    "label", ["pain fell", "faster with other guidance", "favours the much longer name of " + LONG]
)
def test_the_favours_labels_stand_on_their_sides_of_no_effect_and_are_whole(
    measure: str, shift: float, label: str
) -> None:
    rows = [
        effect(i, measure, yi=f"{shift + 0.1 * i}", ci_lower=f"{shift - 0.3}", ci_upper=f"{shift + 0.5}")
        for i in range(4)
    ]
    pools = pool(rows, Choice(), None, ["pain"])
    texts_of = setting(measure, favours_left=label, favours_right=label, threshold=None)
    wide, zero, sides = _favours(forest_of(texts_of, rows, pools.pooled, pools.weights))
    assert sides["left"]
    assert sides["right"]
    assert all(x0 >= 0 and x1 <= zero for _, x0, x1 in sides["left"])
    assert all(zero <= x0 and x1 <= wide for _, x0, x1 in sides["right"])
    assert " ".join(t for t, *_ in sides["left"]).removeprefix("← ").replace(" ", "") == label.replace(
        " ", ""
    )
    assert " ".join(t for t, *_ in sides["right"]).removesuffix(" →").replace(" ", "") == label.replace(
        " ", ""
    )
    assert sides["left"][0][0].startswith("←")
    assert sides["right"][-1][0].endswith("→")
