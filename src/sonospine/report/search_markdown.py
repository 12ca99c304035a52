"""The documentation of the search as Markdown: an appendix that can be pasted into a manuscript."""

from __future__ import annotations

from collections.abc import Sequence

from sonospine.report.checklist import Item
from sonospine.report.deduplication import method_in_words
from sonospine.report.markdown import escaped, fenced, table
from sonospine.report.search import COUNTS, UNTOLD, SearchDocumentation, SearchedSource

_NOT_TOLD = UNTOLD.capitalize()


def search_markdown(documented: SearchDocumentation, items: Sequence[Item]) -> str:
    """Write the documentation as Markdown (CommonMark with tables); texts from outside are escaped."""
    parts = [f"# Documentation of the search: {escaped(documented.title)}"]
    if documented.banner:
        parts.append(f"**{escaped(documented.banner)}.**")
    parts += ["## Search methods", *_methods(documented), "## PRISMA-S checklist"]
    parts.append(table(("Item", "Reported", f"{_NOT_TOLD}"), map(_item_cells, items)))
    parts.append("PRISMA-S: Rethlefsen et al., Systematic Reviews 2021;10:39.")
    parts += ["## Records per source", _counts(documented)]
    parts.append("## Sources")
    for source in documented.sources:
        parts += _source(source)
    if not documented.sources:
        parts.append("No source is configured.")
    parts += ["## Deduplication", *(escaped(text) for text in method_in_words(documented.deduplication))]
    parts.append(_deduplication(documented))
    parts += ["## Software", table(("What", "Software"), documented.software)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _methods(documented: SearchDocumentation) -> list[str]:
    return [escaped(source.summary) for source in documented.sources] or ["No source is configured."]


def _item_cells(item: Item) -> tuple[str, str, str]:
    return f"{item.number} {item.name}", item.text, item.untold


def _counts(documented: SearchDocumentation) -> str:
    rows = [(s.name, *s.counts, f"{s.readable:,}") for s in documented.sources]
    return table(("Source", *COUNTS, "in the review"), rows) if rows else "No source is configured."


def _source(source: SearchedSource) -> list[str]:
    parts = [f"### {escaped(source.name)}"]
    parts.append("\n".join(f"- {name}: {escaped(value)}" for name, value in source.facts))
    if source.searched:
        parts.append("Query as written:")
        parts.append(fenced(source.query) if source.query else f"{_NOT_TOLD}.")
    if source.sent:
        parts.append(f"Queries as sent ({len(source.sent)}):")
    for number, sent in enumerate(source.sent, start=1):
        parts.append(f"{number}\\. {sent.reported or '?'} reported, {sent.fetched or '?'} fetched:")
        parts.append(fenced(sent.query))
        if sent.translation:
            parts += ["Understood by the source as:", fenced(sent.translation)]
    if source.warnings:
        parts.append("The source warned:")
        parts.append("\n".join(f"- {escaped(text)}" for text in source.warnings))
    if source.update:
        parts.append(escaped(source.update))
    if source.first_seen:
        dates = ", ".join(f"{count:,} on {date}" for date, count in source.first_seen)
        parts.append(f"Records by the snapshot in which they came first: {dates}.")
    return parts


def _deduplication(documented: SearchDocumentation) -> str:
    done = documented.deduplication
    rows = [(f"Duplicates: {name}", f"{count:,}") for name, count in done.by_evidence]
    return table(("What", "Number"), [*rows, *((name, f"{n:,}") for name, n in done.other_counts)])
