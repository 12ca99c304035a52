"""Which statistic a label, caption, footnote or methods section names: pairs of a centre and a spread."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sonospine.extraction.reading import MEANS

_NAMES = re.compile(
    r"(?P<geometric_mean>\bgeometric\s+means?\b)"
    r"|(?P<ls_mean>\b(?:least[- ]squares?|ls|marginal|adjusted|lsm)\s*-?\s*means?\b|\bLSM\b)"
    r"|(?P<mean>\bmeans?\b(?!\s+(?:rank|number\s+of\s+patients))|\baverages?\b|\bM(?=\s*[(\u00b1])|[x\u03c7X]\W{0,3}\s?(?=\u00b1))"
    r"|(?P<median>\bmedians?\b|\bMdn\b)"
    r"|(?P<count>\b[nN]o?\.?\s*(?:\(\s*%\s*\)?|\[\s*%\s*\]?|[,/;]\s*%)|\b[nN]umbers?\s*(?:of\s+\w+\s*)?(?:\(\s*(?:%|percent\w*)\s*\)?|,\s*(?:%|percent))|(?<=\w),\s*[nN]o?\.?\s*$|\bby\s+categor(?:y|ies)\b|\b[nN]\s+and\s+%|%\s*\(\s*[nN]\b(?:\s*/\s*[nN]\b)?\s*\)?"
    r"|\bn/N\b|\bfrequenc(?:y|ies)\s*(?:\(|and\s+)\s*(?:%|percent\w*)|\b(?:number|no\.?)\s+of\s+(?:patients|subjects|participants|cases|women|men)\b"
    r"|\((?:n|no\.?)\)|\b(?:absolute|counts?)\s+(?:numbers?|frequenc\w+)\b|\bnumbers?\s+(?:and|with)\s+percent\w*|\bcounts?\s*\(\s*%)"
    r"|(?P<sd>\b[sS]\.\s?[dD]\.(?!\w)|\b[sS]\.?[dD]\.?s?\b(?!\s*-)|\b[sS]tandard\s+[dD]eviations?\b|\b[sS]tdev\b|\bStd\.?\s+[Dd]ev\w*|(?<=\u00b1)\s*[sS]{1,2}\b(?!\.?\s?[dDeE]\b)|\bDS\b)"
    r"|(?P<se>\bSEM?s?\b|\b[sS]\.\s?[eE]\.(?:\s?[mM]\.?)?|\b[sS]\.e\.m\b|\bsem\b|\b[sS]tandard\s+[eE]rrors?\b|\bStd\.?\s+[Ee]rr\w*)"
    r"|(?P<ci>\bC\.?I\.?s?\b|\bCI\s?\d\d\s?%?|\b[cC]onfidence\s+(?:[iI]ntervals?|[lL]imits?)\b)"
    r"|(?P<iqr>\bIQRs?\b|\b[iI]nter-?\s?[qQ]uartile|\b[qQ]uartiles?\b|\b(?:25|75)th\b(?:\s+[pP]ercentiles?\b)?|\b[pP]ercentiles?\b(?:\s*(?:25|75)\b)?|\b[qQ]1\b(?:\s*[-\u2013,;/]\s*[qQ]3\b)?|\b[pP]\s?25\b(?:\s*[-\u2013,;/]\s*[pP]\s?75\b)?)"
    r"|(?P<range>\b[rR]anges?\b(?!\s+of\b)|\b[mM]in(?:imum)?\.?\s*(?:[-\u2013/,;]|to|and)\s*[mM]ax)"
    r"|(?P<percent>%(?!\s*(?:CI|confidence|conf|IC|reduction|change|relief|improve))|\bpercentages?\b(?!\s+(?:change|reduction|relief|improve))|\bproportions?\b|\bpercent\b(?=\W*$))",
    re.IGNORECASE,
)
_CENTRES = MEANS | {"count"}
_TOLD = re.compile(
    r"\b(?:values?|data|results?|variables?|scores?|numbers?|figures?|parameters?|measures?)\b.{0,80}?\b(?:are|is|were|was|as|represent\w*|expressed"
    r"|presented|reported|given|shown|described|summari[sz]ed)\b|\b(?:expressed|presented|reported|summari[sz]ed|described|given|shown)\s+as\b|^\W*\w?\s*mean|^\W*(?:numbers?|no\.?|n)\s*\(\s*(?:%|percent)"
    r"|\bmeans?\s*(?:\u00b1|\(|and|with)|\bmedians?\s*[(\[]|\bM\s?(?:[(\[]\s*[PQI]|\u00b1)",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"(?<![\d.])(?P<level>[5-9]\d(?:\.\d{1,2})?)\s*-?\s*%\s*-?\s*(?:C\.?I|CrI|conf|credib)|\bCI\s?(?P<behind>[89]\d)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z])")
_SE_CASE = re.compile(r"^(?:se|sem)$")


@dataclass(frozen=True, slots=True)
class Pair:
    """A centre (``mean ls_mean median geometric_mean count percent`` or empty) with a spread (or empty)."""

    centre: str
    spread: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """The statistics a text names, the text's place, and whether it says so outright (not in a list of abbreviations).

    ``level`` is that of a confidence interval; ``percent_first`` tells that counts stand in brackets: ``% (n)``.
    """

    pairs: tuple[Pair, ...]
    source: str = ""
    strong: bool = True
    level: str = ""
    percent_first: bool = False

    def spread_of(self, *kinds: str) -> Pair | None:
        """Return the first pair whose spread is one of ``kinds``."""
        return next((p for p in self.pairs if p.spread in kinds), None)

    def centres(self) -> tuple[str, ...]:
        """Return the centres named, in order, without repeats."""
        return tuple(dict.fromkeys(p.centre for p in self.pairs if p.centre))


def named_statistics(text: str) -> tuple[Pair, ...]:
    """Return the pairs of centre and spread that a text names, in order.

    A spread belongs to the centre named before it; without one an SD or SE belongs to a mean, an IQR to a median.
    """
    pairs: list[Pair] = []
    centre = ""
    used = True
    short = False
    for found in _NAMES.finditer(text):
        name = str(found.lastgroup)
        if name == "se" and _SE_CASE.match(found.group()):
            continue
        if name in _CENTRES:
            short = found.group() == "M"
            if not used:
                pairs.append(Pair(centre))
            centre, used = name, False
            if name == "count":
                pairs.append(
                    Pair("count", "percent" if "%" in found.group() or "percent" in found.group() else "")
                )
                used = True
        elif name == "percent":
            if centre != "count":
                pairs.append(Pair("percent"))
        else:
            default = {"sd": "mean", "se": "mean", "iqr": "median", "range": "", "ci": ""}[name]
            owner = default if centre in ("", "count") else centre
            if name == "iqr" and short:
                owner = "median"
            if name in ("sd", "se") and centre == "median" and not used:
                owner = "median"
            pairs.append(Pair(owner, name))
            used = True
    if not used:
        pairs.append(Pair(centre))
    return tuple(dict.fromkeys(pairs))


_PERCENT_FIRST = re.compile(r"%\s*[(\[]\s*(?:n|no\.?|number)\b", re.IGNORECASE)


def named_in(text: str, pairs: tuple[Pair, ...], source: str) -> Named:
    """Return what a label names, whose pairs are known."""
    return Named(
        pairs, source, level=named_level(text), percent_first=_PERCENT_FIRST.search(text) is not None
    )


def named_level(text: str) -> str:
    """Return the level of the confidence interval that a text names (``99`` of "99% CI"), empty where it names none."""
    found = _LEVEL.search(text)
    return (found["level"] or found["behind"]) if found else ""


def strip_statistics(text: str) -> str:
    """Return a label without the words that name its statistic."""
    kept = _NAMES.sub("\x00", text)
    kept = re.sub(
        r"[(\[]\s*(?:[89]\d(?:\.\d+)?\s*)?[\x00\s,;:/\u00b1\-\u2013+%&]*(?:[89]\d(?:\.\d+)?\s*%?)?[\x00\s,;:/\u00b1]*[)\]]",
        " ",
        kept,
    )
    kept = re.sub(r"(?:\u00b1|\+/-|\b[89]\d(?:\.\d+)?\s*%|95)?\s*\x00\s*(?:\u00b1|\+/-)?", " ", kept)
    return re.sub(r"\s+", " ", kept).strip(" ,;:-\u2013\u00b1")


def stated(text: str, source: str) -> Named | None:
    """Return what a caption, footnote or methods paragraph states about how values are given; ``None`` for nothing.

    A list of abbreviations (``SE: standard error``) counts as weak evidence.
    """
    strong: list[Pair] = []
    weak: list[Pair] = []
    for sentence in _SENTENCE.split(text):
        pairs = [p for p in named_statistics(sentence) if p.spread or p.centre not in ("percent",)]
        if not pairs:
            continue
        (strong if _TOLD.search(sentence) else weak).extend(pairs)
    if strong:
        return Named(tuple(dict.fromkeys(strong)), source, level=named_level(text))
    kinds = {p.spread for p in weak if p.spread in ("sd", "se")}
    if len(kinds) == 1:
        return Named((Pair("mean", kinds.pop()),), source, strong=False)
    return None


_METHODS = re.compile(
    r"\b(?:expressed|presented|reported|summari[sz]ed|described|given|shown|displayed|denoted)\b",
    re.IGNORECASE,
)


def methods_statement(passages: Iterable[tuple[str, str]]) -> Named | None:
    """Return how a document says, in its methods, that values are given; passages are pairs of place and text."""
    for place, text in passages:
        if ("mean" not in text and "median" not in text) or not _METHODS.search(text):
            continue
        pairs: list[Pair] = []
        for sentence in _SENTENCE.split(text):
            if _METHODS.search(sentence) and re.search(r"\b(?:means?|medians?)\b", sentence):
                pairs += [
                    p
                    for p in named_statistics(sentence)
                    if p.spread in ("sd", "se", "iqr", "range", "ci", "percent")
                ]
        if pairs:
            return Named(tuple(dict.fromkeys(pairs)), place)
    return None
