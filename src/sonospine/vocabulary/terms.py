"""The words of a review: terms, instruments, and what is found of them in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KINDS = ("conditions", "procedures", "guidance", "injectates", "designs", "regions", "instruments")
"""Kinds of terms; each is a file ``<kind>.yaml`` of the vocabulary's folder and an attribute of ``Vocabulary``."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term with every wording that means it.

    ``synonyms`` match anywhere but beside a word of ``not_after`` (directly before them) or ``not_before``
    (directly after them); ``always`` match whatever stands beside them; ``alone`` match only where they are the
    whole text, or all between its semicolons (an arm's label, a column's header); ``never`` look like the term and are not: they match nothing
    and hide what they cover. ``priority`` orders the terms of a document that names several: the highest first.
    """

    id: str
    label: str
    synonyms: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    family: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale on which an instrument is printed; ``signs`` are the wordings that tell it from the others.

    A bound that is ``None`` is open. ``default`` is the scale meant where nothing is said.
    """

    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    signs: tuple[str, ...] = ()
    default: bool = False


@dataclass(frozen=True, slots=True)
class Instrument(Term):
    """An instrument: what it measures and on which scales.

    ``generic`` ones (a line or a number from none to worst) can measure anything: the concept beside them
    decides the construct. ``whole_numbers`` tells that one person's score is always a whole number, which bounds
    the SD of a mean from below. ``assumed`` is the construct of a generic one where no concept is named.
    ``subscale`` is fixed for an instrument that is itself a part of another. ``units`` pairs a unit with a
    wording of it. ``direction`` tells which values are better.
    """

    construct: str = ""
    assumed: str = ""
    direction: Literal["lower", "higher", ""] = ""
    generic: bool = False
    whole_numbers: bool = False
    subscale: str = ""
    scales: tuple[Scale, ...] = ()
    units: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a text: ``text`` is what stands at code points ``start`` to ``end``."""

    kind: str
    term: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class InstrumentReading:
    """What a label was measured with.

    Bounds are ``None`` where the scale is open or not told; ``unit`` and ``subscale`` are empty where not told;
    ``direction`` says which values are better, empty where neither is. ``assumed`` tells that no word says what a
    generic scale measured, so that the construct is the one that it mostly has.
    """

    instrument: str
    construct: str
    scale_min: float | None
    scale_max: float | None
    unit: str
    subscale: str
    direction: str
    assumed: bool = False
