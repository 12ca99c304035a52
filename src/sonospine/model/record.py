"""A record: one entry of one source, with addressed passages, tables and figures."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sonospine.model.errors import InputError
from sonospine.model.files import read_text

DEMONSTRATION_PREFIX = "demo:"

SOURCES = ("pubmed", "pmc", "ctgov", "file")
KINDS = ("article", "registration", "protocol", "abstract", "news", "notice", "erratum")
STATUSES = ("current", "revised", "retracted", "concern", "withdrawn")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or an abstract section, with its address.

    ``locator`` is ``title``, ``abstract/RESULTS`` (``abstract/p1`` without a label; a repeated label gets
    ``-2``), ``body/s3p2`` (section and paragraph from 1; sections count in document order, sub-sections
    included), or ``back/...``. ``headings`` run from the outermost to the innermost. ``text`` is unescaped,
    with white space collapsed to single spaces (within the thousands of a number a narrow no-break space): places
    count its code points. ``role`` is one of ``title
    abstract introduction methods results discussion conclusion other`` from the headings.
    """

    locator: str
    text: str
    headings: tuple[str, ...] = ()
    role: str = "other"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the expanded grid. A spanned cell is repeated; ``row`` and ``column`` tell where it began."""

    text: str
    header: bool = False
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table as an expanded grid: every row has the same number of cells (missing ones are empty).

    ``locator`` is ``table/T2`` (its id in the source, else its ordinal ``table/2``). Places within it:
    ``table/T2:r3c4:0-11``, ``table/T2:caption:0-9``, ``table/T2:foot2:0-9`` (footnotes from 1). ``image`` tells
    that the table is only a picture: its grid is empty.
    """

    locator: str
    label: str = ""
    caption: str = ""
    rows: tuple[tuple[Cell, ...], ...] = ()
    footnotes: tuple[str, ...] = ()
    image: bool = False
    header_rows: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's label and caption; ``locator`` is ``figure/F1``."""

    locator: str
    label: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A link the source itself states: ``relation`` such as ``retraction_of corrects update_of companion``."""

    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of one source.

    ``record_id`` is ``pubmed:123``, ``pmc:PMC123``, ``ctgov:NCT01234567`` or ``file:<slug>``; records of the
    demonstration corpus carry ``demo:`` in front. ``nct`` are the registrations that are the report's own,
    ``nct_cited`` those it only mentions. ``search`` names the search that found it (``searches.tsv``), ``first_seen``
    is the date of the first snapshot that held it. ``registry`` holds, for a registration, the registry's JSON (keys
    ``protocolSection resultsSection derivedSection hasResults`` as in the API, and the outcome measures with
    results once more under the short key ``outcomeMeasures``): a place is ``registry/`` and a JSON pointer in it.
    Dates are ISO, unknown values empty.
    """

    record_id: str
    source: str
    title: str = ""
    kind: str = "article"
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    nct: tuple[str, ...] = ()
    nct_cited: tuple[str, ...] = ()
    dois_cited: tuple[str, ...] = ()
    language: str = ""
    types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    status: str = "current"
    notices: tuple[Notice, ...] = ()
    licence: str = ""
    url: str = ""
    full_text: bool = False
    search: str = ""
    first_seen: str = ""
    file: str = ""
    sha256: str = ""
    passages: tuple[Passage, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    registry: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def demonstration(self) -> bool:
        """Whether this is a condensed record of the demonstration corpus."""
        return self.record_id.startswith(DEMONSTRATION_PREFIX)

    def abstract(self) -> tuple[Passage, ...]:
        """Return the passages of the abstract."""
        return tuple(p for p in self.passages if p.locator.startswith("abstract/"))

    def body(self) -> tuple[Passage, ...]:
        """Return the passages of the full text."""
        return tuple(p for p in self.passages if p.locator.startswith("body/"))


def to_json(record: Record) -> str:
    """Write a record as one line of JSON with sorted keys."""
    return _WRITER.encode(record)


_FIELDS = {
    kind: tuple(field.name for field in dataclasses.fields(kind))
    for kind in (Record, Passage, Cell, Table, Figure, Notice)
}


def _as_object(part: Any) -> dict[str, Any]:
    """Return a record or a part of it as JSON objects are written, without the copies of ``dataclasses.asdict``."""
    if type(part) not in _FIELDS:
        raise TypeError(f"{type(part).__name__} is no part of a record")
    return {name: getattr(part, name) for name in _FIELDS[type(part)]}


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_object)


def from_json(line: str) -> Record:
    """Read a record from its line of JSON."""
    data = json.loads(line)
    return Record(
        **{
            **data,
            **{key: tuple(data[key]) for key in _TEXT_TUPLES},
            "notices": tuple(Notice(**n) for n in data["notices"]),
            "passages": tuple(Passage(**{**p, "headings": tuple(p["headings"])}) for p in data["passages"]),
            "tables": tuple(_table(t) for t in data["tables"]),
            "figures": tuple(Figure(**f) for f in data["figures"]),
        }
    )


_TEXT_TUPLES = ("authors", "nct", "nct_cited", "dois_cited", "types", "keywords")


def _table(data: dict[str, Any]) -> Table:
    rows = tuple(tuple(Cell(**cell) for cell in row) for row in data["rows"])
    return Table(**{**data, "rows": rows, "footnotes": tuple(data["footnotes"])})


def read_records(path: Path | str) -> list[Record]:
    """Read a file of records, one JSON line each.

    Raises
    ------
    InputError
        The file cannot be read, or a line is not a record as ``to_json`` writes it (its number is named).
    """
    records = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            try:
                records.append(from_json(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise InputError(
                    "not a record", file=path, row=number, allowed="lines as `sonospine parse` writes them"
                ) from None
    return records
