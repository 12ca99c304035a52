"""From a candidate to an effect, step by step."""

from __future__ import annotations

from dataclasses import replace

from sonospine.effects.candidates import Candidate
from sonospine.effects.changes import change_of_group
from sonospine.effects.counts import counts_of_arms, proportion_of_arm
from sonospine.effects.differences import difference_of_arms
from sonospine.effects.estimates import Estimate
from sonospine.effects.given import given_comparison
from sonospine.effects.inputs import Source
from sonospine.effects.measures import RefusedError
from sonospine.effects.scales import Range, scale_of


def estimate(candidate: Candidate, source: Source) -> Estimate:
    """Compute the effect of a candidate.

    Parameters
    ----------
    candidate
        The rows and their layout.
    source
        Outcome, choices, arms, studies and other rows of the same results.

    Returns
    -------
    Estimate
        With the steps, the reasons not to pool it, and the warnings of the rows.
    """
    made = Estimate()
    if source.outcome.scale is None:
        source = replace(source, reach=_widest(candidate))
    for text in candidate.problems:
        made.notes.problem(text)
    try:
        _compute(made, candidate, source)
    except RefusedError as refusal:
        made.notes.problem(str(refusal))
    if made.effect is not None and made.effect.vi <= 0:
        made.notes.problem("the variance is 0")
    if made.effect is None and not made.notes.problems:
        made.notes.problem("no effect follows from what is printed")
    return made


def _compute(made: Estimate, candidate: Candidate, source: Source) -> None:
    choices = source.choices
    if candidate.kind == "printed":
        given_comparison(made, candidate, source)
    elif choices.measure == "PLO":
        proportion_of_arm(made, candidate, source)
    elif choices.counted:
        counts_of_arms(made, candidate, source)
    elif choices.paired:
        change_of_group(made, candidate, source)
    else:
        difference_of_arms(made, candidate, source)


def _widest(candidate: Candidate) -> Range | None:
    """Return the widest scale of a candidate's rows: raw points of 50 and percents of one study meet on 0 to 100."""
    scales = [s for cell in (*candidate.one, *candidate.two) if (s := scale_of(cell.row)) is not None]
    return max(scales, key=lambda s: (s[1] - s[0], s), default=None)
