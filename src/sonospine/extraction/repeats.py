"""Results of sentences that stand in a table too: what a sentence leaves open, the table tells."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sonospine.extraction.reading import MEANS, Reading
from sonospine.vocabulary import Vocabulary

_IN_SENTENCES = frozenset({"abstract", "text"})
# Numbers of so few digits coincide by chance.
LEAST_DIGITS = 4

_Numbers = tuple[str, ...]


def completed(readings: Sequence[Reading], vocabulary: Vocabulary) -> list[Reading]:
    """Return readings with what one result of a table says about the same result of a sentence.

    The same result has the same value, spread and bounds, and no other arm, time or kind. Where just one result of the
    tables is the same, the sentence takes from it the arm, the time, the kind of spread and the number of people that it
    leaves open, and the label where its own is the beginning of the table's, or names nothing that is known.
    """
    printed: dict[_Numbers, list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.source == "table" and reading.centre in MEANS and reading.arm:
            printed[reading.numbers].append(reading)
    return [_completed(reading, printed.get(reading.numbers, []), vocabulary) for reading in readings]


def _completed(reading: Reading, printed: Sequence[Reading], vocabulary: Vocabulary) -> Reading:
    if reading.source not in _IN_SENTENCES or reading.centre not in MEANS or not _telling(reading):
        return reading
    same = [other for other in printed if _may_be(reading, other)]
    if len({(o.arm, o.outcome, o.time, o.weeks, o.change, o.n) for o in same}) != 1:
        return reading
    table = same[0]
    taken: dict[str, Any] = {}
    flags = reading.flags
    evidence = reading.evidence
    if not reading.arm:
        taken |= {"arm": table.arm, "arm_definition": table.arm_definition}
        flags = tuple(f for f in flags if f != "arm_unclear")
        evidence = (*evidence, "arm from the same numbers in a table")
    elif reading.arm_definition in table.arm_definition:
        taken["arm_definition"] = table.arm_definition
    if reading.weeks is None and (table.time or table.weeks is not None):
        taken |= {"weeks": table.weeks, "phase": table.phase, "time_from": table.time_from}
        taken |= {} if reading.time else {"time": table.time}
    if table.n and table.n != reading.n:
        taken |= {"n": table.n, "n_locator": table.n_locator}
    if "spread_assumed_sd" in flags and "spread_assumed_sd" not in table.flags:
        taken |= {"spread": table.spread, "centre": table.centre}
        flags = tuple(f for f in flags if f != "spread_assumed_sd")
    if _less_exact(reading.outcome, table.outcome, vocabulary):
        taken |= {"outcome": table.outcome, "unit": reading.unit or table.unit, "context": table.context}
    return dataclasses.replace(reading, flags=flags, evidence=evidence, **taken)


def _telling(reading: Reading) -> bool:
    """Tell whether the numbers are a value with a spread or bounds, of digits enough."""
    numbers = [text for text in reading.numbers if text]
    return len(numbers) > 1 and sum(c.isdigit() for text in numbers for c in text) >= LEAST_DIGITS


def _may_be(reading: Reading, other: Reading) -> bool:
    """Tell whether a result of a table can be that of a sentence: nothing both of them say differs."""
    if reading.arm and reading.arm != other.arm:
        return False
    if reading.phase and other.phase and reading.phase != other.phase:
        return False
    if (
        reading.weeks is not None
        and other.weeks is not None
        and abs(reading.weeks - other.weeks) > 0.1 * other.weeks
    ):
        return False
    if reading.change != other.change:
        return False
    kind = "spread_assumed_sd" in reading.flags or reading.spread == other.spread
    return kind and (reading.centre == other.centre or "mean_assumed" in reading.flags)


def _less_exact(label: str, printed: str, vocabulary: Vocabulary) -> bool:
    """Tell whether the label of a table says more: it begins with the sentence's, or that one names nothing known."""
    if not printed or not label:
        return bool(printed)
    if printed.lower().startswith(label.lower().strip()):
        return True
    return not _words(label) & _words(printed) and vocabulary.instrument(label) is None


def _words(label: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{3,}", label.lower()))
