"""How alike two titles and two lists of authors are, and what keeps alike titles apart.

The aim is no false merge: reports of a series differ in one word or one number of a long title, so a high ratio
is not enough; every word that differs must be a variant of its counterpart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from sonospine.linkage.normal import name_words, plain
from sonospine.model.record import Record

TITLE_THRESHOLD = 0.93
"""Least ratio of two titles of one report; below it wordings differ by more than spelling and small words."""
AUTHOR_THRESHOLD = 0.5
"""Least share of the shorter list of authors that the longer one holds."""
LEAST_WORDS = 5
"""Titles with fewer words (``Chronic low back pain``) name a subject, not a report."""
LEAST_WORDS_WITHOUT_AUTHORS = 8
LEAST_LETTERS = 5
"""Shorter words are not taken for spellings of one another."""

_SMALL = frozenset(
    {"a", "an", "the", "of", "for", "in", "on", "with", "and", "or", "to", "by", "from", "at", "as"}
    | {"is", "are", "was", "were", "its", "their", "study", "trial"}
)
_NUMBERS = frozenset(
    {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"}
    | {"first", "second", "third", "fourth", "single", "double"}
    | {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"}
)
# What a title says of its own kind: it is taken off before titles are compared, and must agree for one report.
_MARKS = (
    ("retraction", re.compile(r"^(?:retraction(?: note| notice)?(?: to| of)?|retracted(?: article)?)\b")),
    (
        "erratum",
        re.compile(r"^(?:erratum|corrigendum|(?:author |publisher )?correction|errata)(?: to| in| for)?\b"),
    ),
    (
        "comment",
        re.compile(
            r"^(?:comment(?:s|ary)? (?:on|to)|re|reply(?: to)?|(?:in )?response to|letter to the editor"
            r"(?: regarding| on)?|(?:the )?authors? repl(?:y|ies)(?: to)?|editorial(?: comment)?(?: on)?)\b"
            r"|\b(?:authors? repl(?:y|ies)|a comment(?:ary)?|letter to the editor)$"
        ),
    ),
    (
        "protocol",
        re.compile(
            r"\b(?:(?:a |the )?(?:study |trial |research )?protocol(?: for| of)?(?: an?| the)?"
            r"|rationale and design(?: of)?|study design and rationale|statistical analysis plan)\b"
        ),
    ),
)
_KIND_MARKS = {"erratum": "erratum", "protocol": "protocol"}
_PART = re.compile(r"\bpart (\w+)\b")


@dataclass(frozen=True, slots=True)
class Titled:
    """A record's title as it is compared: the words without its mark, and what kind the mark says it is."""

    record: Record
    words: tuple[str, ...]
    mark: str
    part: str
    authors: tuple[frozenset[str], ...]

    @property
    def text(self) -> str:
        """The compared words, one space apart."""
        return " ".join(self.words)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Numbers of the title, in order: levels, doses, years and parts tell reports of a series apart."""
        return tuple(word for word in self.words if word in _NUMBERS or any(c.isdigit() for c in word))

    @property
    def year(self) -> int | None:
        """The year, ``None`` where unknown."""
        return int(self.record.year) if self.record.year.isdigit() else None


def titled(record: Record) -> Titled:
    """Return a record's title in the form in which it is compared."""
    text, mark = plain(record.title), ""
    for name, pattern in _MARKS:
        if pattern.search(text):
            text, mark = " ".join(pattern.sub(" ", text, count=1).split()), name
            break
    part = _PART.search(text)
    return Titled(
        record,
        tuple(text.split()),
        mark or _KIND_MARKS.get(record.kind, ""),
        part[1] if part else "",
        tuple(name_words(author) for author in record.authors if name_words(author)),
    )


def title_likeness(a: Titled, b: Titled) -> float:
    """Return the likeness of two titles, 0 where a word or number tells them apart.

    Words that stand in one title only must be small words, or have a counterpart of nearly the same letters
    (an ending, a spelling) in the other.
    """
    if a.words == b.words:
        return 1.0 if a.words else 0.0
    if a.numbers != b.numbers:
        return 0.0
    only_a, only_b = _differing(a.words, b.words), _differing(b.words, a.words)
    if not (_have_counterparts(only_a, only_b) and _have_counterparts(only_b, only_a)):
        return 0.0
    return float(fuzz.ratio(a.text, b.text)) / 100


def _differing(words: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    rest = list(others)
    only = []
    for word in words:
        if word in rest:
            rest.remove(word)
        elif word not in _SMALL:
            only.append(word)
    return only


def _have_counterparts(words: list[str], others: list[str]) -> bool:
    joined = "".join(others)
    return all(word in joined or any(_is_variant(word, other) for other in others) for word in words)


def _is_variant(a: str, b: str) -> bool:
    """Tell whether two long words differ in one letter, or in two at the end; prefixes make another word."""
    if min(len(a), len(b)) < LEAST_LETTERS:
        return False
    return Levenshtein.distance(a, b) <= (2 if a[:LEAST_LETTERS] == b[:LEAST_LETTERS] else 1)


def author_likeness(a: Titled, b: Titled) -> float | None:
    """Return the share of the shorter list of authors found in the longer one; ``None`` where a list is empty.

    Two authors are the same where they share a word that is more than initials: the order of given and family
    names differs between sources, and some sources give family names alone.
    """
    shorter, longer = sorted((a.authors, b.authors), key=len)
    if not shorter:
        return None
    return sum(any(one & other for other in longer) for one in shorter) / len(shorter)


def authors_agree(a: Titled, b: Titled) -> bool:
    """Tell whether both name authors, share the first one and enough of the rest."""
    likeness = author_likeness(a, b)
    return likeness is not None and likeness >= AUTHOR_THRESHOLD and bool(a.authors[0] & b.authors[0])


def years_apart(a: Titled, b: Titled) -> int | None:
    """Return the years between two records, ``None`` where one is unknown."""
    return None if a.year is None or b.year is None else abs(a.year - b.year)
