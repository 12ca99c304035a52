"""Ids of arms and timepoints: what makes two of them the same within a study."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sonospine.model.files import short_hash
from sonospine.model.numbers import derived, number
from sonospine.model.table_io import Row
from sonospine.model.tables import ARMS, TIMEPOINTS

ONE_ARM = "all"
_WORDS = re.compile(r"\w+")
_EMPTY_WORDS = frozenset({"group", "groups", "arm", "arms", "cohort", "patients", "participants", "the"})


@lru_cache(maxsize=4096)
def normalised_label(label: str) -> str:
    """Return a label without case, punctuation and the words that every arm carries ("group", "arm" ...).

    A label that consists of such words only keeps them.
    """
    words = _WORDS.findall(unicodedata.normalize("NFKC", label).casefold())
    telling = [word for word in words if word not in _EMPTY_WORDS]
    return " ".join(telling or words)


def arm_id(study_id: str, label: str) -> str:
    """Return ``a`` and a hash of study and normalised label; empty where the arm is not known."""
    normalised = normalised_label(label)
    return "a" + short_hash(study_id, normalised) if normalised else ""


def timepoint_id(study_id: str, row: Mapping[str, str]) -> str:
    """Return ``t`` and a hash of study, phase and weeks, or the printed time where the weeks are not known.

    Baseline is one timepoint however it was printed. Empty where nothing is known of the time.
    """
    phase, weeks = row["phase"], number(row["weeks"])
    if phase == "baseline":
        return "t" + short_hash(study_id, phase)
    if weeks is not None:
        return "t" + short_hash(study_id, phase, derived(weeks))
    printed = normalised_label(row["time"])
    if not phase and not printed:
        return ""
    return "t" + short_hash(study_id, phase, printed)


def merged_arms(
    machine: Sequence[Row], measurements: Iterable[Row], studies: Mapping[str, str], order: Mapping[str, int]
) -> list[Row]:
    """Return the arms of every study, those of several records merged by normalised label.

    Parameters
    ----------
    machine
        Rows of ``machine_arms``.
    measurements
        Rows with their arms as labelled; an arm that only they name becomes a row too.
    studies
        Study by record.
    order
        Rank of each record (full texts first): of two records that say different things the first one holds.

    Returns
    -------
    list of dict
        Rows of ``arms``; ``n_randomised`` and the rest are the first value known.
    """
    found: dict[str, list[Row]] = defaultdict(list)
    for row in machine:
        study = studies[row["record_id"]]
        if key := arm_id(study, row["label"]):
            found[key].append(ARMS.row(**{**row, "study_id": study, "arm_id": key}))
    for row in measurements:
        for label, definition in ((row["arm"], row["arm_definition"]), (row["comparator_arm"], "")):
            study = studies[row["record_id"]]
            if key := arm_id(study, label):
                role = "single" if normalised_label(label) == ONE_ARM else ""
                found[key].append(
                    ARMS.row(
                        arm_id=key,
                        study_id=study,
                        label=label,
                        definition=definition,
                        role=role,
                        record_id=row["record_id"],
                    )
                )
    # Arms as defined (they have a locator) before arms that are only named beside a number.
    return [
        _first_known(sorted(rows, key=lambda r: (not r["locator"], order[r["record_id"]], r["label"])))
        for _, rows in sorted(found.items())
    ]


def _first_known(rows: Sequence[Row]) -> Row:
    return {name: next((row[name] for row in rows if row[name]), "") for name in ARMS.names}


def timepoints_of(measurements: Iterable[Row]) -> list[Row]:
    """Return the timepoints that rows with ids name; the label is the commonest printed one (ties: the first)."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in measurements:
        if row["timepoint_id"]:
            found[row["timepoint_id"]].append(row)
    timepoints = []
    for key, rows in sorted(found.items()):
        labels = [row["time"] for row in rows if row["time"]]
        label = min(labels, key=lambda text: (-labels.count(text), text), default="")
        weeks = min((row["weeks"] for row in rows if row["weeks"]), key=lambda w: (float(w), w), default="")
        timepoints.append(
            TIMEPOINTS.row(
                timepoint_id=key,
                study_id=rows[0]["study_id"],
                label=label,
                weeks=weeks,
                phase=rows[0]["phase"],
            )
        )
    return timepoints
