"""The vocabulary of a review: what its words mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sonospine.vocabulary.instruments import InstrumentReader
from sonospine.vocabulary.loading import TermFile
from sonospine.vocabulary.matching import Matcher
from sonospine.vocabulary.objects import ScaleObjects
from sonospine.vocabulary.terms import KINDS, Instrument, InstrumentReading, Mention, Term


@dataclass(frozen=True)
class Vocabulary:
    """Terms by kind and id, in the order of their files.

    ``concepts`` are what a generic instrument can measure (their ids are constructs), ``subscales`` the parts
    and circumstances of a measurement.
    """

    conditions: dict[str, Term]
    procedures: dict[str, Term]
    guidance: dict[str, Term]
    injectates: dict[str, Term]
    designs: dict[str, Term]
    regions: dict[str, Term]
    instruments: dict[str, Instrument]
    concepts: dict[str, Term] = field(default_factory=dict)
    subscales: dict[str, Term] = field(default_factory=dict)

    def find(self, kind: str, text: str) -> list[Mention]:
        """Return the mentions of a kind's terms in a text, by start.

        Parameters
        ----------
        kind
            One of ``conditions procedures guidance injectates designs regions instruments``.
        text
            Any text; places count its code points.

        Returns
        -------
        list of Mention
            They do not overlap: the longest wording wins; voided contexts are passed over.

        Raises
        ------
        KeyError
            There is no such kind.
        """
        return self._matcher(kind).find(text)

    def may_find(self, kind: str, terms: Collection[str], text: str) -> bool:
        """Tell whether a text can name any of some terms of a kind; ``find`` tells whether it does."""
        return self._matcher(kind).may_find(terms, text)

    def terms(self, kind: str, text: str) -> tuple[str, ...]:
        """Return the distinct ids of a kind's terms in a text, in the order of their first mention."""
        return tuple(dict.fromkeys(mention.term for mention in self.find(kind, text)))

    def instrument(
        self, label: str, *, unit: str = "", context: str = "", value: float | None = None
    ) -> InstrumentReading | None:
        """Say what a label was measured with, or ``None`` where it does not tell.

        Parameters
        ----------
        label
            The outcome as reported (a row's or column's header, or the words that name it in a sentence).
        unit
            The unit as reported, where it stands apart.
        context
            What stands around it and may name the instrument, the scale or the unit: a sentence, a caption. Where
            it has several lines, the first is a heading over the label: what the label leaves open ("at rest",
            "physical functioning") is then asked of it. A third line holds other headings of the document, asked
            where neither label nor heading names anything ("improved" under "numbers of patients").
        value
            A value measured with it (best the largest one of the document): it can rule a scale out.
        """
        return self._reader.read(label, unit=unit, context=context, value=value)

    def scale_objects(self, instrument: str, text: str) -> ScaleObjects | None:
        """Return what a text says a generic scale measured, ``None`` where it does not name the scale."""
        return self._reader.objects(instrument, text)

    def names_construct(self, construct: str, text: str) -> bool:
        """Tell whether a text names a construct (among the concepts) in any words."""
        return self._reader.names(construct, text)

    def ids(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of every kind, and the constructs that instruments and concepts can have."""
        constructs = [i.construct or i.assumed for i in self.instruments.values()]
        known = {kind: tuple(self.of_kind(kind)) for kind in KINDS}
        return known | {"constructs": tuple(sorted({*filter(None, constructs), *self.concepts}))}

    def of_kind(self, kind: str) -> Mapping[str, Term]:
        """Return the terms of a kind by id; ``KeyError`` where there is no such kind."""
        if kind not in KINDS:
            raise KeyError(kind)
        terms: Mapping[str, Term] = getattr(self, kind)
        return terms

    @cached_property
    def _matchers(self) -> dict[str, Matcher]:
        return {}

    def _matcher(self, kind: str) -> Matcher:
        if kind not in self._matchers:
            self._matchers[kind] = Matcher(kind, self.of_kind(kind).values(), loose=kind == "instruments")
        return self._matchers[kind]

    @cached_property
    def _reader(self) -> InstrumentReader:
        return InstrumentReader(
            self.instruments,
            self._matcher("instruments"),
            Matcher("concepts", self.concepts.values()),
            Matcher("subscales", self.subscales.values()),
            self._matcher("regions"),
        )


def load_vocabulary(folder: Path | str) -> Vocabulary:
    """Read a vocabulary: one ``<kind>.yaml`` for each kind.

    Raises
    ------
    InputError
        A file is missing or wrong; the message names the file and the line.
    """
    place = Path(folder)
    read = {k: TermFile(place / f"{k}.yaml", ("terms",)).terms() for k in KINDS if k != "instruments"}
    instruments = TermFile(place / "instruments.yaml", ("terms", "concepts", "subscales"))
    return Vocabulary(
        **read,
        instruments=instruments.instruments(),
        concepts=instruments.terms("concepts"),
        subscales=instruments.terms("subscales"),
    )
