"""Sentences and abbreviations: spaCy's blank English with tokenisation and sentence rules for trial reports."""

from __future__ import annotations

import functools
import itertools
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# A full stop after one of these ends no sentence ("Fig. 2", "vs. 3.1", "approx. 5").
_NO_END = re.compile(
    r"(?:^|[\s(\[])(?:figs?|tabs?|eqs?|refs?|no|nos|vs|v|cf|ca|approx|resp|incl|excl|etc|al|dr|drs|prof|mr|mrs|ms|st|e\.?g|"
    r"i\.?e|i\.?v|i\.?m|s\.?c|p\.?o|a\.?m|p\.?m|b\.?i\.?d|t\.?i\.?d|q\.?d|min|max|avg|inc|ltd|co|corp|dept|univ|vol|pp|ed|eds|"
    r"suppl|wk|wks|mo|mos|yr|yrs|hr|hrs|sec|secs|wt|dia|inj|s\.?d|s\.?e|s\.?e\.?m)\.$",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?:^|[\s(])[A-Z]\.$")
_CANDIDATE = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|[.!?](?=[A-Z][a-z]{2})")
_SHORT_FORM = re.compile(r"[\[(][^()\[\]]{0,12}[A-Za-z][^()\[\]]{0,12}[)\]]")
_NEXT = re.compile(r"\s*[\"'“‘(\[]*(?P<first>\S)")
_INFIXES = (r"[±≤≥=<>;]", r"(?<=\w)[()\[\]]", r"[()\[\]](?=\w)", r"(?<=[a-z])\.(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text with its sentences (start and end, in order) and the abbreviations that it defines."""

    text: str
    sentences: tuple[tuple[int, int], ...]
    abbreviations: tuple[tuple[str, str], ...]


def sentence_starts(text: str) -> list[int]:
    """Return where sentences start: not after "Fig.", "vs.", an initial, or inside "p < 0. 05"."""
    starts = [0]
    for end in _CANDIDATE.finditer(text):
        following = _NEXT.match(text, end.end())
        if following is None:
            continue
        first = following["first"]
        stop = end.start() + 1
        if text[end.start()] == "." and not _ends_sentence(text, end.start(), first):
            continue
        if first.islower() and text[stop - 1] != ".":
            continue
        starts.append(following.start("first") if end.end() == stop else _after_space(text, end.end()))
    return sorted(set(starts))


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _ends_sentence(text: str, stop: int, first: str) -> bool:
    before = text[max(0, stop - 12) : stop + 1]
    if first.islower() or first in ",;:±=<>≤≥%/)-–":
        return False
    if first.isdigit() and text[stop - 1 : stop].isdigit() and re.search(r"(?:^|\D)0\.$", before):
        return False
    if _NO_END.search(before):
        return first.isupper() and bool(
            re.search(r"(?:min|wk|mo|yr|hr|sec|etc|al|i\.?v|p\.?o)s?\.$", before, re.IGNORECASE)
        )
    return not (
        _INITIAL.search(before) and first.isupper() and stop > 1 and not before.strip().endswith("I.")
    )


def _set_sentences(doc: Doc) -> Doc:
    starts = iter([*sentence_starts(doc.text), len(doc.text) + 1])
    upcoming = next(starts)
    for token in doc:
        begins = token.idx >= upcoming
        while token.idx >= upcoming:
            upcoming = next(starts)
        token.is_sent_start = begins
    return doc


@functools.cache
def pipeline() -> Language:
    """Return the pipeline, made once a process: own tokenisation, sentence rules, abbreviations (scispaCy)."""
    import spacy
    from scispacy.abbreviation import AbbreviationDetector
    from spacy.language import Language as Factory
    from spacy.util import compile_infix_regex

    assert AbbreviationDetector  # importing it registers the factory "abbreviation_detector"
    if not Factory.has_factory("sonospine_sentences"):
        Factory.component("sonospine_sentences", func=_set_sentences)
    nlp = spacy.blank("en")
    infixes = [*(nlp.Defaults.infixes or ()), *_INFIXES]
    setattr(nlp.tokenizer, "infix_finditer", compile_infix_regex(infixes).finditer)  # noqa: B010 - spaCy types the tokenizer as any callable
    nlp.add_pipe("sonospine_sentences")
    nlp.add_pipe("abbreviation_detector", config={"make_serializable": True})
    nlp.max_length = 10_000_000
    return nlp


def analyse(texts: Iterable[str]) -> list[Analysed]:
    """Split texts into sentences and find the abbreviations they define, one result a text."""
    nlp = pipeline()
    with warnings.catch_warnings():
        # scispaCy's matcher warns of every text that defines no abbreviation.
        warnings.filterwarnings("ignore", message=r"\[W036\]", category=UserWarning)
        return [
            Analysed(doc.text, tuple((s.start_char, s.end_char) for s in doc.sents), _abbreviations(doc))
            for doc in nlp.pipe(texts)
        ]


def abbreviations_of(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that texts define, short form to long form; the first definition holds.

    Only sentences with a short bracket can define one, so only those are analysed.
    """
    defining = [
        text[start:end]
        for text in texts
        for start, end in sentences(text)
        if _SHORT_FORM.search(text, start, end)
    ]
    found: dict[str, str] = {}
    for analysed in analyse(defining):
        for short, long in analysed.abbreviations:
            found.setdefault(short, long)
    return found


def _abbreviations(doc: Doc) -> tuple[tuple[str, str], ...]:
    # The detector's order changes from run to run: sort.
    return tuple(sorted({(a["short_text"], a["long_text"]) for a in doc._.abbreviations}))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text as start and end, without the white space around them."""
    starts = [*sentence_starts(text), len(text)]
    spans = ((a, a + len(text[a:b].rstrip())) for a, b in itertools.pairwise(starts))
    return [(a, b) for a, b in spans if b > a]
