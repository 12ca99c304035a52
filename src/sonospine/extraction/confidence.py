"""How sure a row is: reasons that a curator can be told, each with a weight learned from annotated articles.

The weights stand in ``confidence.json`` beside this module: log odds, written by ``benchmarks/calibrate.py``. The
probability of a row is the sum of the weights of its reasons, turned from log odds.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from sonospine.extraction.reading import SCORED, Reading, home_of
from sonospine.model.numbers import number
from sonospine.model.places import parse

WEIGHTS = "confidence.json"
LEAST, MOST = 0.01, 0.99
_ARM_LEVEL = SCORED | {"count", "percent"}
_TOLD = re.compile(
    r"^(?:sd|se|ci|iqr|range|mean|median|ls_mean|count|%|n \(%\)) from (?P<place>\S+)$", re.IGNORECASE
)
_COUNTED_TIME = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|eight|ten|twelve|a|first|second|third)\b", re.IGNORECASE
)
# What a flag or a piece of evidence says is said already by the kinds of reasons below.
_SAID = frozenset({"time_without_value"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the other readings of a record tell of one: how often its labels and its numbers come."""

    labels: Mapping[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    numbers: Mapping[tuple[str, ...], frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each reason adds to the log odds of a row by a reader's rule, and where a rule begins.

    ``wrong`` is the share of the wrong rows whose only fault, or first, was in a field.
    """

    start: Mapping[str, float]
    reasons: Mapping[str, float]
    wrong: Mapping[str, float] = field(default_factory=dict)

    def probability(self, rule: str, reasons: Iterable[str]) -> float | None:
        """Return the probability that a row is right (three decimals); ``None`` for a rule without weights."""
        if rule not in self.start:
            return None
        odds = self.start[rule] + sum(self.reasons.get(reason, 0.0) for reason in reasons)
        return round(min(max(1.0 / (1.0 + math.exp(-odds)), LEAST), MOST), 3)


@functools.cache
def weights() -> Weights:
    """Return the weights that come with the package."""
    told = json.loads(files("sonospine.extraction").joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return Weights(told["start"], told["reasons"], told["wrong"])


def surroundings(readings: Iterable[Reading]) -> Surroundings:
    """Gather what readings of one record share: values under the same labels, and places of the same numbers."""
    labels: dict[tuple[str, ...], set[str]] = {}
    places: dict[tuple[str, ...], set[str]] = {}
    for reading in readings:
        labels.setdefault(_labels(reading), set()).add("|".join(reading.numbers))
        places.setdefault((reading.arm, *reading.numbers), set()).add(home_of(reading.locator))
    return Surroundings(
        {key: frozenset(found) for key, found in labels.items()},
        {key: frozenset(found) for key, found in places.items()},
    )


def _labels(reading: Reading) -> tuple[str, ...]:
    return (
        home_of(reading.locator), reading.centre, reading.outcome, reading.subscale, reading.arm,
        reading.comparator_arm, reading.time, str(reading.weeks), reading.phase, str(reading.change), reading.spread,
        reading.population,
    )  # fmt: skip


def reasons_of(
    reading: Reading, around: Surroundings, scale: tuple[float | None, float | None]
) -> tuple[str, ...]:
    """Return why a row may be believed or doubted, in plain words.

    Parameters
    ----------
    reading
        The row before ids and instruments are added.
    around
        What the other readings of the record tell.
    scale
        Bounds of the instrument, ``None`` where it has none.
    """
    reasons = [
        *_kind(reading),
        *_of_arm(reading),
        *_of_spread(reading),
        *_of_time(reading),
        *_of_size(reading),
        *(evidence for evidence in reading.evidence if evidence.startswith("outcome")),
        *(f"warning: {flag.replace('_', ' ')}" for flag in reading.flags if flag not in _SAID),
    ]
    if len(around.labels.get(_labels(reading), ())) > 1:
        reasons.append("another value under the same labels")
    if len(around.numbers.get((reading.arm, *reading.numbers), ())) > 1 and "." in reading.value:
        reasons.append("the same numbers elsewhere in the report")
    value = number(reading.value)
    if reading.centre in SCORED and value is not None and not reading.change and scale[1] is not None:
        below = scale[0] is not None and value < scale[0]
        if below or value > scale[1]:
            reasons.append("value outside the scale")
    return tuple(dict.fromkeys(reasons))


def _kind(reading: Reading) -> tuple[str, ...]:
    if reading.centre in ("count", "percent", "difference", "ratio", "single", "none"):
        return (f"a {reading.centre}",) if reading.centre != "none" else ("no value",)
    bare = reading.spread == "none"
    kinds = (*(("a median",) if reading.centre == "median" else ()), *(("no spread",) if bare else ()))
    where = ("in the abstract",) if reading.source == "abstract" else ()
    changed = ("a change",) if reading.change else ()
    part = ("only a part of the people",) if reading.population.startswith("subgroup") else ()
    return (*kinds, *where, *changed, *part)


def _of_arm(reading: Reading) -> tuple[str, ...]:
    told = next(
        (
            e
            for e in reading.evidence
            if e.startswith(("arm", "the study has one arm", "every", "one column"))
        ),
        "",
    )
    return (told,) if told else ()


def _of_spread(reading: Reading) -> tuple[str, ...]:
    for evidence in reading.evidence:
        found = _TOLD.match(evidence)
        if found is None:
            continue
        where = found["place"]
        if where == "methods" or not where.startswith("table"):
            return ("statistic from the methods",)
        if ":r" in where:
            return ("statistic from a label of the table",)
        return ("statistic from caption or footnote",)
    if any("named beside it" in e or e == "statistic named" for e in reading.evidence):
        return ("statistic named beside the value",)
    return ("statistic assumed",) if reading.centre in SCORED and reading.source != "registry" else ()


def _of_time(reading: Reading) -> tuple[str, ...]:
    how = tuple(e for e in reading.evidence if e.startswith("time:"))
    if reading.weeks is None:
        return (*how, "time not known in weeks")
    if reading.phase != "baseline" and not _COUNTED_TIME.search(reading.time):
        return (*how, "time without a length")
    return how


def _of_size(reading: Reading) -> tuple[str, ...]:
    if reading.centre not in _ARM_LEVEL or reading.centre == "single":
        return ()
    if not (reading.n or reading.total):
        return ("n not known",)
    place = reading.n_locator or reading.total_locator
    if not place or home_of(place) == home_of(reading.locator):
        return ("n beside the value",) if not place else ("n from the table",)
    own = parse(place).address
    apart = "another table" if own.startswith("table") else "the text"
    return (f"n from {apart}, for a later time",) if reading.phase != "baseline" else (f"n from {apart}",)
