"""The summary of findings: what figures suggest, what people rated, and every number one click from its analysis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import lxml.html
import pytest

from sonospine.config.settings import Config
from sonospine.model import tables as t
from sonospine.model.grade import grades
from sonospine.model.table_io import Row
from sonospine.report.meaning import meaning_of
from sonospine.report.pages import report_files
from sonospine.report.review import Review
from sonospine.report.suggestions import RULES, suggestions_of
from sonospine.report.summary import SummaryRow, summary_of

from .conftest import CONFIG
from .test_report_judged import line

ARMS = "arms"  # lower is better, MID between groups 1


def pool(k: str = "5", lower: float = -2.0, upper: float = -1.5, analysis: str = ARMS, **cells: str) -> Row:
    estimate = cells.pop("estimate", f"{(lower + upper) / 2:g}")
    return t.POOLED.row(analysis=analysis, variant="primary", measure=cells.pop("measure", "MD"), k=k, n="90",
                        estimate=estimate, se="0.1", ci_lower=f"{lower:g}", ci_upper=f"{upper:g}", **cells)  # fmt: skip


def suggested(row: Row, small_study: list[Row] | None = None, config: Config = CONFIG) -> dict[str, str]:
    found = suggestions_of(config, row["analysis"], row, small_study or [])
    assert tuple(one.field for one in found) == tuple(name for name, *_ in RULES)
    assert all(one.because for one in found)
    return {one.field: one.value for one in found}


@pytest.mark.parametrize(
    ("lower", "upper", "value"),
    [
        (-2.0, -1.5, "no"),
        (-0.9, -0.1, "no"),  # wholly short of the difference that matters: precise as well
        (-2.0, -0.5, "serious"),  # the difference lies inside
        (-0.5, 0.5, "serious"),  # no effect lies inside
        (-2.0, 0.5, "serious"),
        (-2.0, 2.0, "very serious"),
        (-1.0, 1.0, "very serious"),  # the bounds belong to the interval
        (0.5, 2.0, "serious"),
    ],
)
def test_imprecision_asks_the_interval_for_no_effect_and_the_difference(
    lower: float, upper: float, value: str
) -> None:
    assert suggested(pool(lower=lower, upper=upper))["imprecision"] == value


def test_without_a_difference_imprecision_asks_for_no_effect_alone() -> None:
    assert suggested(pool(analysis="nothing", lower=-2, upper=2))["imprecision"] == "serious"
    assert suggested(pool(analysis="nothing", lower=-2, upper=-0.1))["imprecision"] == "no"


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (pool(k="1"), ""),
        (pool(pi_lower="-3", pi_upper="-1.2", i2="90", tau2="1"), "no"),
        (pool(pi_lower="-4", pi_upper="-0.5", i2="10", tau2="0.1"), "serious"),
        (pool(pi_lower="-4", pi_upper="0.5", i2="10", tau2="0.1"), "serious"),
        (pool(k="2", i2="80", tau2="0.4"), "serious"),
        (pool(k="2", i2="49.9", tau2="0.4"), "no"),
        (pool(k="2", i2="80", tau2="0"), "no"),
        (pool(k="2"), ""),
        (pool(lower=-2, upper=2, pi_lower="-5", pi_upper="5", i2="20", tau2="0.1"), "no"),
        (pool(lower=-2, upper=2, pi_lower="-5", pi_upper="5", i2="60", tau2="0.1"), "serious"),
    ],
)
def test_inconsistency_asks_the_prediction_interval_and_else_i2_with_tau2(row: Row, value: str) -> None:
    assert suggested(row)["inconsistency"] == value


def egger(test: str = "egger", p: str = "0.04", **cells: str) -> Row:
    return t.SMALL_STUDY.row(analysis=ARMS, test=test, k="12", p_value=p, estimate="1.5", **cells)


@pytest.mark.parametrize(
    ("row", "tests", "value"),
    [
        (pool(k="9"), [egger()], ""),
        (pool(k="12"), [egger()], "serious"),
        (pool(k="12"), [egger(p="0.1")], "no"),
        (pool(k="12"), [], ""),
        (pool(k="12"), [egger(p="", refused="all of one size")], ""),
        (pool(k="12", measure="SMD"), [egger(), egger("egger_smd_safe", "0.6")], "no"),
        (pool(k="12"), [{**egger(), "analysis": "change"}], ""),
    ],
)
def test_small_study_effects_are_asked_from_ten_studies_on(row: Row, tests: list[Row], value: str) -> None:
    assert suggested(row, tests)["publication_bias"] == value


def test_the_reason_of_a_suggestion_names_the_figures() -> None:
    row = pool(k="12", lower=-2.0, upper=0.5, pi_lower="-4", pi_upper="1.5")
    because = [one.because for one in suggestions_of(CONFIG, ARMS, row, [egger(flags="dependent_effects")])]
    assert because[0] == (
        "the interval [−2.00, 0.50] holds no effect and the MID; the optimal information size is not computed"
    )
    assert because[1] == (
        "the prediction interval [−4.00, 1.50] holds the MID, which the interval of the mean does not hold"
    )
    assert because[2] == "Egger’s test: slope 1.50, p = 0.040 (dependent effects)"


@pytest.mark.parametrize(
    ("lower", "upper", "estimate", "words"),
    [
        (-3.0, -1.5, "-2", "Better. The whole interval lies beyond the difference that matters."),
        (-3.0, -0.5, "-2", "Better. The mean reaches the difference that matters; the interval reaches smaller ones too."),
        (-1.5, -0.1, "-0.8", "Better. The mean lies short of the difference that matters; the interval reaches it."),
        (-0.9, -0.1, "-0.5", "Better. The whole interval lies short of the difference that matters."),
        (1.5, 3.0, "2", "Worse. The whole interval lies beyond the difference that matters."),
        (-0.9, 0.9, "0", "The interval includes no effect and reaches from “worse” to “better”. It rules out a difference "
                         "that matters, in either direction."),
        (-2.0, 0.5, "-0.7", "The interval includes no effect and reaches from “worse” to “better”. A difference for the "
                            "better that matters is not ruled out; one for the worse is."),
        (-0.5, 2.0, "0.7", "The interval includes no effect and reaches from “worse” to “better”. A difference for the "
                           "worse that matters is not ruled out; one for the better is."),
        (-2.0, 2.0, "0", "The interval includes no effect and reaches from “worse” to “better”. An important difference "
                         "in either direction is compatible with the data."),
    ],
)  # fmt: skip
def test_the_words_follow_from_the_bounds(lower: float, upper: float, estimate: str, words: str) -> None:
    assert meaning_of(CONFIG, ARMS, pool(lower=lower, upper=upper, estimate=estimate)) == words


def test_where_higher_is_better_the_sides_are_turned() -> None:
    row = pool(analysis="success", measure="RR", lower=0.2, upper=0.9)
    assert meaning_of(CONFIG, "success", row) == "Worse.", "the label under larger values"


def test_a_proportion_of_one_arm_is_compared_with_nothing() -> None:
    row = pool(measure="PLO", lower=-1, upper=1)
    assert meaning_of(CONFIG, ARMS, row) == ""
    assert suggestions_of(CONFIG, ARMS, row, []) == ()


def rows_of(review: Review) -> dict[str, SummaryRow]:
    return {row.analysis_id: row for row in summary_of(review).rows}


ALL_RATED = [
    line(1, "analysis", ARMS, "risk_of_bias", "serious", reason="no blinding.", new_quote="open label"),
    line(2, "analysis", ARMS, "inconsistency", "no"),
    line(3, "analysis", ARMS, "indirectness", "no"),
    line(4, "analysis", ARMS, "imprecision", "serious", reason="few people"),
    line(5, "analysis", ARMS, "publication_bias", "no"),
]


def test_what_nobody_rated_says_so_and_suggestions_are_marked(made: Any) -> None:
    row = rows_of(made.review)[ARMS]
    assert (row.certainty, row.symbols, row.ratings) == ("not rated by a person", "", ())
    assert row.suggested[1].text == "Inconsistency: cannot be told (one study)"
    assert row.unrated == ("Risk of bias", "Indirectness")


def test_people_win_over_figures_and_each_downgrade_has_its_footnote(
    review_maker: Callable[[], Review],
) -> None:
    review = replace(review_maker(), grades=grades(ALL_RATED)[0])
    row = rows_of(review)[ARMS]
    assert row.suggested == ()
    assert row.unrated == ()
    assert row.certainty == "not rated by a person; their ratings add up to low"
    texts = {note.number: note.text for note in summary_of(review).footnotes}
    down = {rating.text: [texts[number] for number in rating.notes] for rating in row.ratings}
    assert down["Risk of bias: serious"] == [
        "Risk of bias, serious: no blinding. Support: “open label”. Rated by ann."
    ]
    assert down["Imprecision: serious"] == ["Imprecision, serious: few people. Rated by ann."]
    assert down["Inconsistency: not serious"] == []
    assert texts[row.certainty_notes[0]] == "The ratings of people add up to low: starts high; 2 levels down."


def test_what_is_not_randomised_or_has_no_control_starts_low(review_maker: Callable[[], Review]) -> None:
    elsewhere = [{**one, "target_id": "change"} for one in ALL_RATED]
    review = replace(review_maker(), grades=grades(elsewhere)[0])
    assert rows_of(review)["change"].certainty.endswith("add up to very low")


def test_a_settled_certainty_has_symbols_and_words_and_a_disputed_one_names_who_says_what(
    review_maker: Callable[[], Review],
) -> None:
    said = [
        line(1, "analysis", ARMS, "certainty", "moderate", reason="see notes"),
        line(2, "analysis", "change", "certainty", "low"),
        line(3, "analysis", "change", "certainty", "very low", "bob"),
        line(4, "analysis", "change", "indirectness", "serious", reason="other people"),
        line(5, "analysis", "change", "indirectness", "no", "bob"),
    ]
    rows = rows_of(replace(review_maker(), grades=grades(said)[0]))
    assert (rows[ARMS].symbols, rows[ARMS].certainty) == ("⊕⊕⊕◯", "moderate")
    assert (rows["change"].symbols, rows["change"].certainty) == ("", "disputed (ann: low, bob: very low)")
    assert rows["change"].ratings[0].text == "Indirectness: disputed (ann: serious, bob: no)"


def test_the_table_is_the_first_section_and_its_numbers_lead_to_their_analysis(made: Any) -> None:
    page = lxml.html.document_fromstring(made.files["index.html"].decode())
    assert page.xpath("(//main/section)[1]/@id") == ["results"]
    (table,) = page.xpath("//section[@id='results']//table")
    assert table.xpath("boolean(caption)")
    assert all(table.xpath(".//thead//th/@scope"))
    for row, shown in zip(summary_of(made.review).rows, table.xpath("./tbody/tr"), strict=True):
        assert shown.xpath("count(th[@scope='row'])") == 1
        links = {a.text_content(): a.get("href") for a in shown.xpath(".//a[not(parent::sup)]")}
        assert set(links.values()) == {f"#analysis-{row.analysis_id}"}
        if row.line is not None:
            assert f"{row.line.estimate} {row.line.interval}" in links
            assert f"{row.studies} ({row.line.n})" in links


def test_a_difference_is_named_with_its_value_and_source(made: Any) -> None:
    rows = rows_of(made.review)
    assert rows["change"].difference == "minimal important difference within person: 2 (points of 10)"
    notes = {note.number: note.text for note in summary_of(made.review).footnotes}
    assert notes[rows["change"].difference_notes[0]].endswith("First Source 2008")
    assert rows["change"].note.startswith("Uncontrolled")


def test_hostile_reasons_stay_text(review_maker: Callable[[], Review]) -> None:
    hostile = [line(1, "analysis", ARMS, "imprecision", "serious", reason="<script>alert(1)</script>")]
    files = report_files(replace(review_maker(), grades=grades(hostile)[0]))
    assert b"<script>" not in files["index.html"]
