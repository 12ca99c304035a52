"""Arm against arm by their means: MD, SMD and ROM."""

from __future__ import annotations

from collections.abc import Sequence

from sonospine.effects.candidates import Candidate
from sonospine.effects.conversions import pooled_sd_from_p, pooled_sd_from_t, split_group
from sonospine.effects.estimates import (
    Estimate,
    final_step,
    group_of,
    printed_of,
    refuse_unsigned,
    summaries_of,
)
from sonospine.effects.inputs import Source
from sonospine.effects.measures import (
    Group,
    RefusedError,
    mean_difference,
    ratio_of_means,
    standardised_mean_difference,
)
from sonospine.effects.people import refuse_other_units, refuse_same_people
from sonospine.effects.spreads import Tested, test_of
from sonospine.effects.summaries import Summary

_MD = "yi = m1 − m2; vi = s1²/n1 + s2²/n2"
_ROM = "yi = ln(m1/m2); vi = s1²/(n1 m1²) + s2²/(n2 m2²)"
_D = "d = (m1 − m2)/sp, sp² = [(n1 − 1) s1² + (n2 − 1) s2²]/(N − 2); yi = c(N − 2) d; "
SMD_FORMULAS = {
    "LS": _D + "vi = 1/n1 + 1/n2 + yi²/(2 N)",
    "LS2": _D + "vi = c(N − 2)² [1/n1 + 1/n2 + d²/(2 N)]",
}


def difference_of_arms(made: Estimate, candidate: Candidate, source: Source) -> None:
    """Compare the means of two arms, or of arms combined.

    Where neither arm prints a spread, and both print one and the same t or exact p, that is the test of their
    difference, from which their pooled SD follows (if the configuration allows it).

    Raises
    ------
    RefusedError
        The measure cannot be computed of these figures.
    """
    tested = _shared_test(candidate, source)
    ones = summaries_of(made, candidate.one, source, spread_elsewhere=tested is not None)
    twos = summaries_of(made, candidate.two, source, spread_elsewhere=tested is not None)
    measure = source.choices.measure
    made.unit = "SD units" if measure == "SMD" else "" if measure == "ROM" else ones[0].unit
    if candidate.kind == "change":
        refuse_unsigned(made, (*candidate.one, *candidate.two), source)
    if measure == "ROM" and candidate.kind == "change":
        made.notes.problem("a ratio of means is not made of change scores")
    if tested is not None:
        one, two, step_1 = _groups_by_test(made, ones[0], twos[0], tested)
        step_2 = step_1
    else:
        one, step_1 = group_of(made, ones)
        two, step_2 = group_of(made, twos)
    if one is None or two is None:
        return
    for group, arms in ((one, candidate.arms_1), (two, candidate.arms_2)):
        refuse_other_units(group.n, arms, made.notes, "an n")
    if candidate.part is not None:
        two, step_2 = _share(made, two, step_2, candidate.part)
    made.one, made.two, made.n1, made.n2 = one, two, one.n, two.n
    if tested is None:
        made.printed_1, made.printed_2 = printed_of(ones), printed_of(twos)
    refuse_same_people(one.n, two.n, candidate.lead["study_id"], source, made.notes)
    _compare(made, one, two, sorted({step_1, step_2}), source)


def _compare(made: Estimate, one: Group, two: Group, inputs: Sequence[int], source: Source) -> None:
    measure, vtype = source.choices.measure, source.choices.vtype
    values = {"n1": one.n, "m1": one.mean, "s1": one.sd, "n2": two.n, "m2": two.mean, "s2": two.sd}
    if measure == "MD":
        made.effect, formula = mean_difference(one, two), _MD
    elif measure == "SMD":
        made.effect, formula = standardised_mean_difference(one, two, vtype=vtype), SMD_FORMULAS[vtype]
    else:
        made.effect, formula = ratio_of_means(one, two), _ROM
    final_step(made, measure, inputs, formula, values)


def _shared_test(candidate: Candidate, source: Source) -> Tested | None:
    cells = (*candidate.one, *candidate.two)
    if len(cells) != 2 or any(cell.row["spread"] != "none" or cell.minus is not None for cell in cells):
        return None
    first, second = (test_of(cell.row, source) for cell in cells)
    return first if first == second and source.choices.measure in ("MD", "SMD") else None


def _groups_by_test(
    made: Estimate, one: Summary, two: Summary, tested: Tested
) -> tuple[Group | None, Group | None, int]:
    if one.n is None or two.n is None or one.mean is None or two.mean is None:
        return None, None, one.step
    name = f"pooled_sd_from_{tested.kind}"
    function = pooled_sd_from_t if tested.kind == "t" else pooled_sd_from_p
    try:
        sd = function(one.mean - two.mean, tested.value, one.n, two.n)
    except RefusedError as refusal:
        made.notes.problem(f"no SD follows from {tested.kind}: {refusal}")
        return None, None, one.step
    made.notes.flag(name)
    tail = "" if tested.kind == "t" else ", t of p with n1 + n2 − 2 df"
    step = made.steps.add(
        name,
        [one.step, two.step],
        f"SD = |m1 − m2|/(|t| √(1/n1 + 1/n2)){tail}",
        {"m1": one.mean, "m2": two.mean, "n1": one.n, "n2": two.n, tested.kind: tested.value},
        {"sd": sd},
    )
    return Group(one.n, one.mean, sd), Group(two.n, two.mean, sd), step


def _share(made: Estimate, group: Group, step: int, part: tuple[int, int]) -> tuple[Group, int]:
    """Return the share of a comparator that is split between several arms of interest."""
    index, parts = part
    share = split_group(group, parts)[index]
    made.notes.flag("control_split")
    step = made.steps.add(
        "split_control",
        [step],
        f"n = share {index + 1} of {parts}; mean and SD unchanged",
        {"n": group.n, "parts": parts},
        {"n": share.n, "mean": share.mean, "sd": share.sd},
    )
    return share, step
