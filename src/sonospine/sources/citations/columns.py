"""Tables of citations: CSV and TSV exports of Embase, Scopus, Web of Science, Cochrane, PubMed and others."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from sonospine.model.identifiers import normal_doi, normal_pmcid
from sonospine.sources.citations.citation import Citation, Entry, checked
from sonospine.sources.citations.column_names import COLUMNS, Field, plain_name
from sonospine.sources.citations.source_line import place_in
from sonospine.sources.citations.types import types_of
from sonospine.sources.citations.values import (
    doi_from,
    each_plain,
    language_of,
    pages_of,
    paragraphs,
    pmcid_from,
    pmid_from,
    registrations_in,
)
from sonospine.sources.identifiers import normal_pmid, unique, year_in
from sonospine.sources.raw import Unreadable

_DELIMITERS = (",", ";", "\t")
_PREAMBLE = 20
_TITLE_LINE = re.compile(r'(?mi)^"?title"?,')
_NAME = re.compile(r"[^\W\d_][\w'’. -]* ([^\W\d_](?:[.-]*[^\W\d_]){0,3}\.?)")
_PUBMED = re.compile(r"NLM|PubMed|MEDLINE", re.IGNORECASE)
_CODES = {"J": "Journal Article", "B": "Book", "S": "Book", "P": "Patent"}


def read_columns(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each row of a table of citations; one that is broken or without title and number as the reason.

    Raises
    ------
    Unreadable
        No column can be told to hold titles or identifiers; or a quote that is opened is never closed.
    """
    delimiter = _delimiter(text)
    if _is_field_by_line(text):
        yield from _read_fields(text)
        return
    lines = text.split("\n")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    header: dict[Field, list[int]] = {}
    width = before = 0
    try:
        for row in rows:
            first, before = before, rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header, width = _header(row), len(row)
                if not header and first > _PREAMBLE:
                    break
                continue
            original = "\n".join(lines[first : rows.line_num]).strip("\n")
            if any(cell.strip() for cell in row[width:]):
                yield Unreadable(
                    f"a row (line {first + 1}) of {len(row)} cells under {width} columns: a text with {delimiter!r} in it "
                    "is not in quotes"
                )
                continue
            yield checked(
                _citation({f: [row[i] for i in at if i < len(row)] for f, at in header.items()}), original
            )
    except csv.Error as fault:
        raise Unreadable(f"a quote that is opened near line {before + 1} is never closed ({fault})") from None
    if not header:
        raise Unreadable(
            "a table without a column of titles, DOIs or PubMed numbers that could be recognised"
        )


def count_columns(text: str) -> int:
    """Return how many filled rows follow the header, told by a pattern in place of the csv module."""
    if _is_field_by_line(text):
        return len(_TITLE_LINE.findall(text))
    delimiter = re.escape(_delimiter(text))
    cell = rf'(?:"[^"]*(?:""[^"]*)*"[^{delimiter}\n]*|[^{delimiter}\n]*)'
    row = re.compile(rf"{cell}(?:{delimiter}{cell})*(?:\n|\Z)")
    found, start, headed = 0, 0, False
    while start < len(text):
        match = row.match(text, start)
        if match is None or match.end() == start:
            break
        start = match.end()
        line = match.group()
        if not headed:
            cells = next(csv.reader([line.replace("\n", " ")], delimiter=_delimiter(text)), [])
            headed = bool(_header(cells))
        elif line.strip(f'" \t\n{_delimiter(text)}'):
            found += 1
    return found


def _is_field_by_line(text: str) -> bool:
    """Tell whether a table of Embase has a field on each line: its name, then its values; ``TITLE`` begins an entry."""
    lines = [line for line in text.split("\n", _PREAMBLE)[:_PREAMBLE] if line.strip()]
    names = [plain_name(line.split(",")[0]) for line in lines]
    return "title" in names and sum(name in COLUMNS for name in names) >= 3 and len(_header(names)) >= 3


def _read_fields(text: str) -> Iterator[Entry | Unreadable]:
    lines = text.split("\n")
    rows = csv.reader(io.StringIO(text, newline=""))
    block: list[tuple[str, list[str]]] = []
    begun = before = 0
    for row in rows:
        first, before = before, rows.line_num
        if row and plain_name(row[0]) == "title" and block:
            yield _entry_of(block, lines[begun:first])
            block, begun = [], first
        if any(cell.strip() for cell in row):
            block.append((row[0], [cell for cell in row[1:] if cell.strip()]))
    if block:
        yield _entry_of(block, lines[begun:])


def _entry_of(block: Sequence[tuple[str, list[str]]], lines: Sequence[str]) -> Entry | Unreadable:
    columns = _header([name for name, _ in block])
    cells = {field: ["; ".join(block[index][1]) for index in at] for field, at in columns.items()}
    return checked(_citation(cells), "\n".join(lines).strip("\n"))


def _delimiter(text: str) -> str:
    """Return the delimiter that gives the most columns with known names in one of the first lines."""
    lines = [line for line in text.split("\n")[: _PREAMBLE * 2] if line.strip()][:_PREAMBLE]

    def known(delimiter: str) -> int:
        read = csv.reader(lines, delimiter=delimiter)
        try:
            return max((len(_header(row)) for row in read), default=0)
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=known)


def is_table(text: str) -> bool:
    """Tell whether the first filled line of a text is tab-divided names of at least four kinds of column."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return "\t" in first and len(_header(first.split("\t"))) >= 4


def _header(row: Sequence[str]) -> dict[Field, list[int]]:
    """Return the columns of each field, the best name first; nothing where the row is no header."""
    found: dict[Field, list[tuple[int, int]]] = {}
    for index, name in enumerate(row):
        field, rank = COLUMNS.get(plain_name(name), (None, 0))
        if field is not None:
            found.setdefault(field, []).append((rank, index))
    if not {"title", "doi", "pmid"} & set(found):
        return {}
    return {field: [index for _, index in sorted(columns)] for field, columns in found.items()}


def _citation(cells: Mapping[Field, Sequence[str]]) -> Citation:
    def many(*fields: Field) -> list[str]:
        return [value.strip() for field in fields for value in cells.get(field, ()) if value.strip()]

    def one(*fields: Field) -> str:
        return next(each_plain(many(*fields)), "")

    # "Source" is the journal's line in one export, the database in another, where the journal has its own column.
    source, journal = one("source"), one("journal")
    place = place_in(source) if source and not journal else place_in(one("place"))
    database = one("database") or (source if journal else "")
    label = one("label")
    accession = one("accession") or (label if re.fullmatch(r"CN-\d+", label) else "")
    pmid = next((n for v in many("pmid") if (n := normal_pmid(v.removesuffix(".0")))), "")
    pages = one("pages") or pages_of(one("start"), one("end"))
    kinds = [_CODES.get(code, code) for code in many("code")]
    return Citation(
        title=one("title"),
        vernacular=one("vernacular") if one("vernacular") != one("title") else "",
        abstract=tuple(part for value in many("abstract")[:1] for part in paragraphs(value)),
        authors=_authors(many("authors")[:1]),
        journal=journal or place.journal,
        year=next(
            (year for value in many("year") if (year := year_in(value))), place.year or year_in(one("place"))
        ),
        volume=one("volume") or place.volume,
        issue=one("issue") or place.issue,
        pages=pages or place.pages or one("article"),
        doi=next((doi for value in many("doi") if (doi := normal_doi(value))), "") or doi_from(many("url")),
        pmid=pmid
        or (normal_pmid(accession) if _PUBMED.search(database) else "")
        or pmid_from(many("pmid", "url")),
        pmcid=next((n for v in many("pmcid") if (n := normal_pmcid(v))), "") or pmcid_from(many("url")),
        registered=registrations_in(many("registered")),
        accession=accession,
        database=database,
        types=types_of(
            [*kinds, *(v for v in many("types") if v.isupper())],
            [v for v in many("types") if not v.isupper()],
        ),
        keywords=_listed(many("keywords")),
        language=language_of(one("language")),
        url=next((url for url in many("url") if url.startswith("http")), ""),
        notes=unique(each_plain(many("notes"))),
    )


def _literal(value: str) -> list[str] | None:
    """Return the items of a list as Python writes it (``['Marx, Karl', 'Lindgren, Astrid']``)."""
    if not (value.startswith("[") and value.endswith("]")):
        return None
    try:
        items = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return [item for item in items if isinstance(item, str)] if isinstance(items, list) else None


def _authors(values: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a cell: divided by semicolons or lines, else by commas where each is a name with initials."""
    names: list[str] = []
    for value in values:
        listed = _literal(value)
        if listed is not None:
            names += listed
        elif ";" in value or "\n" in value or "|" in value:
            names += re.split(r"\s*[;\n|]\s*", value)
        elif all(_has_initials(part.strip()) for part in value.rstrip(". ").split(",")):
            names += value.rstrip(" ").split(",")
        elif " and " in value:
            names += re.split(r",?\s+and\s+", value)
        else:
            names.append(value)
    # Scopus adds its number of the author: "Liu, Rui (57190000)".
    return unique(re.sub(r"\s*\(\d+\)$", "", name).strip() for name in each_plain(names))


def _has_initials(name: str) -> bool:
    found = _NAME.fullmatch(name)
    return found is not None and found[1].isupper()


def _listed(values: Sequence[str]) -> tuple[str, ...]:
    items: list[str] = []
    for value in values:
        listed = _literal(value)
        if listed is not None:
            items += listed
        else:
            items += re.split(
                r"\s*[;\n|]\s*" if re.search(r"[;\n|]", value) else r",\s+(?![^()]{0,200}\))", value
            )
    return unique(each_plain(items))
