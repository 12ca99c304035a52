"""The whole report as files: a pure function of the review."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader

from sonospine.evidence.described import subject_of, values_of
from sonospine.evidence.environment import environment_for
from sonospine.evidence.flags import flags_in_words
from sonospine.evidence.fragments import chain_html, sources_html
from sonospine.evidence.naming import addresses_of_row, place_in_words
from sonospine.figures.svg import relinked
from sonospine.figures.wording import INTERVALS, list_in_words
from sonospine.model.demonstration import BANNER
from sonospine.model.files import sha256
from sonospine.model.grade import DOWNGRADES
from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.model.times import readable_time
from sonospine.report import lists
from sonospine.report.analyses import FIGURE_BASE, ShownAnalysis, effect_line, shown_analysis
from sonospine.report.deduplication import method_in_words
from sonospine.report.downloads import SEPARATORS, exports_of, table_file, tables_of
from sonospine.report.editorial import (
    ABSTRACT_ONLY,
    NOT_RETRIEVED,
    change_groups,
    editorial_lines,
    status_badges,
    text_badge,
    updates,
)
from sonospine.report.flow import faults_of, flow_of
from sonospine.report.judged import judged_studies
from sonospine.report.methods import methods_of
from sonospine.report.methods_markdown import methods_markdown
from sonospine.report.numbers import window_bounds
from sonospine.report.prisma_2020 import prisma_items
from sonospine.report.prisma_s import items_of
from sonospine.report.review import INCLUDED, Review
from sonospine.report.search import COUNTS, UNTOLD, search_documentation
from sonospine.report.search_markdown import search_markdown
from sonospine.report.suggestions import RULES
from sonospine.report.summary import summary_of


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return environment_for(PackageLoader("sonospine.report"))


def report_files(review: Review) -> dict[str, bytes]:
    """Return every file of the report by its path in the report's folder.

    Returns
    -------
    dict
        ``index.html``, ``search.html``, ``search.md``, ``methods.html``, ``methods.md``, ``prisma.html``, ``style.css``, ``studies/<study_id>.html`` for every study, ``figures/<analysis>.<format>``,
        ``tables/<name>.tsv`` and ``.csv``, ``exports/`` with the files for other tools. The same review gives the same bytes.
    """
    made: dict[str, bytes] = {}
    tables = tables_of(review)
    for name, _, schema, rows in tables:
        for ending in SEPARATORS:
            made[f"tables/{name}.{ending}"] = table_file(
                schema, rows, ending, demonstration=review.demonstration
            )
    for analysis_id, formats in review.figures.items():
        for ending, content in formats.items():
            shown = relinked(content, FIGURE_BASE, "../") if ending == "svg" else content
            made[f"figures/{analysis_id}.{ending}"] = shown
    for name, _ in exports_of(review):
        made[f"exports/{name}"] = review.exports[name]
    made["style.css"] = (files("sonospine.report") / "static" / "style.css").read_bytes()
    for study_id in sorted(review.study):
        made[f"studies/{study_id}.html"] = _study_page(review, study_id).encode("utf-8")
    made |= _search_pages(review)
    made |= _methods_pages(review)
    fingerprint = sha256(b"".join(made[f"tables/{name}.tsv"] for name, *_ in tables))[:12]
    made["index.html"] = _index_page(
        review, fingerprint, [(name, about) for name, about, *_ in tables]
    ).encode("utf-8")
    return dict(sorted(made.items()))


def _shared(review: Review) -> dict[str, Any]:
    return {
        "review": review,
        "config": review.config,
        "banner": BANNER if review.demonstration else "",
        "interval_names": INTERVALS,
        "outside": addresses_of_row,
        "words": list_in_words,
        "warnings": flags_in_words,
        "readable_time": readable_time,
        "window_bounds": window_bounds,
    }


def _index_page(review: Review, fingerprint: str, tables: list[tuple[str, str]]) -> str:
    analyses: list[ShownAnalysis] = [shown_analysis(review, a) for a in review.config.analyses]
    excluded = lists.studies_with(review, "exclude")
    conflicts = lists.conflict_lines(review)
    return (
        _templates()
        .get_template("index.html.jinja")
        .render(
            **_shared(review),
            analyses=analyses,
            summary=summary_of(review),
            rules=RULES,
            labels=DOWNGRADES,
            stages=flow_of(review.prisma),
            flow_faults=faults_of(review.prisma),
            included=lists.studies_with(review, *INCLUDED),
            ongoing=lists.studies_with(review, "ongoing"),
            awaiting=lists.studies_with(review, "awaiting"),
            case_reports=lists.case_reports(review),
            excluded=lists.excluded_by_reason(excluded),
            excluded_count=len(excluded),
            conflicts=conflicts,
            open_count=sum(line.state == lists.CONFLICT_STATES[0] for line in conflicts),
            unread=lists.unread_lines(review),
            editorial=editorial_lines(review),
            updates=updates(review),
            changes=change_groups(review),
            tables=tables,
            exports=exports_of(review),
            fingerprint=fingerprint,
            pooled_count=len(review.pooled_ids),
            checked_count=len(review.checked_ids),
            inert=[row for row in review.log if row["outcome"] != "applied"],
        )
    )


def _search_pages(review: Review) -> dict[str, bytes]:
    documented = search_documentation(review)
    items = items_of(documented)
    page = (
        _templates()
        .get_template("search.html.jinja")
        .render(
            **_shared(review),
            documented=documented,
            items=items,
            counts=COUNTS,
            untold=UNTOLD,
            methods=method_in_words(documented.deduplication),
        )
    )
    return {
        "search.html": page.encode("utf-8"),
        "search.md": search_markdown(documented, items).encode("utf-8"),
    }


def _methods_pages(review: Review) -> dict[str, bytes]:
    shared, parts = _shared(review), methods_of(review)
    page = _templates().get_template("methods.html.jinja").render(**shared, parts=parts)
    checklist = _templates().get_template("prisma.html.jinja").render(**shared, items=prisma_items(review))
    return {
        "methods.html": page.encode("utf-8"),
        "methods.md": methods_markdown(review.config.title, shared["banner"], parts).encode("utf-8"),
        "prisma.html": checklist.encode("utf-8"),
    }


def _study_page(review: Review, study_id: str) -> str:
    full = review.has_full_page(study_id)
    verdict = review.verdicts.get(study_id, "exclude")
    effects = review.effects_of.get(study_id, [])
    evidence = review.evidence(study_id)
    used = {i for row in effects for i in row["measurement_ids"].split(";")}
    used |= {i for row in evidence.conflicts for i in row["measurement_ids"].split(";")}
    return (
        _templates()
        .get_template("study.html.jinja")
        .render(
            **_shared(review),
            study=review.study[study_id],
            label=review.label(study_id),
            full=full,
            verdict=verdict,
            why=lists.reason_of(review, study_id),
            records=review.records_of.get(study_id, []),
            decisions=review.decisions_of.get(study_id, []),
            links=review.links_of.get(study_id, []),
            statuses=status_badges(review, study_id),
            text=_text_in_words(text_badge(review, study_id), verdict),
            searches=review.search_names,
            judged=judged_studies(review, study_id),
            arms=[row for row in review.arms if row["study_id"] == study_id],
            unread=[line for line in lists.unread_lines(review) if line.study_id == study_id],
            effects=[_shown_effect(review, row, chain_html(row, evidence)) for row in effects],
            others=[_reading(review, row) for row in _unused(review, study_id, used)] if full else [],
            sources=sources_html(evidence, used) if full else "",
        )
    )


def _shown_effect(review: Review, row: Row, chain: object) -> dict[str, Any]:
    titles = {analysis.id: analysis.title for analysis in review.config.analyses}
    return {
        "row": row,
        "line": effect_line(review, row),
        "title": titles.get(row["analysis"], row["analysis"]),
        "included": truth(row["included"]),
        "chain": chain,
    }


def _unused(review: Review, study_id: str, used: set[str]) -> list[Row]:
    return [row for row in review.measurements_of.get(study_id, []) if row["measurement_id"] not in used]


def _reading(review: Review, row: Row) -> dict[str, str]:
    return {
        "id": row["measurement_id"],
        "subject": subject_of(row),
        "values": values_of(row),
        "quote": row["quote"],
        "place": place_in_words(review.parsed.get(row["record_id"]), row["locator"]),
        "state": "not yet checked" if row["state"] in ("", "unread") else row["state"],
        "flags": flags_in_words(row["flags"]),
    }


def _text_in_words(badge: str, verdict: str) -> str:
    """Return the badge of what is at hand; of an excluded study nobody sought the full report."""
    return f"{badge}: {NOT_RETRIEVED}" if badge == ABSTRACT_ONLY and verdict != "exclude" else badge
