"""The whole screening: decisions, studies and PRISMA counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sonospine.config.settings import Config
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import DECISIONS, STUDIES
from sonospine.model.votes import Settled
from sonospine.screening import registration
from sonospine.screening.curation import COLUMNS, findings_set, orders
from sonospine.screening.decisions import Decided, Screener
from sonospine.screening.eligibility import Verdict
from sonospine.screening.facts import Facts
from sonospine.screening.labels import labels, year_of
from sonospine.screening.participants import participants
from sonospine.screening.pieces import all_pieces
from sonospine.screening.prisma import prisma_counts
from sonospine.screening.remembered import remembering
from sonospine.screening.study import ARTICLES, Study, studies_of
from sonospine.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Screened:
    """Rows of the tables ``decisions``, ``studies`` and ``prisma``; curation lines that name nothing."""

    decisions: list[Row]
    studies: list[Row]
    prisma: list[Row]
    unheeded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkedRows:
    """Rows of the tables that linkage writes."""

    records: Sequence[Row]
    reports: Sequence[Row]
    links: Sequence[Row]


def screen(
    records: Iterable[Record],
    linked: LinkedRows,
    config: Config,
    vocabulary: Vocabulary,
    curation_rows: Iterable[Row] = (),
    rejected: Sequence[Row] = (),
    searches: Sequence[Row] = (),
) -> Screened:
    """Decide which studies are in, classify each, and count for PRISMA.

    Parameters
    ----------
    records
        All records of the tables in ``linked``.
    linked
        Records, reports and links.
    config
        The eligibility criteria.
    vocabulary
        What the words mean.
    curation_rows
        Lines of ``extracted/curation/screening`` in the order in which they were written.
    rejected
        Rows of ``rejected.tsv``.
    searches
        Rows of ``searches.tsv``.

    Returns
    -------
    Screened
        A decision at stage ``record`` for every record (a duplicate carries that of its report's best record),
        one at stage ``report`` for each report that passed, a row for every study, and the counts. A study is
        included where one of its reports has decision ``include`` or ``not_retrieved`` at stage ``report``.
    """
    by_id = {record.record_id: record for record in records}
    studies = studies_of(by_id, linked.records, linked.reports, linked.links)
    study_of = {row["record_id"]: row["study_id"] for row in linked.records}
    order = orders(curation_rows, study_of)
    decisions: list[Row] = []
    facts: dict[str, Facts] = {}
    words = remembering(vocabulary)
    for study in studies:
        words.forget()
        settled = order.studies.get(study.study_id, {})
        screener = Screener(config.eligibility, words, findings_set(settled), settled, order.records)
        facts[study.study_id] = screener.facts(study, full=True)
        for decided in screener.decide(study):
            decisions += _decision_rows(decided)
    return Screened(
        decisions,
        _study_rows(studies, facts, order.studies, vocabulary),
        prisma_counts(linked.records, linked.reports, decisions, rejected, searches),
        order.unheeded,
    )


def _decision_rows(decided: Decided) -> list[Row]:
    best, *others = decided.report.records
    rows = [_row(best.record_id, "record", decided.at_record)]
    for other in others:
        row = _row(other.record_id, "record", decided.at_record)
        rows.append(row | {"evidence": f"another record of the report {best.record_id}", "locator": ""})
    if decided.at_report is not None:
        rows.append(_row(best.record_id, "report", decided.at_report))
    return rows


def _row(record_id: str, stage: str, verdict: Verdict) -> Row:
    return DECISIONS.row(
        record_id=record_id,
        stage=stage,
        decision=verdict.decision,
        reason=verdict.reason,
        criterion=verdict.criterion,
        evidence=verdict.evidence,
        locator=verdict.locator,
        by=verdict.by,
    )


def _study_rows(
    studies: list[Study],
    facts: Mapping[str, Facts],
    orders_of: Mapping[str, Mapping[str, Settled]],
    vocabulary: Vocabulary,
) -> list[Row]:
    settled = {study.study_id: orders_of.get(study.study_id, {}) for study in studies}
    years = {
        study.study_id: settled[study.study_id]["year"].value
        if "year" in settled[study.study_id]
        else year_of(study)
        for study in studies
    }
    first = {study.study_id: facts[study.study_id].ids("procedure").partition(";")[0] for study in studies}
    subjects = {
        key: vocabulary.procedures[term].label for key, term in first.items() if term in vocabulary.procedures
    }
    named = labels(studies, years, subjects)
    rows = []
    for study in studies:
        told = facts[study.study_id]
        registered = [r.best for r in study.reports if r.kind == "registration"]
        row = STUDIES.row(
            study_id=study.study_id,
            label=named[study.study_id],
            year=years[study.study_id],
            design=told.ids("design"),
            condition=told.ids("condition"),
            region=told.ids("region"),
            procedure=told.ids("procedure"),
            guidance=told.ids("guidance"),
            country=", ".join(sorted({c for r in registered for c in registration.countries(r)})),
            registration=";".join(study.registrations),
            status="; ".join(dict.fromkeys(s for r in registered if (s := registration.status(r)))),
            n_randomised=_n_randomised(study, registered),
        )
        rows.append(
            row
            | {
                name: settled[study.study_id][name].value
                for name in COLUMNS
                if name in settled[study.study_id]
            }
        )
    return rows


def _n_randomised(study: Study, registered: Sequence[Record]) -> str:
    articles = [record for report in study.reports if report.kind in ARTICLES for record in report.records]
    told = participants(all_pieces(articles, full=True))
    counts = {registration.enrolled(record) for record in registered} - {""}
    return told or (counts.pop() if len(counts) == 1 else "")
