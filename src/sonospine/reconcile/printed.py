"""Printed numbers: how precise they are, and when two of them say the same."""

from __future__ import annotations

_SLACK = 1e-9


def decimals(text: str) -> int:
    """Return how many decimals a number is printed with (``2.40`` has 2)."""
    mantissa = text.lower().partition("e")[0]
    return len(mantissa.partition(".")[2])


def half_unit(text: str) -> float:
    """Return half a unit of the last printed place: how far the true value may lie from the printed one."""
    return float(0.5 * 10.0 ** -decimals(text))


def agree(one: str, other: str, factor: float = 1.0) -> bool:
    """Tell whether two printed numbers can be the same number, rounded to the coarser precision of the two.

    ``2.4`` and ``2.42`` agree, ``2.4`` and ``2.5`` do not. A number that lies on the edge between two roundings
    agrees with both. ``factor`` turns ``other`` into the scale of ``one``.
    """
    a, b = float(one), float(other) * factor
    fine, coarse = sorted((half_unit(one), half_unit(other) * abs(factor)))
    if fine == coarse:
        return abs(a - b) < coarse * (1 - _SLACK) or a == b
    return abs(a - b) <= coarse * (1 + _SLACK)


def interval(text: str) -> tuple[float, float]:
    """Return the values that are printed as ``text`` when rounded: from half a unit below to half a unit above."""
    value, half = float(text), half_unit(text)
    return value - half, value + half
