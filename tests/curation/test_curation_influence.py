"""The influence of a number is what the pools are expected to move by, and nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_reviews import configuration

from sonospine.curation.influence import (
    APPEARANCE,
    CROSSING,
    Doubt,
    Pool,
    Scenario,
    entry_of,
    lines_of,
    move_of,
    weigh,
)
from sonospine.curation.likeness import BROAD, LEAST_SCATTER, Others, others_of, updated
from sonospine.robustness.fitting import Fit, Point, PointSet, fit_sets
from sonospine.synthesis.pooling import Choice

WALD = Choice("CE", "wald", 95)
EQUAL = {f"s{i}": (Point(y, 1.0),) for i, y in enumerate((1.0, 2.0, 3.0), start=1)}


def pool_of(
    pieces: dict[str, PointSet], lines: tuple[float, ...] = (), choice: Choice = WALD, people: int = 40
) -> Pool:
    points = tuple(p for name in sorted(pieces) for p in pieces[name])
    each = tuple((people, p.vi) for p in points)
    return Pool("one", "One", "MD", pieces, each, lines, fit_sets([points], choice)[0])


def influence(pool: Pool, *scenarios: Scenario, study: str = "s3") -> float:
    return weigh([Doubt(study, scenarios)], {"one": pool}, WALD)[0]["one"].influence


def test_the_influence_is_the_move_in_standard_errors_times_its_probability() -> None:
    # A common effect of 1, 2, 3 (variance 1 each) is 2 with SE 1/√3; with 6 in place of 3 it is 3, as precise.
    scenario = Scenario(0.25, "if", {"one": (Point(6.0, 1.0),)})
    assert influence(pool_of(EQUAL), scenario) == pytest.approx(0.25 * 1 / (1 / math.sqrt(3)))


def test_a_wider_interval_counts_by_the_logarithm_of_its_width() -> None:
    # Without one of the two studies in the middle the estimate stays, and the interval is √(4/3) times as wide.
    pool = pool_of({**EQUAL, "s4": (Point(2.0, 1.0),)})
    scenario = Scenario(1.0, "if", {"one": ()})
    assert influence(pool, scenario, study="s4") == pytest.approx(math.log(math.sqrt(4 / 3)))


def test_each_line_that_the_interval_reaches_or_leaves_counts() -> None:
    scenario = Scenario(1.0, "if", {"one": (Point(6.0, 1.0),)})
    # 2 ± 1.13 becomes 3 ± 1.13: 0.5 stays below, 1.5 is left, 3.5 is reached, 2.5 stays inside.
    without = influence(pool_of(EQUAL), scenario)
    lined = influence(pool_of(EQUAL, (0.5, 1.5, 2.5, 3.5)), scenario)
    assert lined - without == pytest.approx(2 * CROSSING)


def test_an_interval_that_jumps_over_a_line_has_crossed_it() -> None:
    pool = pool_of({"s1": (Point(-5.0, 0.01),), "s2": (Point(-5.0, 0.01),)}, (0.0,))
    there = fit_sets([(Point(5.0, 0.01), Point(5.0, 0.01))], WALD)[0]
    assert move_of(pool, there) == pytest.approx(10 / pool.unit + CROSSING)


def test_a_pool_that_appears_or_vanishes_moves_by_a_fixed_amount() -> None:
    single, empty = pool_of({"s1": (Point(1.0, 1.0),)}), pool_of({})
    assert move_of(single, Fit(0)) == APPEARANCE
    assert move_of(empty, single.fit) == APPEARANCE
    assert move_of(empty, Fit(0)) == 0


def test_what_changes_nothing_has_no_influence() -> None:
    same = Scenario(0.9, "if", {"one": EQUAL["s3"]})
    never = Scenario(0.0, "if", {"one": ()})
    assert influence(pool_of(EQUAL), same, never) == 0
    assert weigh([Doubt("s3")], {"one": pool_of(EQUAL)}, WALD) == [{}]


def test_only_the_analyses_that_are_asked_about_are_weighed() -> None:
    doubt = Doubt("s3", (Scenario(0.5, "if", {"one": (), "two": ()}),))
    pools = {"one": pool_of(EQUAL), "two": pool_of(EQUAL)}
    assert set(weigh([doubt], pools, WALD)[0]) == {"one", "two"}
    assert set(weigh([doubt], pools, WALD, [["two"]])[0]) == {"two"}
    assert set(weigh([doubt], {"one": pools["one"]}, WALD)[0]) == {"one"}


def test_the_words_tell_the_scenario_that_contributes_most() -> None:
    small = Scenario(0.6, "if it is nearly so", {"one": (Point(3.01, 1.0),)})
    large = Scenario(0.12, "if 0.45 is an SE", {"one": (Point(9.0, 1.0),)})
    words = weigh([Doubt("s3", (small, large))], {"one": pool_of(EQUAL, (4.0,))}, WALD)[0]["one"].words
    assert words == "if 0.45 is an SE: 2.00 → 4.00 (One), and the interval would contain 4; 12 %"


def test_a_study_that_enters_is_weighed_by_its_size() -> None:
    pool = pool_of(EQUAL)
    moves = [entry_of(pool, people)[0] for people in (10, 40, 400)]
    assert moves == sorted(moves)
    # With as many people as the others it has their variance: a quarter of the weight.
    share, unit = 0.25, pool.unit
    assert moves[1] == pytest.approx(share * math.sqrt(2 / math.pi) * math.sqrt(1 + unit**2) / unit)
    assert "a study of 40 people would get 25 % of the weight" in entry_of(pool, 40)[1]
    assert "ordinary size" in entry_of(pool, 0)[1]
    assert entry_of(pool_of({}), 40) == (APPEARANCE, "it would be the only study (One)")


def test_a_figure_counts_by_the_chance_that_it_holds_a_result() -> None:
    pool = pool_of(EQUAL)
    found = weigh([Doubt("s9", (), {"one": 40}, 0.5, "if the figure shows it")], {"one": pool}, WALD)[0][
        "one"
    ]
    assert found.influence == pytest.approx(0.5 * entry_of(pool, 40)[0])
    assert found.words.startswith("if the figure shows it: a study of 40 people")


def test_the_lines_are_no_effect_and_the_difference_on_the_better_side() -> None:
    told = configuration().model_dump()
    told["outcomes"][0]["minimal_important_difference"] = {
        "within_person": {"value": 2, "source": "a source"}
    }
    told["analyses"][0]["minimal_important_difference"] = "within_person"

    def lines(**changed: object) -> tuple[float, ...]:
        config = type(configuration()).model_validate({**told, **changed})
        return lines_of(config.analyses[0], config)

    assert lines() == (0.0, -2.0)
    assert lines(outcomes=[{**told["outcomes"][0], "direction": "higher"}]) == (0.0, 2.0)
    assert lines(analyses=[{**told["analyses"][0], "minimal_important_difference": None}]) == (0.0,)
    of_one = {
        **told["analyses"][0],
        "contrast": "one_arm",
        "measure": "PLO",
        "minimal_important_difference": None,
    }
    assert lines(analyses=[of_one]) == ()


OTHERS = Others(0.0, 1.0, 0.0, 1.0, 9)


def test_bayes_moves_the_probability_by_the_density_of_the_effect() -> None:
    as_read = (Point(3.0, 1.0),)
    # Student's t with 9 df of y = 3 with variance 1 + 1, and of ln v = 0, as read and with BROAD times the SDs.
    own = (1 + 9 / 2 / 9) ** -5
    broad = (1 + 9 / (2 * BROAD**2) / 9) ** -5 / BROAD**2
    expected = 0.1 * broad / (0.9 * own + 0.1 * broad)
    assert updated(OTHERS, as_read, [()], [0.1]) == [pytest.approx(expected)]


def test_a_value_far_from_the_others_is_more_likely_misread_and_a_typical_one_less() -> None:
    assert updated(OTHERS, (Point(9.0, 1.0),), [()], [0.1])[0] > 0.5
    assert updated(OTHERS, (Point(0.0, 1.0),), [()], [0.1])[0] < 0.1


def test_an_alternative_that_fits_the_others_better_gains() -> None:
    # A variance of exp(−4) is that of a standard error taken for an SD; as one it would be like the others'.
    as_read, as_se = (Point(0.0, math.exp(-4.0)),), (Point(0.0, 1.0),)
    assert updated(OTHERS, as_read, [as_se], [0.1])[0] > 0.5


def test_too_few_others_say_nothing() -> None:
    points = tuple(Point(float(i), 1.0) for i in range(4))
    fit = fit_sets([points], Choice())[0]
    assert others_of(points[:3], fit) is None
    found = others_of(points, fit)
    assert found is not None
    assert (found.mean, found.log_vi, found.df) == (pytest.approx(1.5), 0.0, 3)
    assert found.scatter == pytest.approx(LEAST_SCATTER * math.sqrt(1.25))


points_of_one = st.tuples(st.floats(-1e3, 1e3), st.floats(1e-4, 1e3)).map(lambda p: (Point(*p),))


@given(points_of_one, st.lists(st.tuples(st.one_of(st.just(()), points_of_one), st.floats(0, 1)), max_size=4))
def test_updated_probabilities_stay_probabilities(
    as_read: PointSet, told: list[tuple[PointSet, float]]
) -> None:
    total = max(1.0, math.fsum(p for _, p in told))
    before = [p / total for _, p in told]
    after = updated(OTHERS, as_read, [piece for piece, _ in told], before)
    assert all(0 <= p <= 1 + 1e-9 for p in after)
    assert math.fsum(after) <= 1 + 1e-9
    assert all(now == 0 for now, then in zip(after, before, strict=True) if then == 0)
