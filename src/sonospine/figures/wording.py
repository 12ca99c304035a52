"""How numbers and ids are written in a figure or on a page: rounding, minus signs, p values, ids as words."""

from __future__ import annotations

import math
import unicodedata

from sonospine.model.times import DAY, HOUR, MINUTE, WEEK, in_units

MINUS = "−"
LARGEST_LOGARITHM = 709
"""The exponential of more is no number any longer."""
RATIOS = ("RR", "OR", "ROM")
MEASURES = {
    "MD": "Mean difference",
    "SMD": "Standardised mean difference",
    "MC": "Mean change",
    "SMCC": "Standardised mean change (SD of the change)",
    "SMCR": "Standardised mean change (baseline SD)",
    "ROM": "Ratio of means",
    "RR": "Risk ratio",
    "OR": "Odds ratio",
    "RD": "Risk difference",
    "PLO": "Log odds of a proportion",
}
INTERVALS = {
    "hksj-conservative": "Hartung-Knapp with variance factor max(1, q)",
    "hksj": "Hartung-Knapp",
    "wald": "Wald",
    "study": "the study's own",
}


def is_ratio(measure: str) -> bool:
    """Tell whether a measure is analysed as a logarithm and printed back-transformed."""
    return measure in RATIOS


def on_print_scale(value: float, measure: str) -> float:
    """Return a value of the analysis scale as it is printed: ratios are back-transformed (infinite above e^709)."""
    if not is_ratio(measure):
        return value
    return math.exp(value) if value < LARGEST_LOGARITHM else math.inf


def rounded(text: str | float, digits: int = 2) -> str:
    """Write a number with at most ``digits`` decimals and a true minus; empty stays empty.

    A text with no more decimals than that keeps its printed digits (``5.0`` stays ``5.0``).
    """
    if text == "":
        return ""
    if isinstance(text, str) and "e" not in text.lower() and len(text.partition(".")[2]) <= digits:
        return text.replace("-", MINUS)
    shown = f"{float(text):.{digits}f}"
    if float(shown) == 0:
        shown = shown.removeprefix("-")
    return shown.replace("-", MINUS)


def effect_number(value: float, measure: str, digits: int = 2) -> str:
    """Write a value of the analysis scale as printed; tiny and huge ratios keep two significant digits."""
    printed = on_print_scale(value, measure)
    if math.isinf(printed):
        return "∞"
    if is_ratio(measure) and (printed < 0.095 or printed >= 1000):
        return f"{printed:.2g}" if printed < 0.095 else f"{printed:.0f}"
    return rounded(float(printed), digits)


def interval_text(lower: float, upper: float, measure: str) -> str:
    """Write an interval of the analysis scale as printed, in brackets."""
    return f"[{effect_number(lower, measure)}, {effect_number(upper, measure)}]"


_SHORT_UNITS = {WEEK: "wk", DAY: "d", HOUR: "h", MINUTE: "min"}


def time_text(weeks: str) -> str:
    """Write a time of the tables with the unit that suits it: ``30 min``, ``24 h``, ``3 d``, ``4.3 wk``; ``just after`` for 0."""
    if weeks == "":
        return ""
    value = float(weeks)
    if value == 0:
        return "just after"
    count, unit = in_units(value)
    return f"{count} {_SHORT_UNITS[unit]}"


def p_text(text: str) -> str:
    """Write a p value with its sign: ``p = 0.032``, ``p < 0.001``; empty stays empty."""
    if text == "":
        return ""
    value = float(text)
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


_SPELT = {"meta_analysis": "meta-analysis", "nonrandomised": "non-randomised"}


def in_words(identifier: str) -> str:
    """Write an id of the vocabulary as words: ``single_arm`` is "single arm", ``rct`` is "RCT"."""
    words = _SPELT.get(identifier, identifier.replace("_", " ").strip())
    return words.upper() if len(words) <= 3 else words


def list_in_words(identifiers: str, separator: str = ", ") -> str:
    """Write a ``;``-separated list of ids as words."""
    return separator.join(in_words(part) for part in identifiers.split(";") if part.strip())


def sentence(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """Return text fit to be drawn: control and direction marks removed, white space single.

    So are the two characters of the first plane that no XML can hold.
    """
    kept = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text if c not in "\ufffe\uffff")
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co")).split())
