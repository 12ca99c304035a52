"""Finding the terms of a vocabulary in a text: the longest wording wins, voided contexts are passed over."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sonospine.vocabulary.spelling import LETTERS, beginning, later_beginnings, pattern
from sonospine.vocabulary.terms import Mention, Term

_MOST_BEGINNINGS, _MOST_TEXTS, _MOST_PASSAGES, _LONGEST_KEPT = 32768, 1024, 32, 2000
_LONGEST_FILED = 4
_UNLIKE = re.compile("[\u0130\u0131\u017f]")
_STARTS = re.compile(rf"[{LETTERS}]+|[^\s{LETTERS}]")
_GAP = r"[\s\-\u00ad‐‑‒–—−,:;()\[\]/\"'“”‘’]*"


@dataclass(frozen=True)
class _Wording:
    term: str
    text: str
    loose: bool
    group: str
    beginning: str

    def may_stand(self, lowered: str, start: int) -> bool:
        """Tell whether a text in lower case has the beginnings of all words from a place on, each behind the one before.

        Whoever begins with "pain" shares it with hundreds; the words that follow are looked for before a pattern is made.
        """
        if not lowered.startswith(self.beginning, start):
            return False
        reached = start + len(self.beginning)
        for sign in self.later:
            at = lowered.find(sign, reached)
            if at < 0:
                return False
            reached = at + len(sign)
        return True

    @cached_property
    def later(self) -> tuple[str, ...]:
        return later_beginnings(self.text)

    @cached_property
    def found(self) -> re.Pattern[str]:
        return re.compile(pattern(self.text, loose=self.loose))


@dataclass(frozen=True, slots=True)
class _Contexts:
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


class _FiledUnder(dict[str, tuple[_Wording, ...]]):
    """The wordings that can begin with the signs of a text, for all signs that were met (most begin none)."""

    def __init__(self, filed: Mapping[str, list[_Wording]]) -> None:
        super().__init__()
        self._filed = filed

    def __missing__(self, ahead: str) -> tuple[_Wording, ...]:
        if len(self) >= _MOST_BEGINNINGS:
            self.clear()
        lowered = ahead.lower()
        # The order of the lengths is kept: of two wordings that match as much the first wins.
        wordings = [*self._filed.get(ahead[0].casefold(), ())]
        for length in range(2, len(lowered) + 1):
            wordings += self._filed.get(lowered[:length], ())
        self[ahead] = tuple(wordings)
        return self[ahead]


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
                    begins = beginning(wording)
                    entry = _Wording(term.id, wording, loose, group, begins)
                    self._filed.setdefault(begins[:_LONGEST_FILED], []).append(entry)
        # A table and a sentence ask for the same words once a value.
        self._filed_under = _FiledUnder(self._filed)
        self._kept = functools.lru_cache(maxsize=_MOST_TEXTS)(self._scan)

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in a text, by start; they do not overlap."""
        return list(self._scan(text) if len(text) > _LONGEST_KEPT else self._kept(text))

    def may_find(self, terms: Collection[str], text: str) -> bool:
        """Tell whether a text can name any of some terms: where it lacks their words, it need not be searched for all."""
        lowered = None if _UNLIKE.search(text) else text.lower()
        if lowered is None:
            return True
        wanted = (w for filed in self._filed.values() for w in filed if w.term in terms)
        return any((at := lowered.find(w.beginning)) >= 0 and w.may_stand(lowered, at) for w in wanted)

    def _scan(self, text: str) -> tuple[Mention, ...]:
        found = []
        reached = 0
        lowered, starts, ahead = _beginnings(text)
        filed = [*map(self._filed_under.__getitem__, ahead)]
        # Most signs begin no wording: those are left out before anything is done with them.
        for start, wordings in itertools.compress(zip(starts, filed, strict=True), filed):
            if start < reached:
                continue
            best = self._longest(wordings, text, start, lowered)
            if best is None:
                continue
            wording, end = best
            reached = end
            if wording.group != "never":
                found.append(Mention(self.kind, wording.term, start, end, text[start:end]))
        return tuple(found)

    def _longest(
        self, wordings: Iterable[_Wording], text: str, start: int, lowered: str | None
    ) -> tuple[_Wording, int] | None:
        best: tuple[_Wording, int] | None = None
        for wording in wordings:
            # Most wordings are passed over here: that is seen before a function is called.
            if lowered is not None and not (
                lowered.startswith(wording.beginning, start) and wording.may_stand(lowered, start)
            ):
                continue
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


@functools.lru_cache(maxsize=_MOST_PASSAGES)
def _beginnings(text: str) -> tuple[str | None, list[int], list[str]]:
    """Return a text in lower case, the places at which a wording can begin, and the signs that stand there.

    Every kind asks for the same text. There is no lower case (``None``) where a text has a letter that a pattern takes
    for an i or s and ``str.lower`` does not.
    """
    starts = [found.start() for found in _STARTS.finditer(text)]
    lowered = None if _UNLIKE.search(text) else text.lower()
    return lowered, starts, [text[start : start + _LONGEST_FILED] for start in starts]


def _stands_alone(text: str, start: int, end: int) -> bool:
    return text[:start].rstrip()[-1:] in ("", ";") and text[end:].lstrip()[:1] in ("", ";")


def _contexts(term: Term) -> _Contexts:
    before = after = None
    if term.not_after:
        before = re.compile("(?:" + "|".join(pattern(w) for w in term.not_after) + ")" + _GAP + r"\Z")
    if term.not_before:
        after = re.compile(_GAP + "(?:" + "|".join(pattern(w) for w in term.not_before) + ")")
    return _Contexts(before, after)
