"""Records become reports, reports become studies; every join has a link with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sonospine.linkage.companions import news_links, notice_links
from sonospine.linkage.curation import Ruling, ruling
from sonospine.linkage.groups import Groups
from sonospine.linkage.identifiers import (
    citation_links,
    publication_links,
    registration_links,
    report_links,
)
from sonospine.linkage.link import Link, link, merged
from sonospine.linkage.normal import own_registrations, pmcid
from sonospine.linkage.titles import title_links
from sonospine.model.files import short_hash
from sonospine.model.identifiers import normal_doi
from sonospine.model.numbers import derived, written_truth
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import LINKS, RECORDS, REPORTS

_NOTICED = {"retraction_of": "retracted", "concern_about": "concern"}
_GRAVITY = ("retracted", "withdrawn", "concern", "revised", "current")
_KIND_ORDER = ("article", "registration", "protocol", "abstract", "erratum", "notice", "news")


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows of the tables ``records``, ``reports`` and ``links``; curation lines that name no record."""

    records: list[Row]
    reports: list[Row]
    links: list[Row]
    unheeded: tuple[str, ...] = ()


def link_records(records: Iterable[Record], curation_rows: Iterable[Row] = ()) -> Linked:
    """Join records into reports and reports into studies.

    Parameters
    ----------
    records
        All records, in any order: the outcome does not depend on it. Of records with one id the first in
        order of their hash counts.
    curation_rows
        Lines of ``extracted/curation/links`` and ``extracted/curation/studies`` (see ``linkage.curation``).

    Returns
    -------
    Linked
        One row for each record and each report, and every link with evidence and score: also those that join
        nothing (``cites``, ``apart``) and those that people overruled, whose evidence says so.
    """
    listed = _one_each(records)
    by_id = {r.record_id: r for r in listed}
    rule = ruling(curation_rows, by_id)
    links = merged([*rule.links, *_machine_links(listed)])
    apart = rule.pairs("apart")
    reports = Groups(by_id, apart | rule.pairs("same_study"))
    links = _apply(links, reports, "report", by_id)
    studies = Groups(by_id, apart)
    for root, members in reports.members().items():
        for member in members:
            studies.join(root, member)
    links = _apply(links, studies, "study", by_id)
    return _tables(by_id, reports, studies, links, rule)


def _tables(
    by_id: dict[str, Record], reports: Groups, studies: Groups, links: list[Link], rule: Ruling
) -> Linked:
    grouped = {root: [by_id[name] for name in members] for root, members in reports.members().items()}
    best = {root: _best(members) for root, members in grouped.items()}
    study_ids = _study_ids(studies, rule)
    duplicates = [
        link(member.record_id, best[root].record_id, "duplicate", "another record of the same report", 1)
        for root, members in grouped.items()
        for member in members
        if member is not best[root]
    ]
    noticed = _noticed(links, reports, by_id)
    records_rows, reports_rows = [], []
    for root, members in grouped.items():
        report_id, study_id = "r" + short_hash(root), study_ids[studies.root(root)]
        reports_rows.append(
            REPORTS.row(
                report_id=report_id,
                study_id=study_id,
                kind=_kind(members),
                best_record_id=best[root].record_id,
            )
        )
        records_rows += [
            _record_row(member, report_id, study_id, noticed.get(root, "")) for member in members
        ]
    joined = {frozenset((one.from_id, one.to_id)) for one in links if one.relation != "cites"}
    listed = [
        one for one in links if one.relation != "cites" or frozenset((one.from_id, one.to_id)) not in joined
    ]
    links_rows = [_link_row(one) for one in merged([*listed, *duplicates])]
    return Linked(records_rows, reports_rows, links_rows, rule.unheeded)


def _noticed(links: list[Link], reports: Groups, by_id: dict[str, Record]) -> dict[str, str]:
    """Return the status that linked notices give to reports, by their roots: a retraction before a concern."""
    found: dict[str, str] = {}
    for one in links:
        status = _NOTICED.get(one.relation, "")
        if status and one.joins and one.to_id in by_id:
            root = reports.root(one.to_id)
            found[root] = min(status, found.get(root, status), key=_GRAVITY.index)
    return found


def _one_each(records: Iterable[Record]) -> list[Record]:
    first: dict[str, Record] = {}
    for record in sorted(records, key=lambda r: (r.record_id, r.sha256, r.file)):
        first.setdefault(record.record_id, record)
    return list(first.values())


def _machine_links(records: list[Record]) -> list[Link]:
    return [
        *report_links(records),
        *registration_links(records),
        *publication_links(records),
        *title_links(records),
        *news_links(records),
        *notice_links(records),
        *citation_links(records),
    ]


def _apply(links: list[Link], groups: Groups, level: str, by_id: dict[str, Record]) -> list[Link]:
    """Join what the links of a level join; a link that is overruled is kept, joins nothing and says so.

    People overrule; so do identifiers, where a likeness would bring two reports together through a third record
    that has none.
    """
    numbers = {name: _numbers(record) for name, record in by_id.items()} if level == "report" else {}
    applied = []
    for one in sorted(links, key=lambda item: item.rank):
        ends = (one.from_id, one.to_id)
        if one.joins != level or not set(ends) <= by_id.keys():
            applied.append(one)
            continue
        roots = (groups.root(ends[0]), groups.root(ends[1]))
        likeness = level == "report" and one.score < 1
        if likeness and (differing := _differing(numbers, *roots)):
            why = f"{one.evidence}; not applied: it is one of several reports with other {differing}"
            applied.append(replace(one, evidence=why, joins=""))
        elif groups.join(*ends):
            applied.append(one)
            root = groups.root(ends[0])
            if numbers and roots[0] != roots[1]:
                numbers[root] = {
                    key: numbers[roots[0]][key] | numbers[roots[1]][key] for key in numbers[root]
                }
        else:
            applied.append(replace(one, evidence=f"{one.evidence}; not applied: people set apart", joins=""))
    return applied


def _numbers(record: Record) -> dict[str, frozenset[str]]:
    numbers = {"PMIDs": record.pmid, "PMCIDs": pmcid(record.pmcid), "DOIs": normal_doi(record.doi)}
    return {name: frozenset({value} - {""}) for name, value in numbers.items()}


def _differing(numbers: dict[str, dict[str, frozenset[str]]], a: str, b: str) -> str:
    """Return which identifiers of two groups all differ; empty where none do."""
    pairs = ((name, numbers[a][name], numbers[b][name]) for name in numbers[a])
    return next((name for name, one, other in pairs if one and other and not one & other), "")


def _study_ids(studies: Groups, rule: Ruling) -> dict[str, str]:
    """Return the id of each study: kept where people keep it, else from its smallest record id.

    Where a kept id is claimed by two studies (one was split), the one with the smaller record id has it.
    """
    ids: dict[str, str] = {}
    given: set[str] = set()
    members = studies.members()
    for root, names in members.items():
        kept = next((rule.kept_ids[n] for n in names if n in rule.kept_ids), "")
        if kept and kept not in given:
            ids[root] = kept
            given.add(kept)
    for root in members:
        if root not in ids:
            new = "s" + short_hash(root)
            ids[root] = new if new not in given else "s" + short_hash(root, "split")
            given.add(ids[root])
    return ids


def _best(records: list[Record]) -> Record:
    """Return the record with the most text: full text, then abstract or registry data, then length, then id."""

    def worth(record: Record) -> tuple[bool, bool, int, str]:
        size = sum(len(p.text) for p in record.passages)
        has_abstract = bool(record.abstract() or record.registry)
        return (not record.full_text, not has_abstract, -size, record.record_id)

    return min(records, key=worth)


def _kind(records: list[Record]) -> str:
    return min((r.kind for r in records), key=_KIND_ORDER.index)


def _record_row(record: Record, report_id: str, study_id: str, noticed: str) -> Row:
    return RECORDS.row(
        record_id=record.record_id,
        source=record.source,
        search=record.search,
        report_id=report_id,
        study_id=study_id,
        title=record.title,
        year=record.year if record.year.isdigit() else "",
        journal=record.journal,
        authors=";".join(record.authors),
        doi=normal_doi(record.doi),
        pmid=record.pmid,
        pmcid=record.pmcid,
        nct=";".join(own_registrations(record)),
        language=record.language,
        types=";".join(record.types),
        status=min(noticed or record.status, record.status, key=_GRAVITY.index),
        first_seen=record.first_seen,
        full_text=written_truth(record.full_text),
        licence=record.licence,
        sha256=record.sha256,
    )


def _link_row(one: Link) -> Row:
    return LINKS.row(
        from_id=one.from_id,
        to_id=one.to_id,
        relation=one.relation,
        evidence=one.evidence,
        score=derived(round(one.score, 4)),
    )
