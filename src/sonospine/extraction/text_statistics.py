"""What a value of a sentence is: what the grammar of expressions leaves open is decided here, or the value is dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sonospine.extraction.expressions import Expression
from sonospine.extraction.people import counts_people
from sonospine.model.record import Record

Decided = tuple[Expression, float, tuple[str, ...]]
"""A statistic, how sure it is (0 to 1), and reasons a curator can be told."""

_SINGLE_WORDS = re.compile(r"\b(?:mean|average|median)\b", re.IGNORECASE)


# The look back (of ``\b``) stands behind the letter and case is given by hand, so that the search goes from one such
# letter to the next: the text of a whole article is searched.
_SE_NAMED = re.compile(
    r"[Mm](?<!\w.)(?i:eans?\s*(?:\([^)]*\)\s*)?(?:[(\[±,]|\+/-|and|with)*\s*\(?(?:the\s+)?(?:standard errors?|s\.?e\.?(?:m\.?)?\b))"
)
_SD_NAMED = re.compile(
    r"[Mm](?<!\w.)(?i:eans?\s*(?:\([^)]*\)\s*)?(?:[(\[±,]|\+/-|and|with)*\s*\(?(?:the\s+)?(?:standard deviations?|s\.?d\.?\b))"
)


_FIGURE_CITED = re.compile(r"\b[Ff]ig(?:ure|s|ures)?\.?\s*(?P<number>\d{1,2})")
_FIGURE_LABEL = re.compile(r"\d{1,2}")


@dataclass(frozen=True, slots=True)
class BesideMeans:
    """What stands beside the means: by the article as a whole, and by the captions of its figures."""

    article: str
    figures: Mapping[str, str]

    def of(self, sentence: str) -> str:
        """Return it for a sentence: the caption of the one figure that the sentence cites says more than the article."""
        cited = {m["number"] for m in _FIGURE_CITED.finditer(sentence)}
        own = self.figures.get(cited.pop(), "") if len(cited) == 1 else ""
        return own or self.article


def beside_means(record: Record) -> BesideMeans:
    """Return what the article and the captions of its figures say stands beside means."""
    figures: dict[str, str] = {}
    for figure in record.figures:
        number = _FIGURE_LABEL.search(figure.label)
        errors, deviations = _SE_NAMED.search(figure.caption), _SD_NAMED.search(figure.caption)
        if number and bool(errors) != bool(deviations):
            figures[number.group()] = "se" if errors else "sd"
    return BesideMeans(named_spread(record), figures)


def named_spread(record: Record) -> str:
    """Return what the article says stands beside its means ("mean ± SD", "means (SE)").

    Empty where it says nothing, or names the standard error in one place and the standard deviation in another.
    """
    text = " ".join(p.text for p in record.passages if p.role in {"methods", "abstract", "results", "other"})
    errors, deviations = _SE_NAMED.search(text), _SD_NAMED.search(text)
    if bool(errors) == bool(deviations):
        return ""
    return "se" if errors else "sd"


_PAIR = r"(?P<lower>[-\u2212]?\d+(?:\.\d+)?)\s*%?\s*(?:to|[-\u2010-\u2015,;])\s*(?P<upper>[-\u2212]?\d+(?:\.\d+)?)"
_NAMED_INTERVAL = re.compile(
    r"\b(?:CI|confidence\s+intervals?)\b\s*[)\]]?\s*[,:=of\s(\[]*(?:9\d\s*%\s*)?" + _PAIR, re.IGNORECASE
)
_UNNAMED_INTERVAL = re.compile(r"[(\[]\s*" + _PAIR + r"\s*(?=[,;)\]])")
_SET_AGAINST = re.compile(
    r"[^.;]{0,12}?\b(?:lower|higher|more|less|greater|smaller|larger|better|worse)\b[^.;]{0,40}?\bthan\b"
)


def unnamed_intervals(record: Record) -> str:
    """Return ``ci`` where the article prints an interval once as a confidence interval and once in bare brackets.

    Then two numbers in brackets behind one of its means are confidence limits; empty where nothing shows it.
    """
    texts = [p.text for p in record.passages if p.role in {"abstract", "results", "other", "methods"}]
    named = {(m["lower"], m["upper"]) for text in texts for m in _NAMED_INTERVAL.finditer(text)}
    bare = (
        {(m["lower"], m["upper"]) for text in texts for m in _UNNAMED_INTERVAL.finditer(text)}
        if named
        else set()
    )
    telling = {pair for pair in named & bare if any("." in bound for bound in pair)}
    return "ci" if telling else ""


def value_end(expression: Expression) -> int:
    """Return where the number itself ends: of "17/50 on the scale (8)" that is behind the 50."""
    if expression.total and len(expression.numbers) > 1:
        return expression.numbers[1].end
    return expression.numbers[0].end if expression.numbers else expression.end


def statistic_of(
    expression: Expression,
    text: str,
    *,
    named: bool,
    one_patient: bool,
    beside_means: str,
    intervals: str,
    arm_sizes: frozenset[str],
) -> Decided | None:
    """Decide what the grammar left open, or drop the value: a bare number is no result without a named outcome."""
    if one_patient and expression.centre == "percent":
        return None
    if beside_means and "spread_assumed_sd" in expression.flags:
        flags = tuple(f for f in expression.flags if f != "spread_assumed_sd")
        decided = replace(expression, spread=beside_means, flags=(*flags, "spread_from_methods"))
        return decided, 0.95, (f"{beside_means.upper()} from methods",)
    if expression.spread == "bracket":
        if not beside_means or expression.centre in {"difference", "ratio"}:
            return None
        decided = replace(
            expression,
            spread=beside_means,
            centre="mean",
            flags=(*expression.flags, "spread_from_methods"),
        )
        return decided, 0.8, (f"{beside_means.upper()} from methods",)
    if expression.spread == "interval":
        return _limits(expression, text) if intervals == "ci" else None
    if one_patient and expression.centre in {"number", "mean", "count"} and expression.spread != "sd":
        return _one_score(expression, named)
    if expression.centre == "number" and not expression.total and _is_number_of_people(expression, text):
        return replace(expression, centre="count", change=False), 0.9, ("number of people named",)
    if expression.centre == "number" and expression.total:
        return _score_or_count(expression, arm_sizes, named)
    if expression.centre == "number":
        if not named or expression.spread not in ("none", "ci"):
            return None
        near = text[max(0, expression.start - 80) : expression.start]
        if _SINGLE_WORDS.search(near):
            return replace(expression, centre="mean"), 0.8, ()
        return replace(expression, centre="mean", flags=(*expression.flags, "mean_assumed")), 0.6, ()
    if (
        expression.centre in {"mean", "median"}
        and expression.spread == "none"
        and not named
        and not expression.explicit
    ):
        return None
    evidence = ("statistic named",) if expression.explicit else ()
    return expression, 1.0 if expression.explicit or expression.spread == "sd" else 0.9, evidence


def _limits(expression: Expression, text: str) -> Decided | None:
    """Take bare brackets behind a mean for its confidence limits; ``None`` where they do not enclose it, or it is a difference."""
    value, lower, upper = (float(x) for x in (expression.value, expression.lower, expression.upper))
    if expression.centre != "mean" or not lower <= value <= upper or _SET_AGAINST.match(text, expression.end):
        return None
    decided = replace(expression, spread="ci", level="95", flags=(*expression.flags, "spread_from_article"))
    return decided, 0.8, ("CI from the same interval named elsewhere",)


def _is_number_of_people(expression: Expression, text: str) -> bool:
    whole = expression.value.isdigit() and expression.spread == "none"
    return whole and counts_people(text, expression.start)


def _one_score(expression: Expression, named: bool) -> Decided | None:
    """Read one patient's score; "17/50" is a score of at most 50, not 17 events."""
    if not named or (expression.percent and not expression.total):
        return None
    kept = tuple(f for f in expression.flags if f not in {"percent_disagrees", "score_or_count"})
    flags = (*kept, f"scale_max_{expression.total}") if expression.total else kept
    single = replace(
        expression,
        centre="single",
        spread="none",
        spread_value="",
        lower="",
        upper="",
        total="",
        n="",
        flags=flags,
    )
    return _shortened(single, expression), 0.9, ("one patient",)


def _shortened(made: Expression, source: Expression) -> Expression:
    """End a score at its own numbers: a reference mark behind it is not part of it."""
    return replace(made, end=value_end(source), p_value="")


def _score_or_count(expression: Expression, arm_sizes: frozenset[str], named: bool) -> Decided | None:
    if expression.total in arm_sizes:
        return replace(expression, centre="count"), 0.8, ("total is the size of an arm",)
    if named:
        return None
    return replace(expression, centre="count"), 0.5, ()
