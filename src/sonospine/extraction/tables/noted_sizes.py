"""Numbers of participants that a footnote gives for some outcomes of a table only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sonospine.extraction.arms import DocumentArms
from sonospine.extraction.tables.notes import footnotes_of
from sonospine.model.record import Table

# "n = 99 X group; n = 108 control group; some did not wear the device"
_FOR_ARM = re.compile(
    r"\b[nN]\s*=\s*(?P<n>\d{1,5})\b\s*(?:(?:in|for|of)\s+)?(?:the\s+)?(?P<arm>[A-Za-z][^;,.()=\d]{0,50}?)\s*(?=[;,.()]|\band\b|$)"
)
# "N: ABC, 91/87 placebo/drug; DEF, 90 drug" and "N placebo/drug: ABC, 94/90; GHI (90/88)"
_LISTED = re.compile(r"(?:^|[\s(*\u2020])[nN]\s*(?P<order>[^:;()\d]{3,80}?)?\)?\s*:\s*(?P<items>.+)$")
_ITEM = re.compile(
    r"(?P<name>[A-Za-z][^;,()/]{1,50}?)\s*(?:,\s*|\(\s*)(?P<first>\d{1,5})(?:\s*/\s*(?P<second>\d{1,5}))?\s*\)?\s*(?P<who>[A-Za-z][^;,()]{1,60})?(?=[;,.]|$)"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{4,}")
_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class NotedSize:
    """The participants of an arm behind one outcome of a table: its row label, the arm's label, n and its place."""

    label: str
    arm: str
    n: str
    locator: str


def noted_sizes(table: Table, labels: Iterable[str], arms: DocumentArms) -> dict[tuple[str, str], NotedSize]:
    """Return the sizes that footnotes give by outcome, keyed by row label and arm; two that differ cancel each other.

    A footnote speaks of a row by its name, or by a word (of five letters or more) that only this row's label has.
    """
    told = list(dict.fromkeys(label for label in labels if label))
    found: dict[tuple[str, str], NotedSize] = {}
    refused: set[tuple[str, str]] = set()
    for place, note in footnotes_of(table):
        for size in (*_by_word(note, told, arms), *_by_list(note, told, arms)):
            key = (size.label, size.arm)
            if key in found and found[key].n != size.n:
                refused.add(key)
            found.setdefault(key, NotedSize(size.label, size.arm, size.n, f"{place}:{size.locator}"))
    return {key: size for key, size in found.items() if key not in refused}


def _by_word(note: str, labels: list[str], arms: DocumentArms) -> Iterator[NotedSize]:
    sized = []
    rest = note
    for found in _FOR_ARM.finditer(note):
        arm = arms.match(found["arm"])
        if arm is not None:
            sized.append((arm.label, found["n"], f"{found.start('n')}-{found.end('n')}"))
            rest = rest.replace(found.group(), " ")
    if len({label for label, _, _ in sized}) < 2:
        return
    words = {word.lower() for word in _WORD.findall(rest)}
    for label in labels:
        own = _words(label)
        others = {word for other in labels if other != label for word in _words(other)}
        if words & (own - others):
            yield from (NotedSize(label, name, n, span) for name, n, span in sized)


def _by_list(note: str, labels: list[str], arms: DocumentArms) -> Iterator[NotedSize]:
    listed = _LISTED.search(note)
    if listed is None:
        return
    general = _order(listed["order"] or "", arms)
    for item in _ITEM.finditer(note, listed.start("items")):
        order = _order(item["who"] or "", arms) or general
        numbers = [name for name in ("first", "second") if item[name]]
        if len(order) != len(numbers):
            continue
        rows = [label for label in labels if _named(label, item["name"])]
        for label in rows if len(rows) == 1 else ():
            for arm, name in zip(order, numbers, strict=True):
                yield NotedSize(label, arm, item[name], f"{item.start(name)}-{item.end(name)}")


def _order(text: str, arms: DocumentArms) -> list[str]:
    matched = [arms.match(part) for part in text.split("/")]
    return [arm.label for arm in matched if arm is not None] if all(matched) else []


def _named(label: str, name: str) -> bool:
    own, other = (_LETTERS.sub(" ", text.lower()).strip() for text in (label, name))
    return f"{own} ".startswith(f"{other} ")


def _words(label: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(label))


def size_for(noted: Mapping[tuple[str, str], NotedSize], labels: Iterable[str], arm: str) -> NotedSize | None:
    """Return the noted size of an arm under one of the labels of a cell."""
    return next((noted[label, arm] for label in labels if (label, arm) in noted), None)
