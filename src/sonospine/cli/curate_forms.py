"""The forms that ``sonospine curate import`` takes."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """Forms that are read: those of ``curate export``, and RevMan's data rows (``sonospine export``)."""

    CSV = "csv"
    LABEL_STUDIO = "label-studio"
    BRAT = "brat"
    REVMAN = "revman"
