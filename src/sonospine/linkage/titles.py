"""Links by title, authors, year, journal and pages, between records that no identifier joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sonospine.linkage.blocks import candidates
from sonospine.linkage.evidence import Evidence, differing_identifier, gathered
from sonospine.linkage.likeness import LEAST_WORDS, LEAST_WORDS_WITHOUT_AUTHORS, Titled, graded, titled
from sonospine.linkage.link import Link, link
from sonospine.linkage.marks import COMMENT, CONCERN, ERRATUM, PROTOCOL, RETRACTION
from sonospine.linkage.normal import is_review
from sonospine.linkage.places import same_place
from sonospine.model.identifiers import normal_doi
from sonospine.model.record import Record

TITLED_KINDS = frozenset({"article", "abstract", "protocol", "erratum", "notice"})
PREPRINT_PREFIXES = ("10.1101/", "10.21203/", "10.20944/", "10.31219/", "10.2139/", "10.36227/", "10.22541/")
"""DOI prefixes of preprint servers (medRxiv, Research Square, Preprints, OSF, SSRN, TechRxiv, Authorea)."""
_NOTICES = {RETRACTION: "retraction_of", CONCERN: "concern_about", ERRATUM: "corrects"}
_SERIES = (
    "annual",
    "yearly",
    "biennial",
    "quarterly",
    "registry",
    "committee",
    "update",
    "proceedings",
    "guidelines",
)


def title_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield links between records whose titles agree.

    ``same_report`` where title, authors, year, journal and pages agree or one has none of them, and no
    identifier speaks against it; ``same_study`` for a preprint and its article and for what was published twice;
    ``companion`` for a protocol and its results; ``corrects``, ``concern_about`` and ``retraction_of`` for a
    notice that repeats the title; ``apart`` where the titles agree and something else keeps them apart: it
    joins nothing and tells a curator why.
    """
    known = [titled(r) for r in records if r.title and (r.kind in TITLED_KINDS or _printed_news(r))]
    for a, b in candidates([t for t in known if t.words]):
        found = _compare(a, b)
        if found:
            yield found


def _printed_news(record: Record) -> bool:
    """Tell whether a piece of news stands in a journal; pages of news are compared in ``companions``."""
    return record.kind == "news" and bool(record.journal and record.pages)


def _compare(a: Titled, b: Titled) -> Link | None:
    at_one_place = same_place(a.pages, a.volume, b.pages, b.volume) is True
    grade, ratio = graded(a, b, one_place=at_one_place)
    if not grade:
        return None
    found = gathered(a, b, grade, ratio)
    if a.mark != b.mark:
        return _marked(a, b, found)
    if grade == "numbers":
        return _series(a, b, found)
    if grade not in ("same", "slip"):
        return _other_wording(a, b, found)
    if "news" in (a.record.kind, b.record.kind) and not found.place:
        return None
    if min(len(a.words), len(b.words)) < LEAST_WORDS and not _short_alike(a, b, found):
        alike = a.words == b.words and found.authors is not False and found.journal and (found.gap or 0) <= 1
        return _apart(a, b, found, "too little else to compare for a short title") if alike else None
    return _kept_apart(a, b, found) or _joined(a, b, found)


def _short_alike(a: Titled, b: Titled, found: Evidence) -> bool:
    """Tell whether a short title is backed by all the rest: its place, or volume, journal, authors and wording."""
    if found.place:
        return bool(found.authors) or (found.authors is None and found.one_range and found.ratio == 1)
    volume = a.volume != "" and a.volume == b.volume and found.place is None
    exact = a.words == b.words and len(a.words) > 2
    return bool(exact and volume and found.journal and found.share == 1)


def _apart(a: Titled, b: Titled, found: Evidence, reason: str) -> Link:
    return link(a.record.record_id, b.record.record_id, "apart", f"{found.words}, but {reason}", found.ratio)


def _kept_apart(a: Titled, b: Titled, found: Evidence) -> Link | None:
    """Return why two records with one title are not of one report and not of one study; ``None`` if they may be."""
    if a.mark == COMMENT and not found.place:
        return _apart(a, b, found, "both are comments and nothing shows them to be one")
    if found.only_one_comments and not found.place:
        return _apart(a, b, found, "one comments on the other")
    if found.authors is False:
        return _apart(a, b, found, "the authors differ")
    gap = found.gap
    if found.authors is None and not found.place:
        bare = min(len(a.words), len(b.words)) < LEAST_WORDS_WITHOUT_AUTHORS or gap is None
        if bare or found.ratio < 1 or found.journal is False or found.place is False:
            return _apart(a, b, found, "without authors to compare")
        if gap:
            return _apart(a, b, found, f"{gap} years apart")
    if gap is not None and gap > 2:
        return _apart(a, b, found, f"{gap} years apart")
    if (
        found.grade == "slip"
        and not found.place
        and not (found.share == 1 and len(a.words) >= LEAST_WORDS_WITHOUT_AUTHORS)
    ):
        return _apart(a, b, found, "a word differs by a letter")
    return None


def _joined(a: Titled, b: Titled, found: Evidence) -> Link:
    """Join two records with the same title and authors: one report unless something else shows two."""
    ends = (a.record.record_id, b.record.record_id)
    two = _two_reports(a, b, found)
    if not two:
        return link(
            *ends, "same_report", f"{found.words}, no identifier differs", found.score, joins="report"
        )
    if a.mark:
        return _apart(a, b, found, two)
    review = is_review(a.record) or is_review(b.record)
    preprint = any(normal_doi(t.record.doi).startswith(PREPRINT_PREFIXES) for t in (a, b))
    if preprint and not review:
        return link(*ends, "same_study", f"{found.words}, preprint and article", found.score, joins="study")
    series = found.journal and found.place is False and (found.gap or 0) > 0 and _is_series(a)
    exact = a.words == b.words and found.authors and len(a.words) >= LEAST_WORDS_WITHOUT_AUTHORS
    if exact and not review and not series:
        why = f"{found.words}, published twice ({two})"
        return link(*ends, "same_study", why, found.score, joins="study")
    return _apart(a, b, found, two)


def _two_reports(a: Titled, b: Titled, found: Evidence) -> str:
    """Return what shows that two records with one title and one list of authors are two reports; else empty."""
    differing = differing_identifier(a.record, b.record)
    if differing:
        return f"{differing} differ"
    if (found.gap or 0) > 1:
        return "years differ"
    if found.place:
        return ""
    if found.place is False:
        return "volume or pages differ"
    if found.journal is False:
        return "journals differ"
    if a.mark in _NOTICES:
        return "nothing shows the notices to be one"
    if {a.record.kind, b.record.kind} == {"article", "abstract"}:
        return "one is an abstract of a meeting"
    return ""


def _is_series(one: Titled) -> bool:
    return bool(set(one.words) & set(_SERIES))


def _other_wording(a: Titled, b: Titled, found: Evidence) -> Link | None:
    """Link two records whose titles differ in words, where authors and place in the journal are the same.

    A misprint or a subtitle left out needs the same volume and first page; other words need a range of pages
    that two short reports could not share, and so do titles without authors to compare. A subtitle that only names the design may be missing where nothing
    else differs.
    """
    nameless = found.authors is None and found.one_range and found.journal
    if not (found.authors or nameless) or (found.gap or 0) > 1 or differing_identifier(a.record, b.record):
        return None
    ends = (a.record.record_id, b.record.record_id)
    one_place = found.place and (
        found.grade != "reworded" or (found.one_range and found.journal is not False)
    )
    design = (
        found.grade == "design"
        and found.place is None
        and found.journal
        and min(len(a.words), len(b.words)) >= LEAST_WORDS
    )
    if one_place or (design and found.gap is not None and not found.only_one_comments):
        return link(
            *ends, "same_report", f"{found.words}, no identifier differs", found.score, joins="report"
        )
    if (
        found.grade in ("subtitle", "design", "misprint")
        and found.place is None
        and found.journal is not False
    ):
        return _apart(a, b, found, "no volume and pages to compare")
    return None


def _marked(a: Titled, b: Titled, found: Evidence) -> Link | None:
    """Link two records of which one is a protocol, an erratum, a retraction, a concern or a comment."""
    if found.grade == "numbers" or found.grade == "reworded" or min(len(a.words), len(b.words)) < LEAST_WORDS:
        return None
    one, other = (a, b) if a.mark and (a.mark != PROTOCOL or not b.mark) else (b, a)
    ends = (one.record.record_id, other.record.record_id)
    score = min(found.ratio, 0.99)
    if one.mark in _NOTICES and other.mark in ("", PROTOCOL):
        # Editors sign notices too: then the journal must be the article's.
        if not found.authors and not found.journal:
            return _apart(
                a, b, found, f"{one.mark} by others, and the journal does not show it to be of this one"
            )
        if one.year is not None and other.year is not None and one.year < other.year:
            return _apart(a, b, found, f"the {one.mark} is older")
        why = f"{one.mark} with the title of the report: {found.words}"
        return link(*ends, _NOTICES[one.mark], why, score, joins="study")
    if other.mark or one.mark == COMMENT:
        return _apart(a, b, found, f"{one.mark} and {other.mark or 'report'}")
    if found.authors and (found.gap is None or found.gap <= 8):
        return link(*ends, "companion", f"protocol: {found.words}", score, joins="study")
    return _apart(a, b, found, "protocol and report, and the authors do not tell")


def _series(a: Titled, b: Titled, found: Evidence) -> Link | None:
    """Say of two parts of a series that they are two reports; whether of one study, people decide."""
    if not a.part or not b.part or a.part == b.part or not found.authors:
        return None
    strip = (tuple(w for w in t.words if w not in ("part", t.part)) for t in (a, b))
    if len(set(strip)) > 1:
        return None
    why = f"parts {a.part} and {b.part} of one title"
    return link(a.record.record_id, b.record.record_id, "apart", why, 0.99)
