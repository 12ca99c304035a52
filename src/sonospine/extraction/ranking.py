"""What else a row could be: other arms, times, sizes and kinds of spread, ranked, with probabilities.

What the confidence of a row leaves open is dealt out: a row and all its alternatives together never come to more
than 1. How likely each field is to be the wrong one was counted on annotated articles (``confidence.json``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.extraction.arms import DocumentArms
from sonospine.extraction.reading import Alternative, Reading, home_of
from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.model.tables import ALTERNATIVES

MOST_OF_A_FIELD = 4
_OTHER_SPREAD = {"sd": "se", "se": "sd"}
_ARM_DOUBTS = (
    "arm from caption",
    "arm_from_caption",
    "arm_by_order",
    "arm_as_reported",
    "arm: guess",
    "arm: carried",
)
_TIME_FLAGS = frozenset(
    {
        "time_unknown", "time_from_caption", "time_from_table", "time_from_article", "time_from_methods",
        "weeks_from_course", "several_times",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the other readings of a record offer: times by table or section, sizes by arm."""

    weeks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sizes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def candidates(readings: Iterable[Reading]) -> Candidates:
    """Gather the times of each table or section and the sizes of each arm, in the order of reading."""
    weeks: dict[str, dict[str, None]] = {}
    sizes: dict[str, dict[str, None]] = {}
    for reading in readings:
        if reading.weeks is not None:
            weeks.setdefault(home_of(reading.locator), {})[derived(reading.weeks)] = None
        if reading.arm and reading.n:
            sizes.setdefault(reading.arm, {})[reading.n] = None
    return Candidates(
        {place: tuple(found) for place, found in weeks.items()},
        {arm: tuple(found) for arm, found in sizes.items()},
    )


def alternatives(
    reading: Reading,
    reasons: Sequence[str],
    offered: Candidates,
    arms: DocumentArms,
    wrong: Mapping[str, float],
) -> tuple[Alternative, ...]:
    """Return what a row could be if it is wrong; the probabilities are those among wrong rows.

    Parameters
    ----------
    reading
        The row; alternatives that its reader names come first.
    reasons
        Why it is believed or doubted: only a field that was not printed beside the value is in doubt.
    offered
        Times and sizes of the other rows.
    arms
        The arms of the record.
    wrong
        The share of wrong rows whose field was wrong, by field.
    """
    made: dict[tuple[str, str], float] = {(a.field, a.value): a.probability for a in reading.alternatives}
    told = {a.field for a in reading.alternatives}
    doubts = {
        "spread": _other_spread(reading, reasons),
        "arm": _other_arms(reading, arms),
        "weeks": _other_weeks(reading, reasons, offered),
        "n": _other_sizes(reading, reasons, offered),
    }
    for name, values in doubts.items():
        if name in told:
            continue
        for value in values[:MOST_OF_A_FIELD]:
            made[name, value] = wrong.get(name, 0.0) / min(len(values), MOST_OF_A_FIELD)
    return tuple(Alternative(name, value, p) for (name, value), p in made.items() if p > 0)


def _other_spread(reading: Reading, reasons: Sequence[str]) -> tuple[str, ...]:
    unsure = "statistic from the methods" in reasons or "statistic assumed" in reasons
    return (_OTHER_SPREAD[reading.spread],) if unsure and reading.spread in _OTHER_SPREAD else ()


def _other_arms(reading: Reading, arms: DocumentArms) -> tuple[str, ...]:
    """Return the other arms; of a difference whose direction is only assumed, the arm it is taken from."""
    if "direction_assumed" in reading.flags or "direction_unclear" in reading.flags:
        return (reading.comparator_arm,) if reading.comparator_arm else ()
    if not any(doubt in reading.flags or doubt in reading.evidence for doubt in _ARM_DOUBTS):
        return ()
    return tuple(a.label for a in arms.arms if a.label not in (reading.arm, reading.comparator_arm))


def _other_weeks(reading: Reading, reasons: Sequence[str], offered: Candidates) -> tuple[str, ...]:
    vague = "time without a length" in reasons or "time not known in weeks" in reasons
    if not vague and not _TIME_FLAGS & set(reading.flags) and "time: guess" not in reading.evidence:
        return ()
    own = derived(reading.weeks)
    return tuple(weeks for weeks in offered.weeks.get(home_of(reading.locator), ()) if weeks != own)


def _other_sizes(reading: Reading, reasons: Sequence[str], offered: Candidates) -> tuple[str, ...]:
    if not any(reason.startswith(("n from another table", "n from the text")) for reason in reasons):
        return ()
    return tuple(n for n in offered.sizes.get(reading.arm, ()) if n != reading.n)


def alternative_rows(identity: str, found: Iterable[Alternative], believed: float) -> list[Row]:
    """Return rows of ``alternatives``: ranked within a field, all together at most what ``believed`` leaves open."""
    ranked = sorted(dict.fromkeys(found), key=lambda a: (a.field, -a.probability, a.value))
    total = sum(a.probability for a in ranked)
    share = (1.0 - believed) / max(1.0, total)
    rows: list[Row] = []
    ranks: dict[str, int] = {}
    for one in ranked:
        ranks[one.field] = ranks.get(one.field, 0) + 1
        rows.append(
            ALTERNATIVES.row(
                measurement_id=identity, field=one.field, rank=str(ranks[one.field]), value=one.value,
                probability=derived(int(one.probability * share * 1e4) / 1e4),
            )
        )  # fmt: skip
    return rows
