"""A field of a registration shown with the outcome measure it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sonospine.evidence.marking import ROLES, Mark, marked
from sonospine.model.places import escaped, step
from sonospine.model.record import Record

FACTS = (
    ("title", "Outcome measure"),
    ("timeFrame", "Time frame"),
    ("paramType", "Statistic"),
    ("dispersionType", "Dispersion"),
    ("unitOfMeasure", "Unit"),
)


_NUMBER = re.compile(r"[<>≤≥]?\s*[-−+]?[\d.,]*\d[\d.,]*\s*%?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the words on the way to it, its JSON pointer, its text with marks."""

    path: tuple[str, ...]
    pointer: str
    content: Markup


@dataclass(frozen=True, slots=True)
class ShownRegistry:
    """The fields of one outcome measure (or of the registration at large)."""

    facts: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]


def shown_registry(record: Record, marks: Sequence[Mark], *, anchors: bool, whole: str = "") -> ShownRegistry:
    """Return the marked fields of a registration with what the registry says about them.

    Parameters
    ----------
    record
        The registration.
    marks
        Marks whose addresses are ``registry/`` and a JSON pointer below one outcome measure (or elsewhere).
    anchors
        Whether marks carry ids.
    whole
        Address of an outcome measure (``measure_key``) of which every number is shown, marked or not.
    """
    addresses = list(dict.fromkeys(mark.address for mark in sorted(marks, key=_order)))
    if whole:
        addresses = list(dict.fromkeys([*_numbers(_measure_of(record.registry, whole), whole), *addresses]))
    measure = _measure_of(record.registry, addresses[0]) if addresses else None
    facts = tuple((label, str(measure[key])) for key, label in FACTS if measure and measure.get(key))
    fields = []
    for address in addresses:
        value, words = _walk(record.registry, address.removeprefix("registry/").split("/"), measure)
        text = "" if isinstance(value, dict | list) or value is None else str(value)
        here = [mark for mark in marks if mark.address == address]
        fields.append(Field(tuple(words), address, marked(text, here, anchors=anchors)))
    return ShownRegistry(facts, tuple(fields))


def measure_addresses(record: Record) -> list[str]:
    """Return the addresses of all outcome measures with results of a registration, as marks name them."""
    for way in (("outcomeMeasures",), ("resultsSection", "outcomeMeasuresModule", "outcomeMeasures")):
        here: Any = record.registry
        for token in way:
            here = step(here, token)
        if isinstance(here, list) and here:
            return [f"registry/{'/'.join(way)}/{place}" for place in range(len(here))]
    return []


def number_addresses(record: Record) -> Iterator[str]:
    """Yield the addresses of all numbers in the outcome measures of a registration."""
    for address in measure_addresses(record):
        yield from _numbers(_measure_of(record.registry, address), address)


def _numbers(here: Any, address: str) -> Iterator[str]:
    """Yield the addresses of all fields below one that hold a number, in their order."""
    if isinstance(here, Mapping):
        for name, below in here.items():
            yield from _numbers(below, f"{address}/{escaped(str(name))}")
    elif isinstance(here, list):
        for place, below in enumerate(here):
            yield from _numbers(below, f"{address}/{place}")
    elif here is not None and not isinstance(here, bool) and _NUMBER.fullmatch(str(here).strip()):
        yield address


def _order(mark: Mark) -> tuple[str, int, str]:
    """Put fields of one object together, the value before its spread."""
    return mark.address.rpartition("/")[0], list(ROLES).index(mark.role), mark.address


def measure_key(address: str) -> str:
    """Return the part of an address up to the outcome measure, by which fields are shown together."""
    tokens = address.split("/")
    if "outcomeMeasures" in tokens:
        at = tokens.index("outcomeMeasures")
        return "/".join(tokens[: at + 2])
    return "registry"


def _measure_of(registry: Mapping[str, Any], address: str) -> Mapping[str, Any] | None:
    key = measure_key(address)
    if key == "registry":
        return None
    here: Any = registry
    for token in key.removeprefix("registry/").split("/"):
        here = step(here, token)
    return here if isinstance(here, Mapping) else None


def _walk(
    registry: Mapping[str, Any], tokens: Sequence[str], measure: Mapping[str, Any] | None
) -> tuple[Any, list[str]]:
    """Follow a pointer and collect the words that name its way: class and category titles, the group, the field."""
    listed = (measure or {}).get("groups")
    groups = {
        str(g.get("id")): g.get("title", "")
        for g in (listed if isinstance(listed, list) else [])
        if isinstance(g, Mapping)
    }
    here: Any = registry
    words: list[str] = []
    for token in tokens:
        here = step(here, token)
        if isinstance(here, Mapping) and here is not measure:
            name = here.get("title") or groups.get(str(here.get("groupId"))) or ""
            if name:
                words.append(str(name))
    if tokens:
        words.append(tokens[-1])
    return here, words
