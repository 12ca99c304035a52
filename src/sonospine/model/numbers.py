"""How numbers are written: printed digits are kept, derived ones have ten significant digits."""

from __future__ import annotations

import math
import re

SIGNIFICANT_DIGITS = 10
NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


def derived(value: float | None) -> str:
    """Write a derived number to 10 significant digits; ``None`` and NaN are empty (unknown).

    Negative zero is written ``0``. An infinite value is a mistake of the caller and raises ``ValueError``.
    """
    if value is None or math.isnan(value):
        return ""
    if math.isinf(value):
        raise ValueError("an infinite value cannot be written to a table")
    text = f"{value:.{SIGNIFICANT_DIGITS}g}"
    return "0" if text == "-0" else text


def number(text: str | None) -> float | None:
    """Read a table's number (ASCII digits, decimal point, ASCII minus); empty is ``None``.

    Raises
    ------
    ValueError
        The text is not a finite number.
    """
    if text is None or text == "":
        return None
    if not NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {text!r}")
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {text!r}")
    return value


def truth(text: str) -> bool:
    """Read a table's truth value: ``true`` is true, everything else is false."""
    return text == "true"


def written_truth(value: bool) -> str:
    """Write a truth value as the tables hold it."""
    return "true" if value else "false"
