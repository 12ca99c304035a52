"""What the scales of an article measured that can measure anything, where a row only names the scale."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Iterator

from sonospine.extraction.language import sentences
from sonospine.model.record import Record
from sonospine.vocabulary import InstrumentReading, Vocabulary

_FRONT = frozenset({"title", "abstract"})
_OWN = frozenset({"methods", "results", "other"})


class ArticleScales:
    """What an article says that its generic scales measured: asked only for rows that do not say it themselves."""

    def __init__(self, record: Record, vocabulary: Vocabulary) -> None:
        self._record = record
        self._vocabulary = vocabulary
        self._kept = functools.cache(self._measured)

    def settled(self, instrument: InstrumentReading | None) -> InstrumentReading | None:
        """Return an instrument with what the article used it for; ``None`` where that is not known to the vocabulary."""
        if instrument is None or not instrument.assumed:
            return instrument
        construct = self._kept(instrument.instrument, instrument.construct)
        if construct == instrument.construct:
            return instrument
        return dataclasses.replace(instrument, construct=construct, assumed=False) if construct else None

    def _measured(self, scale: str, usual: str) -> str:
        """Return what a scale measured: the usual, unless the article never speaks of that and the scale together.

        Then it is the one thing that the article ties to the scale. Where it ties nothing to it, the usual stays in
        an abstract, and in an article that names it in its front matter or a caption, or in two sentences: one may
        list adverse events.
        """
        joined: set[str] = set()
        for text in self._texts():
            found = self._vocabulary.scale_objects(scale, text)
            if found is None:
                continue
            if usual in found.named:
                return usual
            joined |= found.joined
        if joined:
            return joined.pop() if len(joined) == 1 else ""
        return usual if self._speaks_of(usual) else ""

    def _speaks_of(self, usual: str) -> bool:
        passages = self._record.passages
        names = functools.partial(self._vocabulary.names_construct, usual)
        if not any(p.locator.startswith("body/") for p in passages):
            return True
        front = (p.text for p in passages if p.role in _FRONT or p.locator.startswith("abstract/"))
        tables, figures = (t.caption for t in self._record.tables), (f.caption for f in self._record.figures)
        if any(map(names, itertools.chain(front, tables, figures))):
            return True
        own = (p.text[a:b] for p in passages if p.role in _OWN for a, b in sentences(p.text))
        return len([*itertools.islice(filter(names, own), 2)]) == 2

    def _texts(self) -> Iterator[str]:
        for passage in self._record.passages:
            for start, end in sentences(passage.text):
                yield passage.text[start:end]
        for figure in self._record.figures:
            yield figure.caption
        for table in self._record.tables:
            yield table.caption
            yield from table.footnotes
            for row in table.rows:
                yield " ; ".join(dict.fromkeys(cell.text for cell in row))
