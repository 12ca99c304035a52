"""Finding the terms of a vocabulary in a text: the longest wording wins, voided contexts are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sonospine.vocabulary.spelling import LETTERS, LONGEST_BEGINNING, beginning, pattern
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


@dataclass(frozen=True, slots=True)
class _Contexts:
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


class Matcher:
    """Finds the terms of one kind.

    Wordings are filed under the signs with which each of their spellings begins, so that a position in the text is
    tried against few of them, and most patterns are never made.
    """

    def __init__(self, kind: str, terms: Iterable[Term], *, loose: bool = False) -> None:
        self.kind = kind
        self._filed: dict[str, list[_Wording]] = {}
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
                    self._filed.setdefault(beginning(wording), []).append(entry)

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in a text, by start; they do not overlap."""
        return list(self._scan(text))

    def _scan(self, text: str) -> Iterator[Mention]:
        reached = 0
        for position in _STARTS.finditer(text):
            start = position.start()
            if start < reached:
                continue
            best = self._longest(self._wordings_at(text, start), text, start)
            if best is None:
                continue
            wording, end = best
            reached = end
            if wording.group != "never":
                yield Mention(self.kind, wording.term, start, end, text[start:end])

    def _wordings_at(self, text: str, start: int) -> Iterator[_Wording]:
        sign = text[start].casefold()
        yield from self._filed.get(sign, ())
        ahead = text[start : start + LONGEST_BEGINNING].lower()
        for length in range(2, len(ahead) + 1):
            yield from self._filed.get(ahead[:length], ())

    def _longest(self, wordings: Iterable[_Wording], text: str, start: int) -> tuple[_Wording, int] | None:
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
