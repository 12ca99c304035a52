"""The probability of an effect beyond the minimal important difference follows the printed interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.synthesis.exceedance import p_beyond

Z = 1.959963984540054
T2 = 4.302652729911275
values = st.floats(-5, 5)


def test_a_bound_of_the_interval_at_the_difference_leaves_its_tail() -> None:
    """Upper bound at -2: 97.5 % of the distribution lies below."""
    assert p_beyond(-2 - Z * 0.3, 0.3, None, 2, "lower") == pytest.approx(0.975, rel=1e-9)
    assert p_beyond(2 + T2 * 0.3, 0.3, 2, 2, "higher") == pytest.approx(0.975, rel=1e-9)
    assert p_beyond(-2, 0.3, 7, 2, "lower") == pytest.approx(0.5)


def test_harm_is_not_benefit() -> None:
    assert p_beyond(5, 0.3, 9, 2, "lower") < 1e-6
    assert p_beyond(-5, 0.3, 9, 2, "higher") < 1e-6


@given(values, st.floats(0.01, 3), st.one_of(st.none(), st.integers(1, 40)), st.floats(0.1, 4))
def test_the_sides_mirror_each_other(estimate: float, se: float, df: int | None, mid: float) -> None:
    assert p_beyond(estimate, se, df, mid, "lower") == pytest.approx(
        p_beyond(-estimate, se, df, mid, "higher"), abs=1e-12
    )


def test_without_an_error_it_is_certain() -> None:
    assert (p_beyond(-3, 0, 4, 2, "lower"), p_beyond(-1, 0, 4, 2, "lower")) == (1, 0)


def test_an_unknown_direction_lists_the_allowed() -> None:
    with pytest.raises(ValueError, match="allowed: lower, higher"):
        p_beyond(1, 1, None, 1, "left")
