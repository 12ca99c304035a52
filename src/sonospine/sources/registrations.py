"""Which registrations a report names as its own, and which it only mentions.

Own are those of the registration line, of the abstract and of the methods; a number in a table, in the references,
or of another trial that an introduction or a discussion speaks about is a citation. ``linkage`` decides what a
report with several own ones, or a review, is joined to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sonospine.model.identifiers import NCT, ncts_in
from sonospine.model.record import Passage
from sonospine.sources.identifiers import registered_in, unique

MOST_OWN = 3
"""More registrations than this in a text belong to the trials that a review speaks about."""
_REACH = 110
_OTHERS = re.compile(
    r"(?<!this )(?<!our )(?<!present )(?<!current )\b(?:previous(?:ly)?|prior|earlier|preceding|another|other|ongoing|similar|"
    r"future|larger|subsequent|follow-?up|extension|separate|companion|planned|forthcoming)\s+(?:[\w,-]+\s+){0,4}"
    r"(?:trials?|stud(?:y|ies)|reported|published|described|protocol)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:(?:this|our|the present|the current|present|current)\s+(?:[\w-]+[\s,]+){0,4}(?:trial|study|protocol|work|research)"
    r"|clinical trials? (?:information|registration|registry)|trial registration)\b[^.;]{0,80}$",
    re.IGNORECASE,
)


def own_in_abstract(
    passages: Iterable[Passage], *, banked: tuple[str, ...] = (), summary: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the own and the mentioned registrations of a record of a database.

    Parameters
    ----------
    passages
        The passages of the abstract.
    banked
        Registrations that the database lists for the publication: its own, and with them only what the abstract
        calls registered.
    summary
        The publication summarises or comments on others: nothing in its abstract is its own.
    """
    listed = list(passages)
    named = unique(nct for p in listed for nct in ncts_in(_text(p)))
    if banked:
        own = unique((*banked, *(nct for p in listed for nct in _registered(p))))
    elif summary or len(named) > MOST_OWN:
        own = ()
    else:
        own = unique(nct for p in listed for nct in _abstract(p))
    return own, tuple(nct for nct in named if nct not in own)


def own_in_text(passages: Iterable[Passage]) -> tuple[str, ...]:
    """Return the own registrations of a full text: abstract, then body and back matter.

    The abstract decides where it names any. In the body a number counts that stands near words of registration in
    methods or unnamed sections, or that "this trial" has, wherever that stands; without any, the only number of
    the methods and of the notes at the end. References are no passages of those roles.
    """
    listed = [p for p in passages if not _reference(p)]
    near = unique(nct for p in listed if p.locator.startswith("abstract/") for nct in _abstract(p))
    if near:
        return near if len(near) <= MOST_OWN else ()
    rest = [p for p in listed if not p.locator.startswith(("abstract/", "title"))]
    found = unique(
        nct
        for p in rest
        for nct in (*(_registered(p) if p.role in ("methods", "other") else ()), *_called_own(p))
    )
    if not found:
        lone = unique(
            nct
            for p in rest
            if p.role in ("methods", "other")
            for nct in ncts_in(_text(p))
            if nct not in _others(p)
        )
        found = lone if len(lone) == 1 else ()
    return found if len(found) <= MOST_OWN else ()


def _text(passage: Passage) -> str:
    return f"{' '.join(passage.headings)}: {passage.text}"


def _reference(passage: Passage) -> bool:
    heads = " ".join(passage.headings).lower()
    return passage.locator.startswith("back/") and ("reference" in heads or "bibliography" in heads)


def _abstract(passage: Passage) -> tuple[str, ...]:
    """Return what an abstract has as its own: an introduction has it only with words of registration."""
    found = registered_in(_text(passage)) if passage.role == "introduction" else ncts_in(_text(passage))
    return tuple(nct for nct in found if nct not in _others(passage))


def _registered(passage: Passage) -> tuple[str, ...]:
    return tuple(nct for nct in registered_in(_text(passage)) if nct not in _others(passage))


def _others(passage: Passage) -> frozenset[str]:
    """Return the numbers that a sentence gives to another trial."""
    return frozenset(nct for nct, before in _befores(passage) if _OTHERS.search(before))


def _called_own(passage: Passage) -> tuple[str, ...]:
    """Return the numbers that a sentence gives to "this trial"."""
    return tuple(
        nct for nct, before in _befores(passage) if _OWN.search(before) and not _OTHERS.search(before)
    )


def _befores(passage: Passage) -> list[tuple[str, str]]:
    """Return each number with the words of its sentence that stand before it."""
    text = passage.text
    return [
        (
            f"NCT{found[1]}",
            re.split(r"[.;?!]\s+(?=[A-Z])", text[max(0, found.start() - _REACH) : found.start()])[-1],
        )
        for found in NCT.finditer(text)
    ]
