"""The sixteen items of PRISMA-S with what is known of each, and what nobody told."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sonospine.report.checklist import Item
from sonospine.report.search import SearchDocumentation, SearchedSource, counted
from sonospine.screening.identified import FULL_TEXT

NOTHING = "Nothing was searched."


def items_of(documented: SearchDocumentation) -> list[Item]:
    """Return the items in their order; ``untold`` names what a reviewer still has to write."""
    return [
        Item(str(number), name, *told(documented))
        for number, (name, told) in enumerate(_ITEMS.items(), start=1)
    ]


_Told = tuple[str] | tuple[str, str]


def _databases(documented: SearchDocumentation) -> _Told:
    found = _of_kind(documented, "database")
    if not found:
        return ("No bibliographic database was searched.",)
    return _via(found), _lacking(found, "platform", "platform of")


def _together(documented: SearchDocumentation) -> _Told:
    platforms: dict[str, list[str]] = {}
    for source in documented.sources:
        if source.searched and not source.live and source.row["platform"]:
            platforms.setdefault(source.row["platform"], []).append(source.name)
    shared = [
        f"{', '.join(names)} through {platform}" for platform, names in platforms.items() if len(names) > 1
    ]
    if shared:
        return f"Of one platform: {'; '.join(shared)}.", "whether they were searched together"
    return ("None: each database was searched by itself." if _searched(documented) else NOTHING,)


def _registries(documented: SearchDocumentation) -> _Told:
    found = _of_kind(documented, "register")
    if not found:
        return ("No study registry was searched.",)
    return _via(found), _lacking(found, "platform", "platform of")


def _browsing(documented: SearchDocumentation) -> _Told:
    text = "None: the program browses nothing, and every record came from a source that is listed here."
    return text, _from_files(documented, "browsing")


def _citations(documented: SearchDocumentation) -> _Told:
    text = (
        "None: the program follows neither cited nor citing references, and no source is configured as such."
    )
    return text, _from_files(documented, "citation searching")


def _contacts(_documented: SearchDocumentation) -> _Told:
    return "", "whether authors, experts or manufacturers were asked"


def _others(documented: SearchDocumentation) -> _Told:
    found = [s for s in documented.sources if not s.searched]
    return (" ".join(source.summary for source in found) or "None.",)


def _strategies(documented: SearchDocumentation) -> _Told:
    found = _searched(documented)
    known = [source.name for source in found if source.query]
    text = f"Given in full below, as written and as sent: {', '.join(known)}." if known else ""
    return text or ("" if found else NOTHING), _lacking(found, "query", "strategy of")


def _limits(documented: SearchDocumentation) -> _Told:
    found = _searched(documented)
    known = [
        f"{s.name}: {'; '.join(filter(None, s.row['limits'].split(';'))) or 'none'}"
        for s in found
        if s.row["limits"] or s.live
    ]
    lacking = [s.name for s in found if not s.row["limits"] and not s.live]
    return _sentence(known) or ("" if found else NOTHING), _named("limits of", lacking)


def _filters(documented: SearchDocumentation) -> _Told:
    if not _searched(documented):
        return (NOTHING,)
    return "The program adds no filter to a query.", "whether a query holds a published filter, and which"


def _prior(documented: SearchDocumentation) -> _Told:
    if not _searched(documented):
        return (NOTHING,)
    return "", "whether strategies of earlier reviews were used or adapted"


def _updates(documented: SearchDocumentation) -> _Told:
    told = []
    for source in documented.sources:
        dates = [f"{count:,} first seen {date}" for date, count in source.first_seen]
        if source.update:
            told.append(f"{source.name}: {source.update} Records: {', '.join(dates) or 'no date'}.")
    if told:
        return (" ".join(told),)
    if any(source.live for source in documented.sources):
        return (
            "The snapshot is the first; the search is repeated with `sonospine fetch --update`, which fetches what is "
            "new or revised.",
        )
    if not _searched(documented):
        return (NOTHING,)
    return "No search was repeated by the program.", "how searches are kept up to date"


def _dates(documented: SearchDocumentation) -> _Told:
    found = [s for s in documented.sources if s.searched or s.kind == FULL_TEXT]
    known = [f"{s.name}: {s.row['searched']}" for s in found if s.row["searched"]]
    return _sentence(known) or ("" if found else NOTHING), _lacking(found, "searched", "date of")


def _review(documented: SearchDocumentation) -> _Told:
    if not _searched(documented):
        return (NOTHING,)
    return "", "whether the strategies were peer reviewed, and how"


def _totals(documented: SearchDocumentation) -> _Told:
    total = sum(box.total for box in documented.identified)
    parts = [
        f"{box.title.lower()} {box.total:,}"
        + (f" ({'; '.join(f'{name} {count:,}' for name, count in box.lines)})" if box.lines else "")
        for box in (*documented.identified, *documented.removed)
    ]
    return (f"{counted(total, 'record')}: {', '.join(parts)}." if parts else "No counts are at hand.",)


def _duplicates(documented: SearchDocumentation) -> _Told:
    done = documented.deduplication
    by = "; ".join(f"{name} {count:,}" for name, count in done.by_evidence)
    return (
        f"By {done.software}, as described below. Duplicates: {counted(done.duplicates, 'record')} of a report that "
        f"another record stands for ({by}), and {counted(done.repeated, 'entry', 'entries')} passed over at import.",
    )


_ITEMS: dict[str, Callable[[SearchDocumentation], _Told]] = {
    "Database name": _databases,
    "Multi-database searching": _together,
    "Study registries": _registries,
    "Online resources and browsing": _browsing,
    "Citation searching": _citations,
    "Contacts": _contacts,
    "Other methods": _others,
    "Full search strategies": _strategies,
    "Limits and restrictions": _limits,
    "Search filters": _filters,
    "Prior work": _prior,
    "Updates": _updates,
    "Dates of searches": _dates,
    "Peer review": _review,
    "Total records": _totals,
    "Deduplication": _duplicates,
}


def _from_files(documented: SearchDocumentation, what: str) -> str:
    """Return the question that files without a search leave open."""
    names = [source.name for source in documented.sources if source.kind == "other"]
    return _named(f"whether {what} led to", names)


def _of_kind(documented: SearchDocumentation, kind: str) -> list[SearchedSource]:
    return [source for source in documented.sources if source.kind == kind]


def _searched(documented: SearchDocumentation) -> list[SearchedSource]:
    return [source for source in documented.sources if source.searched]


def _via(found: Iterable[SearchedSource]) -> str:
    return _sentence(f"{s.name}{' through ' + s.row['platform'] if s.row['platform'] else ''}" for s in found)


def _lacking(found: Iterable[SearchedSource], column: str, what: str) -> str:
    return _named(what, [source.name for source in found if not source.row[column]])


def _named(what: str, names: list[str]) -> str:
    return f"{what} {', '.join(names)}" if names else ""


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(parts)
    return f"{text}." if text else ""
