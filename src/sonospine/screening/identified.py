"""What the searches found: the boxes of identification, and what leaves the flow before it is screened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonospine.model.table_io import Row

BOXES = {
    "database": "identified_databases",
    "register": "identified_registers",
    "corpus": "identified_other",
    "other": "identified_other",
}
"""Box in which the records of a search are identified, by its kind; full texts are fetched for what was found."""
FULL_TEXT = "full_text"
UNREADABLE = "entries and files that could not be read"
REPEATED = "the same entry again, passed over at import"
ANOTHER = "another record of the same report"
UNTOLD = "records without a search"
_COUNTED = "searches.tsv: kept + repeated + rejected of {}"


@dataclass(frozen=True, slots=True)
class Count:
    """A line of a box: its name, how many, how they are counted."""

    name: str
    number: int
    query: str


@dataclass(frozen=True, slots=True)
class Identified:
    """The boxes of identification with their lines, the duplicates, and what could not be read."""

    boxes: Mapping[str, Sequence[Count]]
    duplicates: tuple[Count, ...]
    unreadable: Count


def identified(
    records: Sequence[Row], reports: Sequence[Row], rejected: Sequence[Row], searches: Sequence[Row]
) -> Identified:
    """Count what was identified by each search, and what of it is a duplicate or could not be read.

    Parameters
    ----------
    records, reports
        Rows of the tables of linkage.
    rejected
        Rows of ``rejected.tsv``: what import and parsing could not read.
    searches
        Rows of ``searches.tsv``.

    Returns
    -------
    Identified
        Identified = duplicates + unreadable + reports. An entry that import passed over because the same one came
        before is identified and a duplicate; a full text that was fetched for a record found elsewhere is
        neither, unless its report has no other record: then it is identified by other means. A record whose search
        the table does not name, and what could not be read without a search that accounts for it, are identified
        by other means, so that nothing is lost.
    """
    kinds = {row["search"]: row["kind"] for row in searches}
    present = Counter(row["search"] for row in records)
    lost = {row["search"]: max(0, _number(row["kept"]) - present[row["search"]]) for row in searches}
    unread = {row["search"]: _number(row["rejected"]) + lost[row["search"]] for row in searches}
    boxes: dict[str, list[Count]] = {box: [] for box in BOXES.values()}
    names = search_names(searches)
    repeated = removed = 0
    for row in sorted(searches, key=lambda r: r["search"]):
        search = row["search"]
        if row["kind"] != FULL_TEXT:
            again = _number(row["repeated"])
            repeated, removed = repeated + again, removed + unread[search]
            number = present[search] + again + unread[search]
            boxes[BOXES[row["kind"]]].append(Count(names[search], number, _COUNTED.format(search)))
    other = boxes["identified_other"]
    found = [row for row in records if kinds.get(row["search"]) != FULL_TEXT]
    untold = sum(row["search"] not in kinds for row in found)
    if untold:
        other.append(Count(UNTOLD, untold, "records.tsv: rows whose search is not in searches.tsv"))
    reported = {row["report_id"] for row in found}
    alone = sum(row["report_id"] not in reported for row in reports)
    if alone:
        query = "reports.tsv: reports all of whose records are full texts (searches.tsv: kind full_text)"
        other.append(Count("full texts without the record they were fetched for", alone, query))
    rest = max(0, len(rejected) - sum(unread.values()))
    if rest:
        query = "rejected.tsv: rows that no search accounts for"
        other.append(Count(UNREADABLE, rest, query))
    joined = "records.tsv: records (full texts aside) less the reports they make (links.tsv: duplicate)"
    duplicates = [Count(ANOTHER, len(found) - len(reported), joined)]
    if repeated:
        duplicates.append(Count(REPEATED, repeated, "searches.tsv: repeated (full texts aside)"))
    unreadable = Count(UNREADABLE, removed + rest, "rejected.tsv: all rows (full texts aside)")
    return Identified(boxes, tuple(duplicates), unreadable)


def search_names(searches: Sequence[Row]) -> dict[str, str]:
    """Return how each search is called: by its database, with its id where several have the same."""
    shown = {row["search"]: row["database"] or row["search"] for row in searches}
    often = Counter(shown.values())
    taken = {UNTOLD, UNREADABLE}
    return {
        search: name if often[name] == 1 and name not in taken else f"{name} ({search})"
        for search, name in shown.items()
    }


def _number(text: str) -> int:
    return int(text) if text else 0
