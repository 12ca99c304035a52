"""How many records were found to be duplicates, by which evidence, and what people overruled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from sonospine.linkage.likeness import AUTHOR_THRESHOLD, AUTHORS_REORDERED, TITLE_THRESHOLD
from sonospine.report.review import Review
from sonospine.screening.identified import FULL_TEXT
from sonospine.screening.notices import OVERRULED

BY_PEOPLE, BY_IDENTIFIER, BY_TITLE = (
    "set by people",
    "a shared identifier (PMID, PMCID, DOI)",
    "alike titles, authors, years and places",
)
EVIDENCE = (BY_PEOPLE, BY_IDENTIFIER, BY_TITLE)
_PEOPLE = "set by "


@dataclass(frozen=True, slots=True)
class Deduplication:
    """Duplicates by evidence, entries passed over at import, full texts joined, and the decisions of people."""

    by_evidence: tuple[tuple[str, int], ...]
    repeated: int
    full_texts: int
    reports: int
    studies: int
    set_together: int
    set_apart: int
    overruled: int
    software: str

    @property
    def duplicates(self) -> int:
        """Records that belong to a report of which another record stands for it."""
        return sum(count for _, count in self.by_evidence)

    @property
    def other_counts(self) -> tuple[tuple[str, int], ...]:
        """The other numbers, each with its name."""
        return (
            ("The same entry again, passed over at import", self.repeated),
            ("Full texts joined to records found elsewhere, or standing alone", self.full_texts),
            ("Reports that remain", self.reports),
            ("Studies that these reports make", self.studies),
            ("Links that people set between records", self.set_together),
            ("Pairs of records that people set apart", self.set_apart),
            ("Links of the machine that people overruled", self.overruled),
        )


def deduplication(review: Review) -> Deduplication:
    """Count the duplicates of a review.

    Returns
    -------
    Deduplication
        A report of several records has one duplicate less than records; each is put down to the surest link that
        joins it: a person's, an identifier's, then that of alike titles. Full texts that were fetched for records
        found elsewhere are no duplicates and are counted apart.
    """
    kinds = {row["search"]: row["kind"] for row in review.searches}
    fetched = {row["record_id"] for row in review.records if kinds.get(row["search"]) == FULL_TEXT}
    groups: dict[str, list[str]] = {}
    for row in review.records:
        groups.setdefault(row["report_id"], []).append(row["record_id"])
    report_of = {row["record_id"]: row["report_id"] for row in review.records}
    joins: dict[str, list[tuple[int, str, str]]] = {}
    for row in review.links:
        report = report_of.get(row["from_id"])
        if row["relation"] == "same_report" and report is not None and report == report_of.get(row["to_id"]):
            rank = EVIDENCE.index(_kind(row["evidence"], row["score"]))
            joins.setdefault(report, []).append((rank, row["from_id"], row["to_id"]))
    counts: Counter[str] = Counter()
    for report, members in groups.items():
        if len(members) > 1:
            counts.update(_merges(members, fetched, sorted(joins.get(report, []))))
    together = [row for row in review.links if row["relation"] in ("same_report", "same_study")]
    apart = [row for row in review.links if row["relation"] == "apart"]
    return Deduplication(
        tuple((name, counts[name]) for name in (*EVIDENCE, *sorted(set(counts) - set(EVIDENCE)))),
        sum(int(row["repeated"] or 0) for row in review.searches if row["kind"] != FULL_TEXT),
        len(fetched),
        len(groups),
        len(review.study),
        sum(row["evidence"].startswith(_PEOPLE) for row in together),
        sum(row["evidence"].startswith(_PEOPLE) for row in apart),
        sum(row["evidence"].endswith(OVERRULED) for row in review.links),
        f"sonospine {review.version}, RapidFuzz {version('rapidfuzz')}",
    )


def _kind(evidence: str, score: str) -> str:
    if evidence.startswith(_PEOPLE):
        return BY_PEOPLE
    return BY_IDENTIFIER if float(score or 0) == 1 else BY_TITLE


def _merges(members: Iterable[str], fetched: set[str], joins: Sequence[tuple[int, str, str]]) -> Counter[str]:
    """Count the merges of groups that each hold a record of a search, by the evidence that merges them."""
    group = {name: {name} for name in members}
    counts: Counter[str] = Counter()
    for rank, one, other in joins:
        a, b = group[one], group[other]
        if a is not b:
            if a - fetched and b - fetched:
                counts[EVIDENCE[rank]] += 1
            a |= b
            group |= dict.fromkeys(b, a)
    found = len([name for name in group if name not in fetched])
    rest = max(0, found - 1) - counts.total()
    if rest:
        counts["joined through another record"] += rest
    return counts


def method_in_words(done: Deduplication) -> tuple[str, ...]:
    """Return how duplicates were found, in sentences for a methods section."""
    return (
        "Records were grouped into reports, and reports into studies; none was deleted, and each link is kept with "
        "its evidence (tables/links.tsv, and on the page of each study).",
        "Two records are one report where they share a PMID, a PMCID or a DOI (a DOI shared by two PMIDs only with "
        "alike titles).",
        "Else titles, authors, years, journals, volumes and pages are compared. One report are two records whose titles "
        f"differ in small words and spelling only (likeness of at least {TITLE_THRESHOLD:g}, the same numbers and "
        f"parts), with at least {AUTHOR_THRESHOLD:g} of the shorter list of authors in the longer one where the first "
        f"author is the same, else {AUTHORS_REORDERED:g}, years at most one apart, no identifier that differs, and no "
        "other journal, volume or page where both tell them. Titles that differ in more are one report only at the "
        "same place of a journal, by the same authors. What is alike and yet kept apart is listed with its reason.",
        "An entry that came before with the same content was passed over at import. Full texts that were fetched for "
        "records found elsewhere were joined to them and are neither identified records nor duplicates.",
        f"Software: {done.software}. People may overrule each link; what they set stands above the machine.",
    )
