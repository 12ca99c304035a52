"""Where a number stands, in words a reader understands, and where the record can be found outside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from sonospine.model.places import Place, cell_of, parse
from sonospine.model.record import Record, Table

_DOI = re.compile(r"10\.\d{4,9}/\S+")


def place_in_words(record: Record | None, locator: str) -> str:
    """Return a place in words, such as ``Table 2, row NRS, column 12 weeks``; the address where nothing is known."""
    place = parse(locator)
    address = place.address
    if address == "title":
        return "title"
    if address.startswith("abstract/"):
        part = address.removeprefix("abstract/")
        return "abstract" if re.fullmatch(r"p\d+", part) else f"abstract, {part}"
    if address.startswith("registry/"):
        return "registry"
    if record is None:
        return address
    if address.startswith("table/"):
        return _in_table(record, place)
    passage = next((p for p in record.passages if p.locator == address), None)
    if passage is None:
        return address
    return "text, " + " › ".join(passage.headings) if passage.headings else "text"


def _in_table(record: Record, place: Place) -> str:
    name, _, part = place.address.partition(":")
    table = next((t for t in record.tables if t.locator == name), None)
    if table is None:
        return place.address
    label = table.label or name
    cell = cell_of(part)
    if cell is not None and cell[0] < len(table.rows):
        row, column = cell
        heads = [h for h in (_row_head(table, row, column), _column_head(table, column)) if h]
        return ", ".join([label, *heads])
    if part.startswith("foot"):
        return f"{label}, footnote"
    return f"{label}, caption" if part == "caption" else label


def _row_head(table: Table, row: int, column: int) -> str:
    text = table.rows[row][0].text if column > 0 else ""
    return f"row {text}" if text else ""


def _column_head(table: Table, column: int) -> str:
    texts = [row[column].text for row in table.rows[: table.header_rows] if column < len(row)]
    distinct = list(dict.fromkeys(text for text in texts if text))
    return f"column {' / '.join(distinct)}" if distinct else ""


def addresses_of(record: Record) -> list[tuple[str, str]]:
    """Return where the record stands outside: name and address. Only well-formed ids and web addresses count."""
    found = _addresses(record.pmid, record.pmcid, record.doi, record.nct)
    if re.fullmatch(r"https?://[^\s\"'<>]+", record.url):
        found.append(("source page", record.url))
    return found


def addresses_of_row(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the same for a row of the table of records."""
    return _addresses(row["pmid"], row["pmcid"], row["doi"], row["nct"].split(";"))


def _addresses(pmid: str, pmcid: str, doi: str, registrations: Iterable[str]) -> list[tuple[str, str]]:
    found = []
    if pmid.isascii() and pmid.isdigit():
        found.append((f"PubMed {pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"))
    if re.fullmatch(r"PMC[0-9]+", pmcid):
        found.append((pmcid, f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/"))
    if _DOI.fullmatch(doi):
        found.append((f"doi:{doi}", f"https://doi.org/{quote(doi, safe='/')}"))
    for nct in registrations:
        if re.fullmatch(r"NCT[0-9]{8}", nct):
            found.append((nct, f"https://clinicaltrials.gov/study/{nct}"))
    return found
