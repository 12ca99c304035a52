"""Which rows are one result: same people, same outcome, same time, same kind of statistic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sonospine.model.files import short_hash
from sonospine.model.numbers import derived, number

_FAMILY = {"count": "proportion", "percent": "proportion"}
_WORDS = re.compile(r"\w+")


def centre_family(centre: str) -> str:
    """Return the kind of statistic that can be compared: counts and percents are one, a mean is no median."""
    return _FAMILY.get(centre, centre)


def plain_words(text: str) -> str:
    """Return the words of a label without case and punctuation."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


def result_key(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what rows of one result have in common.

    The instrument stands for the outcome where the vocabulary knows it; of counts the label counts too, because
    one instrument (adverse events, say) covers many of them. Where arm, outcome or time is not known, the value
    itself is part of the key: such rows are the same result only when they print the same number. So it is for
    single scores, which may be those of several patients.
    """
    family = centre_family(row["centre"])
    outcome = row["instrument"] or plain_words(row["outcome"])
    label = plain_words(row["outcome"]) if family in ("proportion", "ratio") else ""
    phase, weeks = row["phase"], number(row["weeks"])
    if phase == "baseline":
        time = "baseline"
    elif weeks is not None:
        time = derived(weeks)
    else:
        time = plain_words(row["time"])
    known = bool(row["arm_id"] and outcome and (time or phase)) and family != "single"
    return (
        row["study_id"],
        row["arm_id"],
        row["comparator_arm_id"],
        outcome,
        label,
        row["construct"],
        plain_words(row["subscale"]),
        phase,
        time,
        row["change"],
        family,
        row["measure"],
        row["adjusted"],
        plain_words(row["population"]),
        "" if known else f"{row['value']} {row['spread_value']}",
    )


def result_id(key: tuple[str, ...]) -> str:
    """Return ``q`` and a hash of a result's key (r would be a report, x is an added row)."""
    return "q" + short_hash(*key)
