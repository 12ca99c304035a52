"""What became of a study: the weightiest decision about its reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sonospine.model.table_io import Row

VERDICTS = ("include", "not_retrieved", "ongoing", "awaiting")
"""Decisions about reports, the weightiest first; a study with none of them is excluded."""


def weightiest(decided: Iterable[str]) -> str:
    """Return the first of ``VERDICTS`` among decisions about the reports of a study, else ``exclude``."""
    found = set(decided)
    return next((verdict for verdict in VERDICTS if verdict in found), "exclude")


def verdicts(decisions: Iterable[Row], study_of: Mapping[str, str]) -> dict[str, str]:
    """Return what screening decided about each study.

    Parameters
    ----------
    decisions
        Rows of ``decisions``. One at stage ``record`` excludes, unless a report of the same study got further.
    study_of
        The study of each record.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for row in decisions:
        study = study_of.get(row["record_id"])
        if study is not None:
            found[study] |= {row["decision"]} if row["stage"] == "report" else set()
    return {study: weightiest(decided) for study, decided in found.items()}
