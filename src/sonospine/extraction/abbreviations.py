"""Abbreviations that a text defines, by the rule of Schwartz and Hearst (2003) over spaCy's tokens.

The outcome is that of scispaCy's detector (a test holds it against that one). It is worked out here on the tokens'
texts, because building spaCy's documents took half of the time of reading an abstract, and because words are cut once
and kept: the same few thousand words come again in every article.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sonospine.extraction.language import sentences

if TYPE_CHECKING:
    from spacy.language import Language

_SHORT_FORM = re.compile(r"[\[(][^()\[\]]{0,12}[A-Za-z][^()\[\]]{0,12}[)\]]")
_INFIXES = (r"[±≤≥=<>;]", r"(?<=\w)[()\[\]]", r"[()\[\]](?=\w)", r"(?<=[a-z])\.(?=[A-Z])")
# A short form in a bracket begins with a letter and has two signs or more; a long form has four tokens or more.
_MAY_DEFINE = re.compile(r"\(\s?[^\W\d_]\S|\([^)]{4}|\([^)]*\(")
# Words and numbers, in brackets or not, that need no more of spaCy's rules than these.
_PLAIN = re.compile(r"(\(?)([A-Za-z]+(?:-[A-Za-z]+)*|\d+(?:\.\d+)?)(\)?)(,?)")
_HYPHEN = re.compile(r"(?<=[A-Za-z])(-)(?=[A-Za-z])")
_CHUNK = re.compile(r"\S+|\s+")
_MOST_TOKENS, _MOST_OF_SHORT = 8, 3
_MOST_WORDS = 32768

Tokens = Sequence[tuple[str, bool]]
"""Tokens of a text, each with whether a space follows it."""


@functools.cache
def _language() -> Language:
    import spacy
    from spacy.util import compile_infix_regex

    nlp = spacy.blank("en")
    infixes = [*(nlp.Defaults.infixes or ()), *_INFIXES]
    setattr(nlp.tokenizer, "infix_finditer", compile_infix_regex(infixes).finditer)  # noqa: B010 - spaCy types the tokenizer as any callable
    setattr(nlp.vocab, "lex_attr_getters", {})  # noqa: B010 - spaCy's stubs leave it out; only the characters of tokens are used: their shape, stem and so on are not
    return nlp


@functools.cache
def _cut_by_rule() -> frozenset[str]:
    return frozenset(_language().Defaults.tokenizer_exceptions or ())


@functools.lru_cache(maxsize=_MOST_WORDS)
def _cut(chunk: str) -> tuple[str, ...]:
    """Return the tokens of characters without white space: spaCy cuts each such stretch by itself."""
    nlp = _language()
    plain = _PLAIN.fullmatch(chunk)
    if plain is not None:
        tokens = (*filter(None, (plain[1], *_HYPHEN.split(plain[2]), plain[3], plain[4])),)
        # What spaCy has a rule for ("cannot", "8)") is cut otherwise.
        runs = ("".join(tokens[i:k]) for i in range(len(tokens)) for k in range(i + 1, len(tokens) + 1))
        if not any(run in _cut_by_rule() for run in runs):
            return tokens
    with (
        nlp.memory_zone()
    ):  # what spaCy remembers of a word is forgotten: its memory would grow with every article
        return tuple(token.text for token in nlp.tokenizer(chunk))


def tokens_of(text: str) -> list[tuple[str, bool]]:
    """Return spaCy's tokens of a text, each with whether a space follows it."""
    found: list[tuple[str, bool]] = []
    for chunk in _CHUNK.findall(text):
        if not chunk.isspace():
            found += [(token, False) for token in _cut(chunk)]
        else:
            # The first space belongs to the token before it; further white space is a token of its own.
            if chunk[0] == " " and found:
                found[-1] = (found[-1][0], True)
                chunk = chunk[1:]
            if chunk:
                found.append((chunk, False))
    return found


def abbreviations_of(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that texts define, short form to long form; the first definition holds.

    Only sentences with a short bracket can define one, so only those are cut into tokens.
    """
    found: dict[str, str] = {}
    for text in texts:
        if not _MAY_DEFINE.search(text):
            continue
        for start, end in sentences(text):
            if _MAY_DEFINE.search(text, start, end) and _SHORT_FORM.search(text, start, end):
                for short, long in defined_in(text[start:end]):
                    found.setdefault(short, long)
    return found


def defined_in(text: str) -> list[tuple[str, str]]:
    """Return the pairs of short and long form that a text defines, sorted."""
    tokens = tokens_of(text)
    words = [word for word, _ in tokens]
    places: dict[tuple[int, int], tuple[int, int]] = {}
    seen: set[tuple[bool, str]] = set()
    for (start, end), short in _candidates(tokens, words):
        letter = _first_letter(" ".join(words[slice(*short)]), " ".join(words[start:end]))
        if letter is None:
            continue
        long = (start + _token_at(tokens[start:end], letter), end)
        forms = {(True, _text(tokens, short)), (False, _text(tokens, long))}
        if not forms & seen:
            seen |= forms
            places[long] = short
    pairs = {
        (_text(tokens, place), _text(tokens, long))
        for long, short in places.items()
        for place in _repeated(words, short)
    }
    return sorted(pairs)


def _candidates(tokens: Tokens, words: Sequence[str]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the places of a long and a short form: words before a bracket of up to three tokens, or a word and its bracket."""
    opened: list[int] = []
    for i, word in enumerate(words):
        if word == "(":
            opened.append(i)
        if word != ")":
            continue
        for bracket in reversed(opened):
            size = i - bracket - 1
            if size > _MOST_TOKENS:
                break
            if size == 0 or bracket == 0:
                continue
            if size > _MOST_OF_SHORT:
                long, short = (bracket + 1, i), (bracket - 1, bracket)
                if _unbalanced(words[bracket + 1 : i]):
                    continue
            else:
                short = (bracket + 1, i)
                letters = sum(map(len, words[bracket + 1 : i]))
                long = (max(bracket - min(letters + 5, letters * 2), 0), bracket)
            if _is_short_form(words[slice(*short)], _text(tokens, short)):
                yield long, short


def _unbalanced(words: Sequence[str]) -> bool:
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if depth < 0:
            return True
    return depth != 0


def _is_short_form(words: Sequence[str], printed: str) -> bool:
    """Tell whether words of two to nine signs, the first of them and half of all letters, can be a short form."""
    if not all(2 <= len(word) < 10 for word in words) or not printed[0].isalpha():
        return False
    return sum(map(str.isalpha, printed)) >= 0.5 * len(printed)


def _first_letter(short: str, long: str) -> int | None:
    """Return where the words begin that a short form is made of: its letters are found backwards, the first at a word's head."""
    at = len(long)
    for i in range(len(short) - 1, -1, -1):
        letter = short[i].lower()
        if not letter.isalnum():
            continue
        at -= 1
        while at >= 0 and (long[at].lower() != letter or (i == 0 and at > 0 and long[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    return at


def _token_at(tokens: Tokens, letter: int) -> int:
    """Return the token in which a letter of the joined tokens stands (of the tokens as printed, as scispaCy counts)."""
    reached = 0
    for i, (word, space) in enumerate(tokens):
        reached += len(word) + space
        if reached > letter:
            return i
    return 0


def _repeated(words: Sequence[str], place: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield every place of the same tokens: beside other spaces they are another spelling of the short form."""
    size = place[1] - place[0]
    if size == 1:
        yield place
        return
    wanted = words[slice(*place)]
    yield from ((i, i + size) for i in range(len(words) - size + 1) if words[i : i + size] == wanted)


def _text(tokens: Tokens, place: tuple[int, int]) -> str:
    *before, (last, _) = tokens[slice(*place)]
    return "".join(word + " " * space for word, space in before) + last
