"""The documentation of the search, from the tables: what PRISMA-S asks, per source and in all.

PRISMA-S: Rethlefsen et al., Systematic Reviews 2021;10:39.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from sonospine.model.demonstration import BANNER
from sonospine.model.table_io import Row
from sonospine.report.deduplication import Deduplication, deduplication
from sonospine.report.flow import Box, flow_of
from sonospine.report.review import Review
from sonospine.screening.identified import FULL_TEXT

UNTOLD = "not told by the configuration"
SEARCHED = ("database", "register")
"""Kinds of sources that were searched; the others hold records that came without a search of their own."""
KINDS = {
    "database": "database that was searched",
    "register": "study register that was searched",
    "full_text": "full texts of records found elsewhere",
    "corpus": "corpus that comes with the project, no search",
    "other": "files without a search",
}
COUNTS = ("reported", "fetched", "entries", "kept", "repeated", "superseded", "rejected")
_CHANGES = (
    ("new", "new"),
    ("revised", "revised"),
    ("retracted", "retracted or put under an expression of concern"),
    ("withdrawn", "withdrawn or no longer found"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A query as it was sent: one slice, run of pages or list of ids, with its counts and what was made of it."""

    query: str
    reported: str
    fetched: str
    translation: str


@dataclass(frozen=True, slots=True)
class SearchedSource:
    """A source with what is known of its search; ``counts`` follow ``COUNTS``, and the records that could be read.

    ``first_seen`` tells how many of its records came with which snapshot, oldest first.
    """

    search: str
    name: str
    kind: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    query: str
    sent: tuple[Sent, ...]
    warnings: tuple[str, ...]
    counts: tuple[str, ...]
    readable: int
    update: str
    first_seen: tuple[tuple[str, int], ...]
    row: Row

    @property
    def searched(self) -> bool:
        """Whether it is a database or a register that was searched."""
        return self.kind in SEARCHED

    @property
    def live(self) -> bool:
        """Whether the program asked the source itself (a snapshot holds its answers)."""
        return bool(self.row["snapshot"])


@dataclass(frozen=True, slots=True)
class SearchDocumentation:
    """What is documented of all searches of a review, with the boxes of identification of the flow diagram."""

    title: str
    banner: str
    sources: tuple[SearchedSource, ...]
    identified: tuple[Box, ...]
    removed: tuple[Box, ...]
    deduplication: Deduplication
    software: tuple[tuple[str, str], ...]


def search_documentation(review: Review) -> SearchDocumentation:
    """Collect what is documented of the searches of a review."""
    boxes = [stage for stage in flow_of(review.prisma) if stage.name == "Identification"]
    order = {kind: i for i, kind in enumerate(KINDS)}
    rows = sorted(review.searches, key=lambda row: (order[row["kind"]], row["search"]))
    return SearchDocumentation(
        review.config.title,
        BANNER if review.demonstration else "",
        tuple(_source(review, row) for row in rows),
        boxes[0].main if boxes else (),
        boxes[0].beside if boxes else (),
        deduplication(review),
        _software(review),
    )


def _source(review: Review, row: Row) -> SearchedSource:
    own = [record for record in review.records if record["search"] == row["search"]]
    dates = Counter(record["first_seen"] for record in own if record["first_seen"])
    limits = "; ".join(filter(None, row["limits"].split(";")))
    untold = UNTOLD if row["kind"] in SEARCHED else ""
    facts = (
        ("Kind", KINDS[row["kind"]]),
        ("Database", row["database"] or untold),
        ("Platform", row["platform"] or untold),
        ("Address", row["address"]),
        ("Date of the search", row["searched"] or untold),
        ("Limits", limits or ("none" if row["snapshot"] else untold)),
        ("Snapshot", row["snapshot"]),
        ("Update of", row["base"]),
    )
    return SearchedSource(
        row["search"],
        review.search_names[row["search"]],
        row["kind"],
        _summary(review.search_names[row["search"]], row),
        tuple((name, value) for name, value in facts if value),
        row["query"],
        _sent(row["sent"]),
        tuple(filter(None, row["warnings"].split(";"))),
        tuple(_grouped(row[name]) for name in COUNTS),
        len(own),
        _update(row),
        tuple(sorted(dates.items())),
        row,
    )


def _summary(name: str, row: Row) -> str:
    """Return a sentence for a methods section: what was searched, through what, when, and how much came."""
    via = f" through {row['platform']}" if row["platform"] else ""
    when = f" on {row['searched']}" if row["searched"] else ""
    reported = f"; it reported {counted(row['reported'], 'record')}" if row["reported"] else ""
    came = counted(row["fetched"] or row["entries"], "record")
    together = " together with the earlier snapshots" if row["base"] else ""
    unread = (
        f"; {counted(row['rejected'], 'entry', 'entries')} could not be read"
        if row["rejected"] != "0"
        else ""
    )
    if row["kind"] == FULL_TEXT:
        return f"Full texts of records found elsewhere were fetched from {name}{via}{when}: {came}{together}{unread}."
    if row["kind"] in SEARCHED:
        dated = when or ", on a date that the configuration does not tell"
        return f"{name} was searched{via}{dated}{reported}; {came} came{together}{unread}."
    return f"{name}: {came}, without a search{unread}."


def _update(row: Row) -> str:
    if not row["base"]:
        return ""
    parts = [f"{_grouped(row[column])} {words}" for column, words in _CHANGES if row[column]]
    return f"Update of snapshot {row['base']} as {row['snapshot']}: {', '.join(parts) or 'nothing told'}."


def _sent(text: str) -> tuple[Sent, ...]:
    """Read the column of queries as sent (``Manifest.sent`` as JSON)."""
    listed = json.loads(text) if text else []
    return tuple(
        Sent(one["query"], _grouped(one["reported"]), _grouped(one["fetched"]), one.get("translation", ""))
        for one in listed
    )


def _software(review: Review) -> tuple[tuple[str, str], ...]:
    """Return the programs by what they did: who fetched each source, and who did the rest."""
    found = [("Parsing, linking, screening and report", f"sonospine {review.version}")]
    for row in review.searches:
        if row["versions"]:
            versions = json.loads(row["versions"])
            words = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
            found.append((f"Search of {review.search_names[row['search']]}", words))
    return tuple(found)


def _grouped(number: str | int) -> str:
    """Write a whole number with commas; empty stays empty."""
    return f"{int(number):,}" if number != "" else ""


def counted(number: str | int, one: str, several: str = "") -> str:
    """Write how many there are of something, such as ``1,234 records``."""
    return f"{_grouped(number)} {one if int(number) == 1 else several or one + 's'}"
