"""Which of an instrument's scales a text means: a printed range, a denominator, a unit, or the value itself."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from sonospine.vocabulary.spelling import pattern
from sonospine.vocabulary.terms import Instrument, Scale

_MOST_WORDINGS = 1024
_TIME = r"(?!\s*(?:s|sec|min|h|hr|hour|day|week|wk|month|mo|year|yr)\w*\b)"
_RANGE = re.compile(
    rf"(?<![\d.,])(?P<low>\d{{1,2}})\s*(?:cm|mm|%)?\s*(?:[-‐‑–—−~]|to|through)\s*(?P<high>\d{{1,3}})(?![.,]?\d){_TIME}"
)
_OUT_OF = re.compile(
    r"(?:(?P<score>\d{1,3}(?:\.\d+)?)\s*)?(?:/|\bout\s+of|\bof(?=\s*(?:10|100)\b))\s*(?:a\s+)?(?P<high>\d{2,3})(?![.,]?\d)"
    r"(?!\s*(?:patients|participants|subjects|cases|people|persons|women|men|procedures|levels|joints|knees)\b)"
)
_POINTS = re.compile(
    r"(?<![\d.,])(?P<high>\d{2,3})[\s\-‐‑–]*(?:point|cm|mm|centimet|millimet)", re.IGNORECASE
)


def named_scales(instrument: Instrument, text: str, value: float | None) -> list[Scale]:
    """Return the scales of an instrument that a text names by range, denominator or length."""
    lows_highs = {(float(m["low"]), float(m["high"])) for m in _RANGE.finditer(text)}
    highs = {
        float(m["high"]) for m in _OUT_OF.finditer(text) if _is_score(m["score"], float(m["high"]), value)
    }
    points = {float(m["high"]) for m in _POINTS.finditer(text)}
    found = []
    for scale in instrument.scales:
        low, high = scale.minimum, scale.maximum
        if low is None or high is None:
            continue
        # An 11-point scale runs from 0 to 10.
        if (low, high) in lows_highs or high in highs or points & {high, high - low + 1}:
            found.append(scale)
    return found


def _is_score(score: str | None, high: float, value: float | None) -> bool:
    if score is None:
        return True
    return float(score) <= high and (value is None or float(score) == value)


def signed_scales(instrument: Instrument, text: str) -> list[Scale]:
    """Return the scales of an instrument of which a text holds a sign (a unit, or a word such as raw)."""
    return [scale for scale in instrument.scales if any(_sign(sign).search(text) for sign in scale.signs)]


@functools.lru_cache(maxsize=_MOST_WORDINGS)
def _sign(wording: str) -> re.Pattern[str]:
    return re.compile(pattern(wording), re.IGNORECASE)


def unit_in(instrument: Instrument, texts: Iterable[str]) -> str:
    """Return the unit of the first text that names exactly one unit of the instrument; empty where none does."""
    for text in texts:
        found = [
            (match.start(), match.end(), unit)
            for unit, wording in instrument.units
            if wording in text  # the pattern is the wording as it stands, between what is no letter
            for match in _unit(wording).finditer(text)
        ]
        # "kg/m²" holds "kg", and is not one.
        units = {u for a, b, u in found if not any(c <= a and b <= d and d - c > b - a for c, d, _ in found)}
        if len(units) == 1:
            return units.pop()
    return ""


@functools.lru_cache(maxsize=_MOST_WORDINGS)
def _unit(wording: str) -> re.Pattern[str]:
    # "12min" is one word: a digit before a unit is allowed.
    return re.compile(rf"(?<![A-Za-z]){re.escape(wording)}(?![A-Za-z])")


def choose(candidates: list[Scale], instrument: Instrument, value: float | None) -> Scale | None:
    """Return the scale meant: the only named one, else the default if the value fits it, else the only fit.

    ``None`` where the text names several, or where it names none and several would fit.
    """
    if candidates:
        return candidates[0] if len(set(candidates)) == 1 else None
    fitting = [scale for scale in instrument.scales if fits(scale, value)]
    default = [scale for scale in fitting if scale.default]
    if default:
        return default[0]
    excluded = len(fitting) < len(instrument.scales)
    return fitting[0] if len(fitting) == 1 and (excluded or len(instrument.scales) == 1) else None


def fits(scale: Scale, value: float | None) -> bool:
    """Tell whether a value can stand on a scale; a change of score can be negative, so only its size counts."""
    return value is None or scale.maximum is None or abs(value) <= scale.maximum
