"""The change of one group: MC, SMCC and SMCR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sonospine.effects.candidates import Candidate
from sonospine.effects.conversions import change_sd
from sonospine.effects.derivation import Value
from sonospine.effects.estimates import (
    Estimate,
    final_step,
    group_of,
    printed_of,
    refuse_unsigned,
    summaries_of,
)
from sonospine.effects.gains import SD_FORMULA, correlation_for
from sonospine.effects.inputs import Source
from sonospine.effects.measures import (
    Group,
    change_in_change_sds,
    mean_change,
    printed_change,
    standardised_change,
)
from sonospine.effects.people import refuse_other_units
from sonospine.effects.summaries import Summary

_MC = "yi = m1 − m2; vi = (s1² + s2² − 2 r s1 s2)/n"
_SMCR = "yi = c(n − 1) {d}/s2; vi = 2 (1 − r)/n + yi²/(2 n)"
_SMCR_LS2 = "yi = c(n − 1) {d}/s2; vi = c(n − 1)² [2 (1 − r)/n + ({d}/s2)²/(2 n)]"
_SMCC = "yi = c(n − 1) {d}/sd; vi = 1/n + yi²/(2 n)"
_SMCC_LS2 = "yi = c(n − 1) {d}/sd; vi = c(n − 1)² [1/n + ({d}/sd)²/(2 n)]"


def change_of_group(made: Estimate, candidate: Candidate, source: Source) -> None:
    """Compute the change of one group, from values at follow-up and baseline or from a printed change.

    Raises
    ------
    RefusedError
        The measure cannot be computed of these figures.
    """
    measure = source.choices.measure
    needs_baseline = candidate.kind == "final" or measure == "SMCR"
    before = summaries_of(made, candidate.two, source) if needs_baseline else []
    after = summaries_of(made, candidate.one, source)
    made.unit = after[0].unit if measure == "MC" else "SD units"
    if candidate.kind == "change":
        refuse_unsigned(made, candidate.one, source)
        _printed(made, candidate, before, after, source)
    elif len(before) == len(after):
        _computed(made, candidate, before, after, source)


def _computed(
    made: Estimate,
    candidate: Candidate,
    before: Sequence[Summary],
    after: Sequence[Summary],
    source: Source,
) -> None:
    after, before = _same_n(made, after, before)
    one, step_1 = group_of(made, after)
    two, step_2 = group_of(made, before)
    if one is None or two is None:
        return
    r, used = correlation_for([cell.row for cell in candidate.one], source, made.steps, made.notes)
    made.one, made.two, made.n1, made.n2 = one, two, one.n, two.n
    refuse_other_units(one.n, candidate.arms_1, made.notes, "an n")
    made.printed_1, made.printed_2 = printed_of(after), printed_of(before)
    inputs, measure, d = [step_1, step_2, *used], source.choices.measure, "(m1 − m2)"
    values = {"m1": one.mean, "s1": one.sd, "m2": two.mean, "s2": two.sd, "n": one.n, "r": r}
    if measure == "MC":
        made.effect = mean_change(one, two, one.n, r)
        final_step(made, measure, inputs, _MC, values)
    elif measure == "SMCR":
        _standardised_by_baseline(made, one.mean - two.mean, two, one.n, r, inputs, values, d, source)
    else:
        sd = change_sd(two.sd, one.sd, r)
        step = made.steps.add(
            "change_sd", inputs, SD_FORMULA, {"s1": two.sd, "s2": one.sd, "r": r}, {"sd": sd}
        )
        _standardised_by_change(
            made, one.mean - two.mean, sd, one.n, [step_1, step_2, step], values, d, source
        )


def _printed(
    made: Estimate,
    candidate: Candidate,
    before: Sequence[Summary],
    after: Sequence[Summary],
    source: Source,
) -> None:
    one, step = group_of(made, after)
    if one is None:
        return
    made.n1 = made.n2 = one.n
    refuse_other_units(one.n, candidate.arms_1, made.notes, "an n")
    values: dict[str, Value] = {"change": one.mean, "sd": one.sd, "n": one.n}
    if source.choices.measure == "MC":
        made.effect = printed_change(one.mean, one.sd, one.n)
        final_step(made, "MC", [step], "yi = change; vi = sd²/n", values)
        return
    if source.choices.measure == "SMCC":
        _standardised_by_change(made, one.mean, one.sd, one.n, [step], values, "change", source)
        return
    two, baseline_step = group_of(made, before)
    if two is None:
        made.notes.problem("no baseline SD to standardise the change by")
        return
    r, used = correlation_for([cell.row for cell in candidate.one], source, made.steps, made.notes)
    values = {"change": one.mean, "s2": two.sd, "n": one.n, "r": r}
    inputs = [step, baseline_step, *used]
    _standardised_by_baseline(made, one.mean, two, one.n, r, inputs, values, "change", source)


def _standardised_by_baseline(
    made: Estimate,
    difference: float,
    before: Group,
    n: int,
    r: float,
    inputs: Sequence[int],
    values: Mapping[str, Value],
    d: str,
    source: Source,
) -> None:
    vtype = source.choices.vtype
    made.effect = standardised_change(difference, before.sd, n, r, vtype=vtype)
    final_step(made, "SMCR", inputs, (_SMCR if vtype == "LS" else _SMCR_LS2).format(d=d), values)


def _standardised_by_change(
    made: Estimate,
    difference: float,
    sd: float,
    n: int,
    inputs: Sequence[int],
    values: Mapping[str, Value],
    d: str,
    source: Source,
) -> None:
    vtype = source.choices.vtype
    made.effect = change_in_change_sds(difference, sd, n, vtype=vtype)
    formula = (_SMCC if vtype == "LS" else _SMCC_LS2).format(d=d)
    final_step(made, "SMCC", inputs, formula, {**values, "sd": sd})


def _same_n(
    made: Estimate, after: Sequence[Summary], before: Sequence[Summary]
) -> tuple[list[Summary], list[Summary]]:
    """Take the smaller n where baseline and follow-up differ: only those people have a change."""
    pairs = []
    for one, two in zip(after, before, strict=True):
        if one.n is not None and two.n is not None and one.n != two.n:
            made.notes.flag("n_differs_from_baseline")
            n = min(one.n, two.n)
            step = made.steps.add(
                "n_of_change", [one.step, two.step], "n = min(n1, n2)", {"n1": one.n, "n2": two.n}, n
            )
            one = replace(one, n=n, step=step if one.n != n else one.step)
            two = replace(two, n=n, step=step if two.n != n else two.step)
        pairs.append((one, two))
    return [p[0] for p in pairs], [p[1] for p in pairs]
