"""A candidate as a row of ``effects``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sonospine.effects.candidates import Candidate
from sonospine.effects.choosing import Scored, Task
from sonospine.effects.conversions import quantile
from sonospine.effects.inputs import Cell
from sonospine.effects.selection import arm_terms
from sonospine.model.files import short_hash
from sonospine.model.numbers import derived, written_truth
from sonospine.model.states import verified
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS

_PRINTED_SPREAD = ("spread", "spread_value", "spread_locator", "lower", "upper", "level")


def with_other_values(
    candidate: Candidate, others: Mapping[str, str], standing: Mapping[str, Row]
) -> Candidate | None:
    """Return the candidate with the other values of open conflicts; ``None`` where it rests on none.

    A value without a spread borrows that of the chosen row.
    """

    def swapped(cell: Cell) -> Cell:
        other = others.get(cell.row["measurement_id"])
        if other is None:
            return cell
        row = dict(standing[other])
        lent = []
        if row["spread"] == "none" and cell.row["spread"] != "none":
            row |= {name: cell.row[name] for name in _PRINTED_SPREAD}
            lent.append(cell.row["measurement_id"])
        return Cell(row, tuple(lent), cell.minus)

    one, two = tuple(map(swapped, candidate.one)), tuple(map(swapped, candidate.two))
    if (one, two) == (candidate.one, candidate.two):
        return None
    return replace(candidate, one=one, two=two)


def effect_row(
    task: Task,
    item: Scored,
    variant: str,
    reasons: Sequence[str],
    standing: Mapping[str, Row],
    flags: Sequence[str],
) -> Row:
    """Return the row of a candidate.

    Parameters
    ----------
    task, item
        The analysis of a study, and the candidate with its effect.
    variant
        ``primary`` or ``other_value``.
    reasons
        Why it does not enter the pool; empty where it does.
    standing
        Rows of ``reconciled`` by id.
    flags
        Warnings beside those of its own rows.
    """
    candidate, made, study = item.candidate, item.estimate, task.study
    analysis, lead = task.analysis, item.candidate.lead
    ids = made.notes.ids
    keys = [a["arm_id"] for a in (*candidate.arms_1, *candidate.arms_2)]
    part = [f"part {candidate.part[0]} of {candidate.part[1]}"] if candidate.part is not None else []
    parts = (analysis.id, variant, study["study_id"], candidate.kind, *part, *keys, *ids)
    values = {
        "effect_id": "e" + short_hash(*parts),
        "analysis": analysis.id,
        "variant": variant,
        "included": written_truth(not reasons),
        "exclusion_reason": "; ".join(reasons),
        "study_id": study["study_id"],
        "label": study["label"],
        "year": study["year"],
        "design": study["design"],
        "guidance": _union(candidate.arms_1, study, "guidance"),
        "procedure": _union(candidate.arms_1, study, "procedure") or study["procedure"],
        "condition": study["condition"],
        "outcome": task.outcome.id,
        "instrument": lead["instrument"],
        "unit": made.unit,
        "direction": task.outcome.direction,
        "window": analysis.window or "",
        "weeks": lead["weeks"],
        "change": written_truth(candidate.of_changes),
        "measure": analysis.measure,
        "n1i": _whole(made.n1),
        "n2i": _whole(made.n2),
        "ai": _whole(made.events_1),
        "ci": _whole(made.events_2),
        "ri": derived(made.notes.correlation),
        "arm_1": " + ".join(a["label"] for a in candidate.arms_1),
        "arm_2": " + ".join(a["label"] for a in candidate.arms_2),
        "cluster": study["study_id"],
        "derivation": made.steps.text(),
        "measurement_ids": ";".join(ids),
        "verified": written_truth(verified(standing[i]["state"] for i in ids)),
        "flags": ";".join(dict.fromkeys([*made.notes.flags, *flags])),
        **_figures(task, item),
    }
    return EFFECTS.row(**values)


def _figures(task: Task, item: Scored) -> dict[str, str]:
    """Return the effect with its interval, and the mean and SD of each side."""
    made, values = item.estimate, {}
    effect = made.effect
    if effect is not None:
        half = quantile(task.level, None) * effect.vi**0.5
        own = made.interval if task.level == 95 else None
        low, high = own or (effect.yi - half, effect.yi + half)
        figures = {"yi": effect.yi, "vi": effect.vi, "ci_lower": low, "ci_upper": high}
        values = {name: derived(value) for name, value in figures.items()}
    for side, group, printed in (("1", made.one, made.printed_1), ("2", made.two, made.printed_2)):
        if group is not None:
            values |= {f"m{side}i": printed.mean or derived(group.mean)}
            values |= {f"sd{side}i": printed.sd or derived(group.sd)}
    return values


def _union(arms: Iterable[Row], study: Row, column: str) -> str:
    return ";".join(sorted({term for arm in arms for term in arm_terms(arm, study, column)}))


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)
