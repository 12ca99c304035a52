"""Which effects and variances can be pooled."""

from __future__ import annotations

from sonospine.model.numbers import NUMBER

LARGEST = 1e50
"""Squares and products of what lies between 1 / LARGEST and LARGEST stay finite."""

ALLOWED = {
    "yi": f"a number between -{LARGEST:g} and {LARGEST:g}, with decimal point and ASCII minus",
    "vi": f"a number above 0 (between {1 / LARGEST:g} and {LARGEST:g}), with decimal point",
}


def usable_number(column: str, text: str) -> float | None:
    """Return ``yi`` or ``vi`` as a number, ``None`` where it cannot be pooled (``unusable`` says why)."""
    if not NUMBER.fullmatch(text):
        return None
    value = float(text)
    fits = abs(value) <= LARGEST if column == "yi" else 1 / LARGEST <= value <= LARGEST
    return value if fits else None


def unusable(column: str, text: str) -> str:
    """Say what would be allowed in ``yi`` or ``vi`` where the text cannot be pooled; empty where it can."""
    return "" if usable_number(column, text) is not None else ALLOWED[column]
