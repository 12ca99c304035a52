"""The pool over what the reading leaves open stands beside the ordinary one."""

from __future__ import annotations

from sonospine.model.tables import READING
from sonospine.report.numbers import mixture_line


def test_a_mixture_says_how_many_rows_were_drawn_and_how_much_of_the_pool_they_dropped() -> None:
    row = READING.row(
        analysis="pain", variant="mixture", measure="MC", k="2", n="60", estimate="-1.5", ci_lower="-3", ci_upper="0.25",
        ci_method="mixture", p_value="0.08", flags="not_interpretable", draws="1000", seed="7", rows_drawn="4",
        dropped_share="0.2265", changed_share="0", empty_share="0.05",
    )  # fmt: skip
    line = mixture_line(row)
    assert line.variant == "With the uncertainty of the reading"
    assert (line.method, line.k, line.prediction) == ("mixture of the draws", "2", "")
    assert line.note == (
        "1000 draws of 4 unverified rows; 23 % of the effects dropped; not interpretable (two studies)"
    )
