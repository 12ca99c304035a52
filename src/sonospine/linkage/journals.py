"""Whether two names of journals, full or abbreviated, name the same one."""

from __future__ import annotations

import re
from functools import lru_cache

from sonospine.linkage.normal import plain

_SMALL = frozenset(
    {"a", "an", "and", "the", "of", "for", "in", "on", "to", "de", "del", "der", "des", "die", "das"}
    | {"du", "di", "da", "do", "et", "e", "y", "und", "la", "le", "les", "fur", "zur", "el", "los", "en"}
)
# What may stand at the end of one name and be left out of the other: it tells apart only where both have one.
_QUALIFIERS = frozenset(
    {"am", "br", "eur", "engl", "ed", "online", "print", "electronic", "internet", "resource", "int"}
    | {"pt", "american", "british", "european", "english", "edition", "volume", "part", "series", "section"}
    | {"suppl", "supplement", "international", "official", "publication"}
)
_SUBTITLE = re.compile(r"\s+[:=/]\s+|:\s+|\s+[-\u2013\u2014]\s+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@lru_cache(maxsize=16_384)
def _words(journal: str) -> tuple[str, ...]:
    whole = _BRACKETS.sub(" ", journal)
    main = _SUBTITLE.split(whole, maxsplit=1)[0]
    words = tuple(w for w in plain(main).split() if w not in _SMALL)
    return words or tuple(plain(journal).split())


@lru_cache(maxsize=65_536)
def same_journal(a: str, b: str) -> bool | None:
    """Tell whether two names are of one journal; ``None`` where one is empty, or only a qualifier differs.

    Full and abbreviated names agree as ISO 4 shortens them: word by word and in order, each shorter word the
    beginning of the longer one or a contraction of it (first letter, then letters in order: ``natl``); small
    words, brackets (``(London, England)``) and subtitles are left out. ``J Pain`` is not ``Journal of Pain
    Research``: every word of both must have its counterpart. A name of one word in capitals may be the initials
    of the other.
    """
    one, other = sorted((_words(a), _words(b)), key=len)
    if not one:
        return None
    if _each_counterpart(one, other) or _are_initials(one, other):
        return True
    while other and other[-1] in _QUALIFIERS and len(other) > len(one):
        other = other[:-1]
        if _each_counterpart(one, other):
            return None
    return False


def _each_counterpart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(one) == len(other) and all(_shortens(a, b) for a, b in zip(one, other, strict=True))


def _shortens(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    if long.startswith(short):
        return True
    if short[0] != long[0] or len(short) < 2 or len(short) > len(long) - 2:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _are_initials(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(one) == 1 and len(other) > 2 and one[0] == "".join(word[0] for word in other)
