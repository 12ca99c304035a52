"""What two records with alike titles have in common, in words that a curator can check."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.linkage.journals import same_journal
from sonospine.linkage.likeness import Titled, author_likeness, authors_agree, years_apart
from sonospine.linkage.normal import pmcid
from sonospine.linkage.places import same_place
from sonospine.model.identifiers import normal_doi
from sonospine.model.numbers import derived
from sonospine.model.record import Record

COMMENTING = frozenset({"comment", "letter", "editorial", "news"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """How two records compare, field by field: ``None`` where a field does not tell.

    ``grade`` and ``ratio`` are of the titles, ``share`` of the authors, ``gap`` the years between them;
    ``place`` is volume and pages, ``one_range`` the same first and last page of several.
    """

    grade: str
    ratio: float
    share: float | None
    authors: bool | None
    gap: int | None
    journal: bool | None
    place: bool | None
    one_range: bool
    only_one_comments: bool

    @property
    def score(self) -> float:
        """The least of what was compared, below 1: that is for identifiers."""
        return min(self.ratio, self.share if self.share is not None else 1.0, 0.99)

    @property
    def words(self) -> str:
        """Return what agrees and how alike it is, field by field."""
        said = [_TITLES[self.grade].format(derived(round(self.ratio, 2)))]
        if self.share is not None:
            said.append(f"authors {derived(round(self.share, 2))} alike")
        if self.gap is not None:
            said.append("same year" if not self.gap else f"{self.gap} year{'s' * (self.gap > 1)} between")
        if self.journal is not None:
            said.append("same journal" if self.journal else "other journal")
        if self.place is not None:
            same = "same volume and pages" if self.one_range else "same volume and first page"
            said.append(same if self.place else "other volume or pages")
        return ", ".join(said)


_TITLES = {
    "same": "titles {} alike",
    "slip": "titles {} alike but for a letter",
    "misprint": "titles {} alike but for a misprint",
    "subtitle": "one title goes on where the other ends ({} alike)",
    "design": "one title names the design besides ({} alike)",
    "reworded": "titles {} alike in other words",
    "numbers": "titles {} alike but for numbers",
}


def gathered(a: Titled, b: Titled, grade: str, ratio: float) -> Evidence:
    """Compare two records field by field."""
    share = author_likeness(a, b)
    journal = same_journal(a.record.journal, b.record.journal)
    place = same_place(a.pages, a.volume, b.pages, b.volume)
    one_range = a.pages.own and (a.pages.first, a.pages.last) == (b.pages.first, b.pages.last)
    if journal is False and not (place and one_range):
        # The same number of a volume and a page in another journal is no coincidence worth a word.
        place = None
    return Evidence(
        grade,
        ratio,
        share,
        authors_agree(a, b, share),
        years_apart(a, b),
        journal,
        place,
        bool(place and one_range),
        _comments(a.record) is not None
        and _comments(b.record) is not None
        and _comments(a.record) != _comments(b.record),
    )


def _comments(record: Record) -> bool | None:
    """Tell whether the publication types say that a record comments on others; ``None`` without types."""
    types = {kind.strip().lower() for kind in record.types}
    return bool(types & COMMENTING) if types else None


def differing_identifier(a: Record, b: Record) -> str:
    """Return the name of the first identifier that both records have and that differs; empty for none."""
    for name, one, other in (
        ("PMIDs", a.pmid, b.pmid),
        ("PMCIDs", pmcid(a.pmcid), pmcid(b.pmcid)),
        ("DOIs", normal_doi(a.doi), normal_doi(b.doi)),
    ):
        if one and other and one != other:
            return name
    return ""
