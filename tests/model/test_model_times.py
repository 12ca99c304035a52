"""Times in words."""

from __future__ import annotations

import pytest

from sonospine.model.times import readable_time


@pytest.mark.parametrize(
    ("weeks", "text"),
    [
        (0, "just after"),
        (10 / 10080, "10 minutes"),
        (1 / 168, "1 hour"),
        (1 / 7, "24 hours"),
        (0.2857142857, "2 days"),
        (1, "1 week"),
        (4.345, "4.3 weeks"),
        (13.035, "13 weeks"),
    ],
)
def test_a_time_is_told_in_the_unit_that_suits_it(weeks: float, text: str) -> None:
    assert readable_time(weeks) == text
