"""Which effects and variances can be pooled."""

from __future__ import annotations

from sonospine.model.tables import EFFECTS

LARGEST = 1e50
"""Squares and products of what lies between 1 / LARGEST and LARGEST stay finite."""

ALLOWED = {
    "yi": f"a number between -{LARGEST:g} and {LARGEST:g}, with decimal point and ASCII minus",
    "vi": f"a number above 0 (between {1 / LARGEST:g} and {LARGEST:g}), with decimal point",
}


def unusable(column: str, text: str) -> str:
    """Say what would be allowed in ``yi`` or ``vi`` where the text cannot be pooled; empty where it can."""
    if not text or not EFFECTS.column(column).permits(text):
        return ALLOWED[column]
    value = float(text)
    fits = abs(value) <= LARGEST if column == "yi" else 1 / LARGEST <= value <= LARGEST
    return "" if fits else ALLOWED[column]
