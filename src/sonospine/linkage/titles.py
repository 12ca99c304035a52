"""Links by title, authors and year, between records that no identifier joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from sonospine.linkage.likeness import (
    LEAST_WORDS,
    LEAST_WORDS_WITHOUT_AUTHORS,
    TITLE_THRESHOLD,
    Titled,
    author_likeness,
    authors_agree,
    title_likeness,
    titled,
    years_apart,
)
from sonospine.linkage.link import Link, link
from sonospine.linkage.normal import is_review, pmcid
from sonospine.model.identifiers import normal_doi
from sonospine.model.numbers import derived
from sonospine.model.record import Record

REPORT_KINDS = frozenset({"article", "abstract", "protocol"})
PREPRINT_PREFIXES = ("10.1101/", "10.21203/", "10.20944/", "10.31219/", "10.2139/", "10.36227/", "10.22541/")
"""DOI prefixes of preprint servers (medRxiv, Research Square, Preprints, OSF, SSRN, TechRxiv, Authorea)."""
SETS_APART = ("comment", "letter", "editorial", "news")
_LARGE_BLOCK = 400


def title_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield links between records whose titles agree.

    ``same_report`` where title, authors and year agree and no identifier speaks against it; ``same_study`` for
    a preprint and its article; ``companion`` for a protocol and its results, ``corrects`` and
    ``retraction_of`` for a notice that repeats the title; ``apart`` where the titles agree and something
    else keeps them apart: it joins nothing and tells a curator why.
    """
    known = [titled(r) for r in records if r.kind in REPORT_KINDS | {"erratum", "notice"} and r.title]
    for a, b in _candidates([t for t in known if len(t.words) >= LEAST_WORDS]):
        found = _compare(*sorted((a, b), key=lambda t: t.record.record_id))
        if found:
            yield found


def _candidates(known: list[Titled]) -> list[tuple[Titled, Titled]]:
    blocks: dict[tuple[str, ...], list[Titled]] = {}
    for one in known:
        for key in _keys(one):
            blocks.setdefault(key, []).append(one)
    pairs: dict[tuple[str, str], tuple[Titled, Titled]] = {}
    for block in blocks.values():
        # A block this large is a stock phrase; titles that agree meet in another block as well.
        if len(block) > _LARGE_BLOCK:
            continue
        for a, b in combinations(sorted(block, key=lambda t: t.record.record_id), 2):
            pairs.setdefault((a.record.record_id, b.record.record_id), (a, b))
    return [pairs[key] for key in sorted(pairs)]


def _keys(one: Titled) -> set[tuple[str, ...]]:
    longest = sorted(set(one.words), key=lambda word: (-len(word), word))[:3]
    return {("first", *one.words[:3]), ("last", *one.words[-3:]), ("longest", *sorted(longest))}


def _compare(a: Titled, b: Titled) -> Link | None:
    likeness = title_likeness(a, b)
    if likeness < TITLE_THRESHOLD:
        return _series(a, b)
    ends = (a.record.record_id, b.record.record_id)
    evidence = f"titles {_score(likeness)} alike"
    if a.mark != b.mark:
        return _marked(a, b, likeness, evidence)
    if a.mark == "comment" or _commenting(a.record) != _commenting(b.record):
        return link(*ends, "apart", f"{evidence}, but one comments on the other", likeness)
    names = author_likeness(a, b)
    if names is not None and not authors_agree(a, b):
        return link(*ends, "apart", f"{evidence}, but the authors differ", likeness)
    gap = years_apart(a, b)
    if names is not None:
        evidence += f", authors {_score(names)} alike"
    if gap is not None and gap > (2 if names is not None else 0):
        return link(*ends, "apart", f"{evidence}, but {gap} years apart", likeness)
    if names is None and (len(a.words) < LEAST_WORDS_WITHOUT_AUTHORS or likeness < 1 or gap is None):
        return link(*ends, "apart", f"{evidence}, but without authors to compare", likeness)
    return _joined(a, b, min(likeness, 1.0 if names is None else names, 0.99), evidence)


def _joined(a: Titled, b: Titled, score: float, evidence: str) -> Link:
    """Join two records with the same title and authors: one report unless their identifiers differ."""
    ends = (a.record.record_id, b.record.record_id)
    differing = differing_identifier(a.record, b.record)
    if not differing and (years_apart(a, b) or 0) <= 1:
        return link(*ends, "same_report", f"{evidence}, no identifier differs", score, joins="report")
    preprint = any(normal_doi(t.record.doi).startswith(PREPRINT_PREFIXES) for t in (a, b))
    if preprint and not (is_review(a.record) or is_review(b.record)):
        return link(*ends, "same_study", f"{evidence}, preprint and article", score, joins="study")
    exact = a.words == b.words and a.authors and b.authors and len(a.words) >= LEAST_WORDS_WITHOUT_AUTHORS
    if exact and not (is_review(a.record) or is_review(b.record)):
        why = f"{evidence}, published twice ({differing or 'years'} differ)"
        return link(*ends, "same_study", why, score, joins="study")
    return link(*ends, "apart", f"{evidence}, but {differing or 'years'} differ", score)


def _marked(a: Titled, b: Titled, likeness: float, evidence: str) -> Link:
    """Link two records of which one is a protocol, an erratum, a retraction or a comment."""
    one, other = (a, b) if a.mark and (a.mark != "protocol" or not b.mark) else (b, a)
    ends = (one.record.record_id, other.record.record_id)
    names = author_likeness(a, b)
    if other.mark or one.mark == "comment":
        return link(*ends, "apart", f"{evidence}, but {one.mark} and {other.mark or 'report'}", likeness)
    if one.mark == "protocol":
        gap = years_apart(a, b)
        if authors_agree(a, b) and (gap is None or gap <= 8):
            return link(
                *ends, "companion", f"protocol: {evidence}, authors agree", min(likeness, 0.99), joins="study"
            )
        return link(*ends, "apart", f"{evidence}, but protocol and report, authors do not tell", likeness)
    if names is not None and not authors_agree(a, b):
        return link(*ends, "apart", f"{evidence}, but {one.mark} by others", likeness)
    relation = {"erratum": "corrects", "retraction": "retraction_of"}[one.mark]
    return link(
        *ends, relation, f"{one.mark} with the title of the report", min(likeness, 0.99), joins="study"
    )


def _series(a: Titled, b: Titled) -> Link | None:
    """Say of two parts of a series that they are two reports; whether of one study, people decide."""
    if not a.part or not b.part or a.part == b.part or not authors_agree(a, b):
        return None
    strip = (tuple(w for w in t.words if w not in ("part", t.part)) for t in (a, b))
    if len(set(strip)) > 1:
        return None
    why = f"parts {a.part} and {b.part} of one title"
    return link(a.record.record_id, b.record.record_id, "apart", why, 0.99)


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


def _commenting(record: Record) -> bool:
    return any(kind.strip().lower() in SETS_APART for kind in record.types)


def _score(value: float) -> str:
    return derived(round(value, 2))
