"""The guard of a pool: nobody is counted twice without a word."""

from __future__ import annotations

import itertools

import pytest
from effect_cases import (
    FL,
    TWO_ARMS,
    US,
    between,
    config,
    conflict,
    counted,
    effects,
    effects_of_studies,
    entered,
    reasons,
    row,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.effects.dependence import _pairs, _told, guarded, nearly_the_same
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS, STUDIES


def effect(name: str, study: str = "s1", **more: str) -> Row:
    values = {
        "effect_id": name, "analysis": "pain", "variant": "primary", "included": "true", "study_id": study,
        "label": f"Study {study}", "outcome": "pain", "instrument": "nrs", "weeks": "4", "measure": "MD", "yi": "-1",
        "vi": "0.1", "n1i": "30", "n2i": "28", "arm_1": "US", "arm_2": "FL", "cluster": study, "derivation": "[]",
        "verified": "false", "guidance": "us",
    }  # fmt: skip
    return EFFECTS.row(**{**values, **more})


def studies(**registration: str) -> dict[str, Row]:
    return {name: STUDIES.row(study_id=name, registration=ids) for name, ids in registration.items()}


# ---- within a study --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "kind", "words"),
    [
        ({"weeks": "12"}, "other_times", "the same people are in this pool at another time (4 weeks)"),
        (
            {"arm_1": "US 2"},
            "shared_control",
            "the people of an arm are in this pool already (US against FL)",
        ),
        ({"instrument": "vas"}, "several_instruments", "on another instrument (nrs)"),
        ({}, "several_units", "levels, joints or parts of one person are not independent"),
        ({"arm_1": "US + US 2"}, "shared_control", "the people of an arm are in this pool already"),
        ({"arm_1": "all", "arm_2": ""}, "shared_control", "the people of an arm are in this pool already"),
    ],
)
def test_the_same_people_within_a_study_are_picked_from_or_kept_in_one_cluster(
    more: dict[str, str], kind: str, words: str
) -> None:
    rows = [effect("e1"), effect("e2", **more)]
    first, second = guarded(rows, {}, "pick")
    assert (first["included"], first["flags"], second["included"]) == ("true", "", "false")
    assert words in second["exclusion_reason"]
    kept = guarded(rows, {}, "cluster")
    assert [(e["included"], e["flags"], e["cluster"]) for e in kept] == [
        ("true", f"dependent_effects;{kind}", "s1")
    ] * 2


def test_effects_that_were_modelled_on_purpose_stay_in_their_cluster() -> None:
    rows = [effect("e1", flags="dependent_effects"), effect("e2", arm_1="US 2", flags="dependent_effects")]
    kept = guarded(rows, {}, "pick")
    assert [e["flags"] for e in kept] == ["dependent_effects;shared_control"] * 2


def test_arms_of_different_people_and_the_parts_of_a_split_comparator_are_independent() -> None:
    apart = [effect("e1"), effect("e2", arm_1="US 2", arm_2="CT")]
    split = [effect("e1", flags="control_split"), effect("e2", arm_1="US 2", flags="control_split")]
    for rows in (apart, split):
        assert guarded(rows, {}, "pick") == rows


def test_an_effect_that_is_out_takes_nobody_out() -> None:
    rows = [effect("e1", included="false", exclusion_reason="no SD"), effect("e2", weeks="12")]
    assert guarded(rows, {}, "pick") == rows


# ---- between studies -------------------------------------------------------------------------------------------


def test_of_two_studies_under_one_registration_the_larger_is_used() -> None:
    rows = [effect("e1", n1i="20", n2i="20"), effect("e2", "s2", yi="-3")]
    told = studies(s1="NCT01;chictr2", s2="nct01")
    first, second = guarded(rows, told, "pick")
    assert second == rows[1]
    assert first["included"] == "false"
    assert first["exclusion_reason"] == "the same people as in Study s2, which is used (registration nct01)"


def test_or_both_stay_in_one_cluster_with_a_flag() -> None:
    rows = [effect("e1"), effect("e2", "s2", yi="-3"), effect("e3", "s3", yi="-5")]
    told = studies(s1="NCT01", s2="NCT02;NCT01", s3="NCT02")
    kept = guarded(rows, told, "cluster")
    assert {e["cluster"] for e in kept} == {"s1"}
    assert all(e["flags"] == "dependent_effects;shared_registration" for e in kept)
    assert [e["included"] for e in guarded(rows, told, "pick")].count("true") < 3


VALUES = {"m1i": "2.0", "sd1i": "1.0", "m2i": "3.0", "sd2i": "1.2"}


@pytest.mark.parametrize(
    ("more", "alike"),
    [
        ({}, True),
        ({"m1i": "2.02", "n1i": "28"}, True),
        ({"m1i": "2.5"}, False),
        ({"n1i": "20"}, False),
        ({"guidance": "ct"}, False),
        ({"sd2i": ""}, False),
    ],
)
def test_nearly_the_same_n_arms_and_values_are_suspected_and_never_dropped(
    more: dict[str, str], alike: bool
) -> None:
    rows = [effect("e1", **VALUES), effect("e2", "s2", **{**VALUES, "yi": "-1.1", **more})]
    assert nearly_the_same(*rows) == alike
    for rule in ("pick", "cluster"):
        kept = guarded(rows, {}, rule)
        assert [e["included"] for e in kept] == ["true", "true"]
        assert [e["flags"] for e in kept] == ["dependent_effects;possibly_same_people" if alike else ""] * 2
        assert [e["cluster"] for e in kept] == (["s1", "s1"] if alike else ["s1", "s2"])


def test_printed_comparisons_are_alike_only_where_they_are_equal() -> None:
    assert nearly_the_same(effect("e1"), effect("e2", "s2"))
    assert not nearly_the_same(effect("e1"), effect("e2", "s2", yi="-1.001"))
    assert not nearly_the_same(effect("e1", n1i=""), effect("e2", "s2", n1i=""))


def test_another_value_follows_its_effect_out_of_the_pool_and_into_the_cluster() -> None:
    rows = [
        effect("e1", n1i="20"),
        effect("e1b", n1i="20", variant="other_value", yi="-2"),
        effect("e2", "s2", yi="-3"),
    ]
    told = studies(s1="NCT01", s2="NCT01")
    _, other, _ = guarded(rows, told, "pick")
    assert (other["included"], "registration nct01" in other["exclusion_reason"]) == ("false", True)
    rows[0], rows[1] = effect("e1", "s2"), effect("e1b", "s2", variant="other_value", yi="-2")
    rows[2] = effect("e2", "s1", yi="-3")
    _, other, _ = guarded(rows, told, "cluster")
    assert (other["cluster"], "shared_registration" in other["flags"]) == ("s1", True)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["s1", "s2", "s3"]), st.sampled_from(["US", "US 2"]), st.sampled_from(["4", "12"]),
            st.sampled_from(["-1", "-2"]),
        ),
        max_size=7,
    ),
    st.sampled_from(["pick", "cluster"]),
    st.sampled_from(["", "NCT01"]),
)  # fmt: skip
def test_whatever_the_pool_the_same_people_are_out_with_a_reason_or_in_one_flagged_cluster(
    drawn: list[tuple[str, str, str, str]], rule: str, registration: str
) -> None:
    rows = [effect(f"e{i}", s, arm_1=a, weeks=w, yi=y) for i, (s, a, w, y) in enumerate(drawn)]
    told = studies(s1="NCT01", s2=registration, s3="")
    made = guarded(rows, told, rule)
    assert [e["effect_id"] for e in made] == [e["effect_id"] for e in rows]
    assert all(e["exclusion_reason"] for e in made if e["included"] == "false")
    kept = [e for e in made if e["included"] == "true"]
    for i, one in enumerate(kept):
        for two in kept[:i]:
            same = one["study_id"] == two["study_id"] or (
                {one["study_id"], two["study_id"]} == {"s1", "s2"} and registration
            )
            if same:
                assert one["cluster"] == two["cluster"]
                assert "dependent_effects" in one["flags"]
    assert guarded(made, told, rule) == made


# ---- in the pipeline -------------------------------------------------------------------------------------------


def test_two_reports_under_one_registration_give_one_effect() -> None:
    fewer = [{**r, "n": "20"} for r in (US, FL)]
    told = {"registration": "NCT01"}
    made = effects_of_studies(between(), ((US, FL), TWO_ARMS, told), (fewer, TWO_ARMS, told))
    assert [e["study_id"] for e in entered(made)] == ["s1"]
    assert reasons(made) == ["the same people as in Study 1, which is used (registration nct01)"]
    both = effects_of_studies(
        between(assumptions={"same_people": "cluster"}), ((US, FL), TWO_ARMS, told), (fewer, TWO_ARMS, told)
    )
    assert [(e["cluster"], "shared_registration" in e["flags"]) for e in entered(both)] == [("s1", True)] * 2


def test_a_trial_published_twice_without_a_registration_is_flagged() -> None:
    made = entered(effects_of_studies(between(), ((US, FL), TWO_ARMS, {}), ((US, FL), TWO_ARMS, {})))
    assert [(e["cluster"], e["flags"]) for e in made] == [
        ("s1", "dependent_effects;possibly_same_people")
    ] * 2


def test_several_times_and_levels_of_the_same_people_give_one_effect() -> None:
    rows = [row("m0", "6.0", "1.0", "0"), row("m1", "2.0", "1.0", "4"), row("m2", "3.0", "1.0", "2"),
            *(row(f"l{w}", "3.0", "1.0", w, subscale="leg") for w in ("0", "4"))]  # fmt: skip
    made = effects(config(), *rows)
    assert len(entered(made)) == 1
    assert sorted(reasons(made)) == [
        "another part of the instrument is preferred (the whole)",
        "another time of the same people is nearer to the target (4 weeks)",
    ]


def test_means_and_counts_of_joints_are_not_those_of_people() -> None:
    joints = [{**US, "n": "60"}, FL]
    assert reasons(effects(between(), *joints, arms=TWO_ARMS)) == [
        "an n of 60 in an arm of 30 people: several units of one person are not independent"
    ]
    changes = [row("m0", "6.0", "1.0", "0", n="52"), row("m1", "2.0", "1.0", n="52")]
    assert "an n of 52 in an arm of 26 people" in reasons(effects(config(), *changes))[0]
    needles = [counted("m1", "30", "60", "a1"), counted("m2", "20", "28", "a2")]
    made = effects(between(outcome="success", window=None, measure="OR"), *needles, arms=TWO_ARMS)
    assert "a count of 60 in an arm of 30 people" in reasons(made)[0]


def test_a_conflict_of_a_study_that_the_guard_leaves_out_makes_no_second_pool() -> None:
    other = {**US, "measurement_id": "m9", "result_id": "qm1", "preferred": "false", "spread_value": "2.0"}
    made = effects(between(), US, FL, other, arms=TWO_ARMS, conflicts=conflict("m1", "m9"))
    out = guarded([*made, effect("e9", "s0", n1i="90")], studies(s1="NCT01", s0="NCT01"), "pick")
    assert [e["effect_id"] for e in entered(out)] == ["e9"]
    assert entered(out, "other_value") == []


_PRINTED = st.sampled_from(["", "0", "3", "3.05", "3.2", "-3", "-3.05", "30"])


@st.composite
def _any_effect(draw: st.DrawFn) -> Row:
    columns = ("m1i", "sd1i", "m2i", "sd2i", "ai", "ci", "n1i", "n2i", "yi", "vi")
    figures = {name: draw(_PRINTED) for name in columns}
    return effect("e", draw(st.sampled_from(["s1", "s2", "s3", "s4"])), **figures)


@settings(max_examples=300, deadline=None)
@given(st.lists(_any_effect(), max_size=8), st.lists(st.sampled_from(["", "R1", "R2", "R1;R2"]), min_size=4))
def test_no_pair_of_studies_that_may_be_of_the_same_people_is_passed_over(
    rows: list[Row], registrations: list[str]
) -> None:
    known = studies(**{f"s{i + 1}": ids for i, ids in enumerate(registrations[:4])})
    registered = [set(filter(None, known[row["study_id"]]["registration"].split(";"))) for row in rows]
    expected = [
        (one, two)
        for one, two in itertools.combinations(range(len(rows)), 2)
        if rows[one]["study_id"] != rows[two]["study_id"]
        and (registered[one] & registered[two] or nearly_the_same(rows[one], rows[two]))
    ]
    assert _pairs(rows, registered, [_told(row) for row in rows]) == expected
