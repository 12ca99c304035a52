"""Finding the terms of a vocabulary in a text: the longest wording wins, voided contexts are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sonospine.vocabulary.spelling import LETTERS, first_sign, pattern
from sonospine.vocabulary.terms import Mention, Term

_STARTS = re.compile(rf"(?<![{LETTERS}])[{LETTERS}]|[^\s{LETTERS}]")
_GAP = r"[\s\-\u00ad‐‑‒–—−,:;()\[\]/\"'“”‘’]*"


@dataclass(frozen=True)
class _Wording:
    term: str
    source: str
    group: str

    @cached_property
    def found(self) -> re.Pattern[str]:
        return re.compile(self.source)


@dataclass(frozen=True)
class _Filed:
    """Wordings that begin with the same sign; most texts need few of the patterns, so none is made before."""

    wordings: list[_Wording]

    @cached_property
    def any(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{wording.source})" for wording in self.wordings))


@dataclass(frozen=True, slots=True)
class _Contexts:
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


class Matcher:
    """Finds the terms of one kind.

    Wordings are filed under their first sign, so that a position in the text is tried against few of them;
    one joined pattern per sign rejects most positions at once.
    """

    def __init__(self, kind: str, terms: Iterable[Term], *, loose: bool = False) -> None:
        self.kind = kind
        filed: dict[str, list[_Wording]] = {}
        self._contexts: dict[str, _Contexts] = {}
        listed = tuple(terms)
        self.ids = frozenset(term.id for term in listed)
        for term in listed:
            self._contexts[term.id] = _contexts(term)
            for wordings, group in (
                (term.synonyms, "synonyms"),
                (term.always, "always"),
                (term.never, "never"),
                (term.alone, "alone"),
            ):
                for wording in wordings:
                    entry = _Wording(term.id, pattern(wording, loose=loose), group)
                    filed.setdefault(first_sign(wording), []).append(entry)
        self._filed = {sign: _Filed(wordings) for sign, wordings in filed.items()}

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in a text, by start; they do not overlap."""
        return list(self._scan(text))

    def _scan(self, text: str) -> Iterator[Mention]:
        reached = 0
        for position in _STARTS.finditer(text):
            start = position.start()
            if start < reached:
                continue
            entry = self._filed.get(position.group().casefold())
            if entry is None or not entry.any.match(text, start):
                continue
            best = self._longest(entry.wordings, text, start)
            if best is None:
                continue
            wording, end = best
            reached = end
            if wording.group != "never":
                yield Mention(self.kind, wording.term, start, end, text[start:end])

    def _longest(self, wordings: list[_Wording], text: str, start: int) -> tuple[_Wording, int] | None:
        best: tuple[_Wording, int] | None = None
        for wording in wordings:
            match = wording.found.match(text, start)
            if match is None or (best is not None and match.end() <= best[1]):
                continue
            if wording.group == "synonyms" and self._is_voided(wording.term, text, start, match.end()):
                continue
            if wording.group == "alone" and not _stands_alone(text, start, match.end()):
                continue
            best = (wording, match.end())
        return best

    def _is_voided(self, term: str, text: str, start: int, end: int) -> bool:
        contexts = self._contexts[term]
        if contexts.before and contexts.before.search(text[max(0, start - 60) : start]):
            return True
        return bool(contexts.after and contexts.after.match(text, end))


def _stands_alone(text: str, start: int, end: int) -> bool:
    return text[:start].rstrip()[-1:] in ("", ";") and text[end:].lstrip()[:1] in ("", ";")


def _contexts(term: Term) -> _Contexts:
    before = after = None
    if term.not_after:
        before = re.compile("(?:" + "|".join(pattern(w) for w in term.not_after) + ")" + _GAP + r"\Z")
    if term.not_before:
        after = re.compile(_GAP + "(?:" + "|".join(pattern(w) for w in term.not_before) + ")")
    return _Contexts(before, after)
