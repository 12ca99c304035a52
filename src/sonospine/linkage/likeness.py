"""How alike two titles are, and what keeps alike titles apart.

The aim is no false merge: reports of a series differ in one word or one number of a long title, so a high ratio
is not enough. The likeness is a grade in words (see ``graded``), and what each needs besides is decided in
``titles``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from sonospine.linkage.marks import Marked, marked
from sonospine.linkage.names import Name, name_of, same_person, share_of_shorter
from sonospine.linkage.normal import plain
from sonospine.linkage.places import Pages, pages_of, volume_of
from sonospine.model.record import Record

TITLE_THRESHOLD = 0.9
"""Least ratio of two titles that differ in small words and spellings only."""
REWORDED = 0.6
"""Least ratio of two titles at one place: another title of the same authors there is another edition of it."""
AUTHOR_THRESHOLD = 0.5
"""Least share of the shorter list of authors that the longer one holds, where the first authors are the same."""
AUTHORS_REORDERED = 0.75
"""The same, where they are not: lists sorted by name, or a first author left out."""
LEAST_WORDS = 5
"""Titles with fewer words (``Chronic low back pain``) name a subject, not a report."""
LEAST_WORDS_WITHOUT_AUTHORS = 8
LEAST_LETTERS = 4
"""Two words are taken for one written apart where it is longer than this."""
SURE_LETTERS = 5
"""Letters that two words must have in common at their beginning to be one word with a slip."""

_SMALL = frozenset(
    {"a", "an", "the", "of", "for", "in", "on", "with", "and", "or", "to", "by", "from", "at", "as"}
    | {"is", "are", "was", "were", "its", "their", "study", "trial", "s"}
)
_COUNTED = (
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"),
)
_DIGITS = {word: str(n) for words in _COUNTED for n, word in enumerate(words, start=1)}
_VERSUS = frozenset({"v", "vs", "versus"})
_GRADES = ("same", "slip", "misprint", "reworded")
_SURE = ("same", "slip")
_PART = re.compile(r"\b(?:part|study|paper|chapter|section) (\d+|[a-d])\b")
_BREAK = re.compile(r"\s*[:;?!]\s+|:(?=\S)|\.\s+|\s*[\u2013\u2014]\s*|\s+-+\s+|\s+\(|\.\.\.|\s+/\s+")
_GLUED = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
# Words of a subtitle that only says how the work was done: many sources leave it out.
_DESIGN = frozenset(
    plain(
        "randomised randomized nonrandomised non controlled clinical trial study prospective blind "
        "blinded masked double single triple placebo multicenter multicentre open label parallel "
        "group crossover cross over results of from a an the in and report with comparison "
        "comparative sham observer assessor retrospective cohort case series observational sectional "
        "control centre center multi"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Titled:
    """A record's title as it is compared, with what else tells reports apart.

    ``words`` are those of the title without its mark (``mark`` says what kind of notice it is), numbers as
    digits; ``breaks`` are the counts of words after which a subtitle begins.
    """

    record: Record
    words: tuple[str, ...]
    breaks: tuple[int, ...]
    mark: str
    part: str
    names: tuple[Name, ...]
    pages: Pages
    volume: str

    @property
    def text(self) -> str:
        """The compared words, one space apart."""
        return " ".join(self.words)

    @property
    def year(self) -> int | None:
        """The year, ``None`` where unknown."""
        return int(self.record.year) if self.record.year.isdigit() else None


def titled(record: Record) -> Titled:
    """Return a record's title in the form in which it is compared."""
    found: Marked = marked(record)
    words: list[str] = []
    breaks = []
    for piece in _BREAK.split(found.title):
        more = _words(plain(piece))
        if more and words:
            breaks.append(len(words))
        words += more
    part = _PART.search(" ".join(words))
    names = (name_of(author) for author in record.authors)
    return Titled(
        record,
        tuple(words),
        tuple(breaks),
        found.mark,
        part[1] if part else "",
        tuple(name for name in names if name),
        pages_of(record.pages),
        volume_of(record.volume),
    )


def compared(text: str) -> str:
    """Return any text in the form in which the words of a title are compared."""
    return " ".join(_words(plain(text)))


def _words(text: str) -> list[str]:
    """Cut plain text into words; numbers apart from letters and as digits, so that ``L4`` is ``L 4``."""
    words = _GLUED.sub(" ", text).split()
    return [
        _DIGITS[w] if w in _DIGITS and w not in _VERSUS else "versus" if w in _VERSUS else w for w in words
    ]


def graded(a: Titled, b: Titled, *, one_place: bool = False) -> tuple[str, float]:
    """Return how two titles agree, and their ratio (0 to 1); ``one_place``: they have the same volume and pages.

    ``same`` but for small words and endings; ``slip`` and ``misprint`` where a word differs by a letter
    (``_kinship``); ``subtitle`` where one goes on where the other ends;
    ``design`` where what it goes on with only names the design; ``reworded`` where the ratio is still
    ``REWORDED`` at one place (also where a number stands in one only); ``numbers`` where they are alike but for other numbers;
    else empty.
    """
    if a.words == b.words:
        return ("same", 1.0) if a.words else ("", 0.0)
    ratio = fuzz.ratio(a.text, b.text) / 100
    if a.part != b.part:
        return ("numbers" if ratio >= TITLE_THRESHOLD else ""), ratio
    further = _subtitle(a, b)
    if further:
        return further, ratio
    if ratio < (REWORDED if one_place else TITLE_THRESHOLD):
        return "", ratio
    one, other = _together(a.words, b.words)
    numbers, others = _numbers(one), _numbers(other)
    if numbers != others and not _within(numbers, others):
        return ("numbers" if ratio >= TITLE_THRESHOLD else ""), ratio
    grade = _grade(one, other) if numbers == others else "reworded"
    if grade in _SURE and ratio < TITLE_THRESHOLD and "".join(one) != "".join(other):
        grade = "reworded"
    return grade, ratio


def _subtitle(a: Titled, b: Titled) -> str:
    """Tell whether the longer title is the shorter one and a subtitle; of which kind."""
    short, long = sorted((a, b), key=lambda t: len(t.words))
    if not long.breaks or 2 * len(set(short.words) & set(long.words)) < len(set(short.words)):
        return ""
    for end in long.breaks:
        head = long.words[:end]
        if len(head) < 3 or abs(len(head) - len(short.words)) > 2:
            continue
        one, other = _together(head, short.words)
        if _numbers(one) == _numbers(other) and _grade(one, other) in _SURE:
            return "design" if set(long.words[end:]) <= _DESIGN else "subtitle"
    return ""


def _together(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write as one word what the other title writes as one (``follow up`` and ``followup``)."""
    only_a, only_b = set(a) - set(b), set(b) - set(a)
    return _glued(a, only_b), _glued(b, only_a)


def _glued(words: tuple[str, ...], wholes: set[str]) -> tuple[str, ...]:
    if not any(len(whole) > LEAST_LETTERS for whole in wholes):
        return words
    out: list[str] = []
    place = 0
    while place < len(words):
        length = next((n for n in (2, 3) if "".join(words[place : place + n]) in wholes), 1)
        out.append("".join(words[place : place + length]))
        place += length
    return tuple(out)


def _numbers(words: Sequence[str]) -> list[str]:
    """Return the numbers of a title, in order: levels, doses, years and parts tell reports of a series apart."""
    return [word for word in words if word[0].isdigit()]


def _within(a: list[str], b: list[str]) -> bool:
    """Tell whether the shorter list of numbers is the longer one with some left out."""
    short, long = sorted((a, b), key=len)
    rest = iter(long)
    return all(number in rest for number in short)


def _grade(words: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Grade what differs by its least likely pair of counterparts; small words need none."""
    only_a, only_b = _differing(words, others), _differing(others, words)
    worst = 0
    for word in [w for w in only_a if w not in _SMALL]:
        if not only_b:
            return "reworded"
        other = min(only_b, key=lambda w: (OSA.distance(word, w), w))
        only_b.remove(other)
        only_a.remove(word)
        worst = max(worst, _GRADES.index(_kinship(word, other)))
    for word in [w for w in only_b if w not in _SMALL]:
        if not only_a:
            return "reworded"
        worst = max(worst, min(_GRADES.index(_kinship(word, other)) for other in only_a))
    return _GRADES[worst]


def _differing(words: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    return list((Counter(words) - Counter(others)).elements())


@lru_cache(maxsize=65_536)
def _kinship(a: str, b: str) -> str:
    """Tell what two words are to one another.

    ``same`` but for an ending; ``slip`` where a letter is doubled, or dropped or swapped behind the first
    ``SURE_LETTERS`` (before them it makes another word: ``preoperative``, ``peroperative``); ``misprint`` where
    one letter differs; else ``reworded``.
    """
    short, long = sorted((a, b), key=len)
    if long in (f"{short}s", f"{short}es", f"{short}d", f"{short}ed") and len(short) > 2:
        return "same"
    distance = OSA.distance(a, b, score_cutoff=2)
    if distance == 1 and _undoubled(a) == _undoubled(b):
        return "slip"
    if (
        distance == 1
        and a[:SURE_LETTERS] == b[:SURE_LETTERS]
        and (len(a) != len(b) or sorted(a) == sorted(b))
    ):
        return "slip"
    return "misprint" if distance == 1 and len(short) > 2 else "reworded"


def _undoubled(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def author_likeness(a: Titled, b: Titled) -> float | None:
    """Return the share of the shorter list of authors found in the longer one; ``None`` where a list is empty."""
    return share_of_shorter(a.names, b.names)


def authors_agree(a: Titled, b: Titled, likeness: float | None) -> bool | None:
    """Tell whether two lists share the first author and enough of the rest, or nearly all in another order.

    ``likeness`` is what ``author_likeness`` gives; ``None`` where a list is empty.
    """
    if likeness is None:
        return None
    if same_person(a.names[0], b.names[0]):
        return likeness >= AUTHOR_THRESHOLD
    return likeness >= AUTHORS_REORDERED and min(len(a.names), len(b.names)) > 1


def years_apart(a: Titled, b: Titled) -> int | None:
    """Return the years between two records, ``None`` where one is unknown."""
    return None if a.year is None or b.year is None else abs(a.year - b.year)
