"""The small made-up review of before/after studies, and effects of any size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import strategies as st
from made_reviews import STUDIES_MADE, Made, alternative, configuration, review_of

from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS
from sonospine.robustness import Review

__all__ = ["STUDIES_MADE", "Made", "alternative", "any_effects", "configuration", "effect_rows"]


def effect_rows(yi: Sequence[float], vi: Sequence[float], **more: Sequence[str]) -> list[Row]:
    rows = []
    for index, (y, v) in enumerate(zip(yi, vi, strict=True)):
        named = {name: values[index] for name, values in more.items()}
        rows.append(
            EFFECTS.row(
                effect_id=f"e{index}", analysis="one", variant="primary", included="true", study_id=f"s{index}",
                label=f"Study {index:02}", yi=repr(float(y)), vi=repr(float(v)), measure="MD",
            ) | named
        )  # fmt: skip
    return rows


numbers = st.floats(-20, 20).map(lambda x: round(x, 4))
variances = st.floats(0.001, 50).map(lambda x: round(x, 4))


@st.composite
def any_effects(draw: Any, least: int = 3, most: int = 10) -> tuple[list[float], list[float]]:
    k = draw(st.integers(least, most))
    return draw(st.lists(numbers, min_size=k, max_size=k)), draw(st.lists(variances, min_size=k, max_size=k))


@pytest.fixture
def review() -> Review:
    """Five studies, two of them verified, one with standard errors."""
    return review_of()


@pytest.fixture
def make_review() -> Callable[..., Review]:
    """A function: studies and robustness settings in, a review out."""
    return review_of
