"""The SD of a change: from the SDs of baseline and follow-up, and the correlation of the two."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sonospine.effects.arm_rows import baseline_of, change_of, final_of, same_scale
from sonospine.effects.conversions import change_sd, correlation
from sonospine.effects.derivation import Derivation
from sonospine.effects.inputs import Notes, Source
from sonospine.effects.measures import RefusedError
from sonospine.effects.spreads import Spread, sd_of
from sonospine.model.table_io import Row

SD_FORMULA = "SD = √(s1² + s2² − 2 r s1 s2)"
R_FORMULA = "r = (s1² + s2² − sd²)/(2 s1 s2)"


def correlation_for(
    afters: Sequence[Row], source: Source, steps: Derivation, notes: Notes
) -> tuple[float, list[int]]:
    """Return the correlation of baseline and follow-up, and the step that worked it out (none where assumed).

    Where the configuration says so, it is worked out of the SDs of baseline, follow-up and change that the study
    prints: of these arms (their mean, weighted by n, where there are several), or else of the study's other arms at
    the same time (their mean), as Cochrane Handbook v6.5, 6.5.2.8, has it.

    Parameters
    ----------
    afters
        Values at follow-up (or changes), one for each arm.
    source, steps, notes
        Rows of the study, the derivation and the warnings.
    """
    assumed = source.choices.correlation
    notes.correlation = assumed
    if not source.choices.correlation_from_study:
        return assumed, []
    own = [_recovered(row, source, steps, notes) for row in afters]
    found = [r for r in own if r is not None]
    if len(found) != len(afters):
        others = {
            row["arm_id"]: row
            for row in source.rows
            if row["arm_id"] not in {a["arm_id"] for a in afters} and _same_time(row, afters[0])
        }
        beside = [_recovered(others[key], source, steps, notes) for key in sorted(others)]
        found = [r for r in beside if r is not None]
        if not found:
            return assumed, []
        notes.flag("correlation_from_other_arm")
    notes.flag("correlation_from_study")
    total = sum(n for _, n, _ in found)
    mean = math.fsum(value * n for value, n, _ in found) / total
    used = [step for _, _, step in found]
    if len(found) > 1:
        values = {f"{k}{i}": v for i, (r, n, _) in enumerate(found, 1) for k, v in (("r", r), ("n", n))}
        used = [steps.add("correlation", used, "r = Σ n r/Σ n", values, {"r": mean})]
    notes.correlation = mean
    return mean, used


def _same_time(row: Row, after: Row) -> bool:
    """Tell whether a value of another arm is one of the same time on the same instrument."""
    same = ("instrument", "subscale", "population", "phase", "weeks", "time")
    return row["change"] == "false" and all(row[c] == after[c] for c in same)


def _recovered(after: Row, source: Source, steps: Derivation, notes: Notes) -> tuple[float, int, int] | None:
    turned = after["change"] == "true"
    before = baseline_of(after, source.rows)
    final = final_of(after, source.rows) if turned else after
    change = after if turned else change_of(after, source.rows)
    if before is None or final is None or change is None or not same_scale(final, before, change):
        return None
    rows = (before, final, change)
    sds = [_plain_sd(row, source) for row in rows]
    if any(sd is None for sd in sds):
        return None
    s1, s2, sd = (value for value in sds if value is not None)
    try:
        r = correlation(s1, s2, sd)
    except RefusedError:
        notes.flag("correlation_impossible")
        return None
    ids = [row["measurement_id"] for row in rows]
    notes.ids += [i for i in ids if i not in notes.ids]
    step = steps.add("correlation", ids, R_FORMULA, {"s1": s1, "s2": s2, "sd": sd}, {"r": r})
    return r, int(final["n"] or change["n"] or before["n"] or 1), step


def _plain_sd(row: Row, source: Source) -> float | None:
    """Return the SD of a row on its own, without a step; rows with a problem of their own lend none."""
    notes, steps = Notes(), Derivation()
    notes.use_flags(row)
    if notes.problems or row["centre"] != "mean":
        return None
    step = steps.add("read", [row["measurement_id"]], "as printed", {}, {})
    return sd_of(row, int(row["n"]) if row["n"] else None, source, steps, [step], notes).sd


def sd_of_change(row: Row, source: Source, steps: Derivation, step: int, notes: Notes) -> Spread | None:
    """Return the SD of a printed change from those of baseline and follow-up; ``None`` where it cannot be had."""
    if row["change"] != "true" or "change_sd" not in source.choices.conversions:
        return None
    after = final_of(row, source.rows)
    before = baseline_of(row, source.rows)
    if after is None or before is None or not same_scale(row, after, before):
        return None
    s1, s2 = _plain_sd(before, source), _plain_sd(after, source)
    if s1 is None or s2 is None:
        return None
    r, used = correlation_for([after], source, steps, notes)
    ids = [before["measurement_id"], after["measurement_id"]]
    notes.ids += [i for i in ids if i not in notes.ids]
    return sd_by_correlation(s1, s2, r, steps, [step, *ids, *used], notes)


def sd_by_correlation(
    before: float, after: float, r: float, steps: Derivation, inputs: Sequence[str | int], notes: Notes
) -> Spread:
    """Return the SD of the changes from two SDs and their correlation, as a step.

    Raises nothing: what cannot be worked out is the ``problem`` of the result.
    """
    last = max(i for i in inputs if isinstance(i, int))
    try:
        sd = change_sd(before, after, r)
    except RefusedError as error:
        return Spread(None, last, str(error))
    notes.flag("change_sd")
    values = {"s1": before, "s2": after, "r": r}
    if sd == 0:
        return Spread(None, last, "the SD of the change is 0 with this correlation, which gives no variance")
    return Spread(sd, steps.add("change_sd", inputs, SD_FORMULA, values, {"sd": sd}))
