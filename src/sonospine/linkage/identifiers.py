"""Links by identifiers: PMID, PMCID, DOI, registrations, citations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz

from sonospine.linkage.link import Link, link
from sonospine.linkage.normal import (
    cited_dois,
    cited_registrations,
    is_review,
    own_registrations,
    plain,
    pmcid,
    registry_list,
)
from sonospine.model.identifiers import normal_doi
from sonospine.model.record import Record

REPORT_KINDS = frozenset({"article", "abstract", "protocol"})
_ALIKE = 0.85


def report_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield ``same_report`` links between records that share a PMID, PMCID, DOI or, as registrations, an id.

    A DOI shared by two PMIDs (a supplement of abstracts, a slip) joins only where the titles are alike; a page
    of news carries the DOI of what it writes about and is no copy of it.
    """
    shared: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda r: r.record_id):
        for key in _keys(record):
            shared[key].append(record)
    for (name, value), same in sorted(shared.items()):
        for position, other in enumerate(same[1:], start=1):
            # Against each earlier one: a record that does not fit the first can still fit the second.
            for earlier in same[:position]:
                yield _same_report(earlier, other, name, value)


def _keys(record: Record) -> list[tuple[str, str]]:
    if record.kind == "registration":
        return [("NCT", value) for value in own_registrations(record)]
    group = "" if record.kind in REPORT_KINDS else f" of {record.kind}"
    if record.kind == "news":
        return []
    keys = (("PMID", record.pmid), ("PMCID", pmcid(record.pmcid)), ("DOI", normal_doi(record.doi)))
    return [(name + group, value) for name, value in keys if value]


def _same_report(a: Record, b: Record, name: str, value: str) -> Link:
    ends = (a.record_id, b.record_id)
    evidence = f"{name} {value}"
    if name == "DOI" and a.pmid and b.pmid and a.pmid != b.pmid:
        alike = fuzz.ratio(plain(a.title), plain(b.title)) / 100
        if alike < _ALIKE:
            return link(*ends, "apart", f"{evidence} shared, but PMIDs and titles differ", alike)
    return link(*ends, "same_report", evidence, 1, joins="report")


def registration_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield links of registrations: with the reports that name them as their own, and between such reports.

    A report that names several registrations as its own may pool several trials: it joins none of them and
    cites each. A review joins none. A registration outside the corpus is linked as ``nct:<id>``.
    """
    listed = sorted(records, key=lambda r: r.record_id)
    registered: dict[str, list[Record]] = defaultdict(list)
    for record in listed:
        if record.kind == "registration":
            for value in own_registrations(record):
                registered[value].append(record)
    naming: dict[str, list[Record]] = defaultdict(list)
    for record in listed:
        if record.kind in ("registration", "notice", "erratum"):
            continue
        own = own_registrations(record)
        several = len({_trial(value, registered) for value in own}) > 1
        for value in own:
            ends = [r.record_id for r in registered[value]] or [f"nct:{value}"]
            for end in ends:
                if several or is_review(record):
                    why = "a review" if is_review(record) else f"one of {len(own)} own registrations"
                    yield link(record.record_id, end, "cites", f"{value}: {why}, not joined", 1)
                else:
                    yield link(
                        record.record_id, end, "registration", f"own registration {value}", 1, joins="study"
                    )
            if not several and not is_review(record):
                naming[value].append(record)
    for value, reports in sorted(naming.items()):
        for other in reports[1:]:
            why = f"both name {value} as their own"
            yield link(reports[0].record_id, other.record_id, "same_study", why, 1, joins="study")


def _trial(value: str, registered: dict[str, list[Record]]) -> str:
    """Return one name for a registration and its aliases."""
    return registered[value][0].record_id if registered.get(value) else value


def publication_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield links from a registration to the publications that the registry lists for it.

    References of type ``RESULT`` and ``DERIVED`` that are no reviews belong to the study; ``BACKGROUND`` ones
    are cited.
    """
    listed = sorted(records, key=lambda r: r.record_id)
    published: dict[str, list[Record]] = defaultdict(list)
    for record in listed:
        if record.kind not in ("registration", "news"):
            for name in {record.pmid, normal_doi(record.doi)} - {""}:
                published[name].append(record)
    for record in listed:
        if record.kind != "registration":
            continue
        for reference in _references(record):
            kind = str(reference.get("type", ""))
            names = (str(reference.get("pmid", "")), normal_doi(str(reference.get("citation", ""))))
            named = {a.record_id: (a, name) for name in reversed(names) for a in published.get(name, [])}
            for article, name in named.values():
                yield _publication(article, record, name, kind)


def _publication(article: Record, trial: Record, name: str, kind: str) -> Link:
    why = f"the registry lists {name} as {kind.lower() or 'reference'}"
    if kind in ("RESULT", "DERIVED") and not is_review(article) and article.kind in REPORT_KINDS:
        return link(article.record_id, trial.record_id, "registration", why, 1, joins="study")
    return link(trial.record_id, article.record_id, "cites", why, 1)


def _references(record: Record) -> list[dict[str, object]]:
    return [one for one in registry_list(record, "referencesModule", "references") if isinstance(one, dict)]


def citation_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield ``cites`` links: DOIs and registrations that a record mentions. They join nothing."""
    listed = sorted(records, key=lambda r: r.record_id)
    by_doi: dict[str, list[Record]] = defaultdict(list)
    by_nct: dict[str, list[Record]] = defaultdict(list)
    for record in listed:
        if normal_doi(record.doi) and record.kind != "news":
            by_doi[normal_doi(record.doi)].append(record)
        if record.kind == "registration":
            for value in own_registrations(record):
                by_nct[value].append(record)
    for record in listed:
        for value in cited_dois(record):
            for other in by_doi.get(value, []):
                yield link(record.record_id, other.record_id, "cites", f"DOI {value}", 1)
        for value in cited_registrations(record):
            for end in [r.record_id for r in by_nct.get(value, [])] or [f"nct:{value}"]:
                if end != record.record_id:
                    yield link(record.record_id, end, "cites", f"mentions {value}", 1)
