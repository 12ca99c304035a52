"""Risk of bias and GRADE as people write them: what a line may say, what is settled, and the tools' own rules."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.model import grade, risk_of_bias
from sonospine.model.errors import InputError
from sonospine.model.grade import fault_of_grade_line, grades, suggested_certainty
from sonospine.model.risk_of_bias import (
    TOOLS,
    deviation_of,
    fault_of_risk_line,
    rank,
    risks_of_bias,
    suggested_overall,
)
from sonospine.model.table_io import Row, write_table
from sonospine.model.tables import CURATION
from sonospine.model.votes import count, read_votes


def risk_line(number: int, field: str, value: str, curator: str = "ann", **cells: str) -> Row:
    said = {"action": "set", "target_type": "study", "target_id": "s1", "field": field, "new_value": value}
    return CURATION.row(action_id=f"a{number}", curator=curator, **{**said, **cells})


def grade_line(number: int, field: str, value: str, curator: str = "ann", **cells: str) -> Row:
    said = {"action": "set", "target_type": "analysis", "target_id": "pain", "field": field}
    return CURATION.row(action_id=f"a{number}", curator=curator, new_value=value, **{**said, **cells})


def rob2(**changed: str) -> dict[str, str]:
    return dict.fromkeys(TOOLS["RoB 2"].domains, "low") | changed


def robins(**changed: str) -> dict[str, str]:
    return dict.fromkeys(TOOLS["ROBINS-I"].domains, "low") | changed


def test_the_tools_have_their_five_and_seven_domains_and_the_variants_one_more() -> None:
    assert {name: len(tool.domains) for name, tool in TOOLS.items()} == {
        "RoB 2": 5, "RoB 2 cluster": 6, "RoB 2 crossover": 6, "ROBINS-I": 7,
    }  # fmt: skip
    assert all(set(tool.domains) <= set(risk_of_bias.FIELDS) for tool in TOOLS.values())


@pytest.mark.parametrize(
    ("domains", "value"),
    [
        (rob2(), "low"),
        (rob2(D3="some concerns"), "some concerns"),
        (rob2(D1="some concerns", D4="high"), "high"),
        (rob2(D1="some concerns", D2="some concerns"), "some concerns"),
        (rob2(D5=""), ""),
        (rob2(D5="moderate"), ""),
    ],
)
def test_rob_2_is_as_bad_as_its_worst_domain(domains: dict[str, str], value: str) -> None:
    assert suggested_overall("RoB 2", domains).value == value


@pytest.mark.parametrize(
    ("domains", "value"),
    [
        (robins(), "low"),
        (robins(D2="moderate"), "moderate"),
        (robins(D2="moderate", D7="no information"), "no information"),
        (robins(D1="serious", D7="no information"), "serious"),
        (robins(D1="serious", D5="critical"), "critical"),
    ],
)
def test_robins_i_is_as_bad_as_its_worst_domain_and_says_where_it_cannot_tell(
    domains: dict[str, str], value: str
) -> None:
    assert suggested_overall("ROBINS-I", domains).value == value


def test_a_worse_overall_judgement_for_several_concerns_is_the_tool_s_own_and_a_better_one_a_deviation() -> (
    None
):
    several = suggested_overall("RoB 2", rob2(D1="some concerns", D2="some concerns"))
    assert "leaves this to judgement" in deviation_of(several, "high")
    assert "the tool's rule gives some concerns" in deviation_of(several, "low")
    assert deviation_of(several, "some concerns") == ""
    alone = suggested_overall("RoB 2", rob2(D1="some concerns"))
    assert "the tool's rule gives" in deviation_of(alone, "high")


@given(st.sampled_from(list(TOOLS)), st.data())
def test_a_worse_domain_never_makes_the_suggested_judgement_better(name: str, data: st.DataObject) -> None:
    tool = TOOLS[name]
    ranked = [word for word in tool.judgements if rank(word) is not None]
    domains = {domain: data.draw(st.sampled_from(ranked)) for domain in tool.domains}
    changed = data.draw(st.sampled_from(list(tool.domains)))
    worse = [rank(suggested_overall(name, domains | {changed: word}).value) or 0 for word in ranked]
    assert all(one <= other for one, other in pairwise(worse))


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (risk_line(1, "D1", "low", action="confirm"), "action"),
        (risk_line(1, "D1", "low", target_type="record"), "target_type"),
        (risk_line(1, "D1", "low", target_id=""), "target_id"),
        (risk_line(1, "D1", "low", target_id="s1/pain/short"), "target_id"),
        (risk_line(1, "D8", "low"), "field"),
        (risk_line(1, "D1", "fine"), "new_value"),
        (risk_line(1, "tool", "low"), "new_value"),
        (risk_line(1, "", "fine", action="adjudicate", refers_to="a0"), "new_value"),
    ],
)
def test_a_mistake_in_a_line_about_risk_of_bias_is_one_clear_line(
    tmp_path: Path, line: Row, column: str
) -> None:
    write_table(tmp_path / "ann.tsv", CURATION, [line])
    with pytest.raises(InputError) as error:
        read_votes(tmp_path, fault_of_risk_line)
    assert (error.value.row, error.value.field) == (2, column)
    assert error.value.allowed


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (grade_line(1, "risk_of_bias", "serious"), "reason"),
        (grade_line(1, "large_effect", "very large"), "reason"),
        (grade_line(1, "imprecision", "high", reason="few people"), "new_value"),
        (grade_line(1, "certainty", "serious", reason="few people"), "new_value"),
        (grade_line(1, "bias", "serious", reason="few people"), "field"),
        (grade_line(1, "certainty", "low", target_type="study"), "target_type"),
        (grade_line(1, "certainty", "low", target_id="two words"), "target_id"),
        (grade_line(1, "", "fine", action="adjudicate", refers_to="a0"), "new_value"),
    ],
)
def test_a_mistake_in_a_line_about_certainty_is_one_clear_line(
    tmp_path: Path, line: Row, column: str
) -> None:
    write_table(tmp_path / "ann.tsv", CURATION, [line])
    with pytest.raises(InputError) as error:
        read_votes(tmp_path, fault_of_grade_line)
    assert (error.value.row, error.value.field) == (2, column)


def test_lines_that_are_well_formed_have_no_fault() -> None:
    assert fault_of_risk_line(risk_line(1, "D1", "Some_Concerns")) is None
    assert fault_of_risk_line(risk_line(1, "tool", "rob 2")) is None
    assert fault_of_risk_line(risk_line(1, "D7", "no information", target_id="s1/pain_short")) is None
    assert fault_of_grade_line(grade_line(1, "risk_of_bias", "no")) is None
    assert fault_of_grade_line(grade_line(1, "certainty", "very_low")) is None


def test_a_judgement_keeps_its_support_and_a_dispute_is_said_until_a_third_person_decides() -> None:
    lines = [
        risk_line(1, "tool", "rob-2"),
        risk_line(2, "D1", "low", new_quote="by computer", new_locator="body/s2p1:0-11", reason="adequate"),
        risk_line(3, "D1", "Low", "bob"),
        risk_line(4, "D2", "high"),
        risk_line(5, "D2", "some concerns", "bob"),
        risk_line(6, "overall", "high"),
    ]
    (risk,) = risks_of_bias(lines)[0].values()
    assert (risk.study_id, risk.analysis, risk.tool, risk.disputed) == ("s1", "", "RoB 2", ("D2",))
    first = risk.judgements["D1"]
    assert (first.value, first.state, first.by) == ("low", "judged", "ann;bob")
    assert (first.quote, first.locator, first.reason) == ("by computer", "body/s2p1:0-11", "adequate")
    assert risk.judgements["D2"].said == {"ann": "high", "bob": "some concerns"}
    decided = risk_line(7, "", "some concerns", "cyd", action="adjudicate", refers_to="a4", reason="minor")
    (risk,) = risks_of_bias([*lines, decided])[0].values()
    assert (risk.judgements["D2"].value, risk.judgements["D2"].state) == ("some concerns", "adjudicated")
    assert risk.disputed == ()
    (risk,) = risks_of_bias([*lines, {**decided, "curator": "ann"}])[0].values()
    assert risk.disputed == ("D2",), "who voted does not adjudicate"


def test_the_overall_judgement_is_compared_with_the_tool_s_rule() -> None:
    lines = [risk_line(0, "tool", "RoB 2"), *(risk_line(i, f"D{i}", "low") for i in range(1, 6))]
    (risk,) = risks_of_bias([*lines, risk_line(9, "overall", "high")])[0].values()
    assert risk.suggestion.value == "low"
    assert risk.deviation == "high, where the tool's rule gives low (every domain is low)"


def test_a_judgement_of_another_tool_and_one_of_an_unknown_domain_are_told() -> None:
    lines = [risk_line(0, "tool", "RoB 2"), risk_line(1, "D1", "moderate"), risk_line(2, "D7", "low")]
    told = risks_of_bias(lines)[1]
    assert told == ("s1: D1: moderate is no judgement of RoB 2", "s1: RoB 2 has no D7")


def test_an_adjudicated_word_that_the_field_does_not_know_is_told_and_decides_nothing() -> None:
    lines = [
        grade_line(1, "imprecision", "serious", reason="few people"),
        grade_line(2, "imprecision", "no", "bob"),
        grade_line(3, "", "large", "cyd", action="adjudicate", refers_to="a1"),
    ]
    found, told = grades(lines)
    assert found["pain"].disputed == ("imprecision",)
    assert told == ("line a3: 'large' is no judgement of imprecision",)


def test_footnotes_are_the_reasons_of_what_was_rated() -> None:
    lines = [
        grade_line(1, "imprecision", "serious", reason="few people"),
        grade_line(2, "risk_of_bias", "very serious", reason="nobody was blinded"),
        grade_line(3, "indirectness", "no", reason="the people of the question"),
        grade_line(4, "certainty", "very low"),
    ]
    (found,) = grades(lines)[0].values()
    assert found.footnotes == (("risk_of_bias", "nobody was blinded"), ("imprecision", "few people"))
    assert found.certainty == "very low"


NONE = dict.fromkeys(grade.DOWNGRADES, "no")


@pytest.mark.parametrize(
    ("start", "ratings", "value"),
    [
        ("high", {}, "high"),
        ("high", {"imprecision": "serious"}, "moderate"),
        ("high", {"imprecision": "serious", "risk_of_bias": "very serious"}, "very low"),
        ("low", {"risk_of_bias": "very serious", "imprecision": "very serious"}, "very low"),
        ("low", {"large_effect": "very large"}, "high"),
        ("low", {"dose_response": "yes", "plausible_confounding": "yes", "large_effect": "large"}, "high"),
        ("low", {"large_effect": "large", "imprecision": "serious"}, "very low"),
        ("high", {"imprecision": ""}, ""),
    ],
)
def test_ratings_add_up_from_where_the_design_starts(start: str, ratings: dict[str, str], value: str) -> None:
    assert suggested_certainty(start, NONE | ratings).value == value


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["set", "set", "undo", "adjudicate"]),
        st.sampled_from(["ann", "bob", "cyd"]),
        st.sampled_from(["D1", "D2"]),
        st.sampled_from(["low", "high"]),
        st.integers(0, 9),
    ),
    max_size=10,
)


@given(ACTIONS)
def test_whatever_is_written_a_field_is_judged_disputed_or_adjudicated_by_one_who_had_not_voted(
    drawn: list[tuple[str, str, str, str, int]],
) -> None:
    lines = [
        risk_line(i, field if action == "set" else "", value, who, action=action, refers_to=f"a{about}")
        for i, (action, who, field, value, about) in enumerate(drawn)
    ]
    for risk in risks_of_bias(lines)[0].values():
        for one in risk.judgements.values():
            assert (one.value == "") == (one.state == "disputed")
            if one.state == "judged":
                assert set(one.said.values()) == {one.value}
            if one.state == "disputed":
                assert len(set(one.said.values())) == 2
    counted = count(lines)
    assert {row["action_id"] for row in lines} >= set(counted.idle)
    for poll in counted.polls.values():
        if poll.verdict is not None:
            before = lines[: int(poll.verdict["action_id"][1:])]
            voted = {v["action_id"] for p in counted.polls.values() for v in p.votes.values()}
            assert not [
                r for r in before if r["action_id"] in voted and r["curator"] == poll.verdict["curator"]
            ]
