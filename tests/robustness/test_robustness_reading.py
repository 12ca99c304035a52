"""What the reading leaves open widens the pool, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import READING
from sonospine.robustness import Review
from sonospine.robustness.fitting import Fit, included
from sonospine.robustness.mixture import Mixture
from sonospine.robustness.reading import read_anew
from sonospine.robustness.resampling import altered, outcomes
from sonospine.synthesis.pooling import Choice, pool

from .conftest import STUDIES_MADE, Made, alternative

CERTAIN = [made._replace(confidence="1") for made in STUDIES_MADE]


def mixed(
    review: Review,
    alternatives: Sequence[Row] = (),
    draws: int = 400,
    seed: int = 7,
    choice: Choice | None = None,
) -> Row:
    effects = review.effects()
    chosen = choice or Choice()
    ordinary = pool(effects, chosen, analyses=["pain"]).pooled
    rows = read_anew(included(effects), chosen, review, alternatives, draws=draws, seed=seed, pooled=ordinary)
    check_rows(rows, READING, "reading")
    (row,) = rows
    return row


def ordinary_of(review: Review, choice: Choice | None = None) -> Row:
    return pool(review.effects(), choice or Choice()).pooled[0]


def figures(row: Row) -> list[float]:
    return [float(row[name]) for name in ("estimate", "ci_lower", "ci_upper", "p_value")]


def _width(row: Row) -> float:
    return float(row["ci_upper"]) - float(row["ci_lower"])


@pytest.mark.parametrize("ci", ["hksj-conservative", "hksj", "wald"])
@pytest.mark.parametrize("level", [90.0, 95.0])
def test_where_every_row_is_certain_the_mixture_is_the_ordinary_interval(
    make_review: Callable[..., Review], ci: str, level: float
) -> None:
    review, choice = make_review(CERTAIN), Choice("REML", ci, level)
    row = mixed(review, choice=choice)
    assert figures(row) == pytest.approx(figures(ordinary_of(review, choice)), rel=1e-8)
    assert (row["rows_drawn"], row["dropped_share"], row["changed_share"], row["empty_share"]) == (
        "0", "0", "0", "0",
    )  # fmt: skip


def test_rows_that_a_person_has_verified_are_never_drawn(make_review: Callable[..., Review]) -> None:
    verified = make_review([made._replace(confidence="0.1", state="confirmed") for made in STUDIES_MADE])
    assert figures(mixed(verified)) == pytest.approx(figures(ordinary_of(verified)), rel=1e-8)


def test_the_same_seed_gives_the_same_row_and_another_seed_another(review: Review) -> None:
    alternatives = [alternative("m1w0", "spread", "se", 0.05)]
    assert mixed(review, alternatives) == mixed(review, alternatives)
    assert mixed(review, alternatives)["ci_lower"] != mixed(review, alternatives, seed=8)["ci_lower"]


def test_a_row_of_one_study_is_drawn_alike_whatever_other_studies_there_are() -> None:
    one = {"measurement_id": "m1", "state": "unread", "confidence": "0.6", "record_id": "r"}
    found = outcomes(one, [], [])
    assert found is not None
    assert found.drawn(50, 3).tolist() == found.drawn(100, 3).tolist()[:50]


def test_a_wrong_row_without_an_alternative_drops_its_study(make_review: Callable[..., Review]) -> None:
    studies = [*CERTAIN[:4], CERTAIN[4]._replace(confidence="0.5")]
    row = mixed(make_review(studies), draws=4000)
    # Both rows of the fifth study must be right: it is dropped in 3 of 4 draws, one of five effects.
    assert float(row["dropped_share"]) == pytest.approx(0.75 / 5, abs=0.01)
    assert (row["rows_drawn"], row["changed_share"], row["k"]) == ("2", "0", "5")


def test_a_pool_whose_every_row_is_wrong_has_no_interval_and_says_so(
    make_review: Callable[..., Review],
) -> None:
    row = mixed(make_review([made._replace(confidence="0", state="unread") for made in STUDIES_MADE]))
    assert (row["empty_share"], row["estimate"]) == ("1", "")
    assert row["refused"] == "no draw has an effect left"


def test_a_wrong_sd_with_the_right_alternative_widens_the_mixture_toward_the_truth(
    make_review: Callable[..., Review],
) -> None:
    # The fifth study prints standard errors that were read as standard deviations.
    believed = [*CERTAIN[:4], Made(52, ("9.5", "0.25"), ("1.3", "0.28"), confidence="0.4")]
    true = [*CERTAIN[:4], believed[4]._replace(spread="se", confidence="1")]
    alternatives = [alternative(f"m5w{weeks}", "spread", "se", 0.6) for weeks in ("0", "2")]
    choice = Choice("CE", "wald")
    wrong, right = (ordinary_of(make_review(one), choice) for one in (believed, true))
    row = mixed(make_review(believed), alternatives, draws=2000, choice=choice)
    below, estimate, above = sorted(float(one["estimate"]) for one in (wrong, right, row))
    assert float(row["estimate"]) == estimate
    assert below < estimate < above
    truth = float(right["estimate"])
    assert float(wrong["ci_upper"]) < truth < float(row["ci_upper"])
    assert _width(row) > 2 * max(_width(wrong), _width(right))
    assert row["dropped_share"] == "0"
    assert float(row["changed_share"]) > 0.1


def test_another_time_takes_the_phase_of_that_time_and_is_a_result_of_its_own(review: Review) -> None:
    row, siblings = review.by_id["m1w2"], [r for r in review.measurements if r["record_id"] == "r1"]
    moved = altered(row, "weeks", "0", siblings)
    assert moved is not None
    assert (moved["phase"], moved["time"], moved["result_id"]) == ("baseline", "0 weeks", "m1w2")
    assert altered(row, "no_such_field", "x", siblings) is None


def test_a_study_whose_row_moves_out_of_the_window_leaves_the_pool(
    make_review: Callable[..., Review],
) -> None:
    studies = [*CERTAIN[:4], CERTAIN[4]._replace(confidence="0.5")]
    alternatives = [alternative("m5w2", "weeks", "52", 0.5), alternative("m5w0", "spread", "sd", 0.5)]
    row = mixed(make_review(studies), alternatives, draws=4000)
    # The baseline's SE may be an SD; the follow-up may be one year after.
    assert float(row["dropped_share"]) == pytest.approx(0.5 / 5, abs=0.01)
    assert float(row["changed_share"]) == pytest.approx(0.25 / 5, abs=0.01)


def test_alternatives_that_come_to_more_than_the_confidence_leaves_are_scaled_down() -> None:
    one = {
        "measurement_id": "m1",
        "state": "unread",
        "confidence": "0.8",
        "record_id": "r",
        "spread": "sd",
        "n": "5",
    }
    found = outcomes(one, [alternative("m1", "spread", "se", 0.3), alternative("m1", "n", "6", 0.1)], [])
    assert found is not None
    assert sum(found.shares) == pytest.approx(1)
    assert found.shares == pytest.approx((0.8, 0.05, 0.15))


@st.composite
def parts(draw: Any) -> list[tuple[Fit, int]]:
    one = st.builds(
        lambda m, s, df, n: (Fit(4, "", m, s, df=df), n),
        st.floats(-5, 5), st.floats(0.01, 5), st.sampled_from([1.0, 2.0, 9.0, float("nan")]), st.integers(1, 50),
    )  # fmt: skip
    return draw(st.lists(one, min_size=1, max_size=5))


@settings(max_examples=40, deadline=None)
@given(parts(), st.sampled_from([0.005, 0.025, 0.5, 0.975]))
def test_a_quantile_of_a_mixture_is_where_its_distribution_has_that_share_below(data: Any, p: float) -> None:
    mixture = Mixture([fit for fit, _ in data], [count for _, count in data])
    assert mixture.below(mixture.quantile(p)) == pytest.approx(p, rel=1e-9)


def test_the_mixture_is_that_of_draws_from_each_pool(review: Review) -> None:
    fits = [Fit(3, "", 1.0, 0.5, df=2.0), Fit(4, "", 3.0, 0.2, df=3.0)]
    mixture = Mixture(fits, [3, 1])
    generator = np.random.default_rng(1)
    drawn = np.concatenate(
        [1 + 0.5 * generator.standard_t(2, 300_000), 3 + 0.2 * generator.standard_t(3, 100_000)]
    )
    for p in (0.025, 0.5, 0.975):
        assert mixture.quantile(p) == pytest.approx(float(np.quantile(drawn, p)), abs=0.03)
