"""What the computed figures suggest about the certainty of an analysis, by rules that are printed beside them.

Nothing is computed here: each rule compares numbers of the tables of pools and of small-study effects with one another
and with fixed thresholds. What no figure can tell (risk of bias, indirectness) has no rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sonospine.config.settings import Config
from sonospine.figures.wording import effect_number, interval_text, is_ratio, p_text, rounded
from sonospine.model.grade import DOWNGRADES
from sonospine.model.table_io import Row

SMALL_STUDY_K, SMALL_STUDY_P = 10, 0.1
I2_SUBSTANTIAL = 50.0
STANDARDISED = ("SMD", "SMCC", "SMCR")
RULES = (
    (
        "imprecision",
        "Serious where the interval of the mean holds no effect or the named minimal important difference (MID) in "
        "either direction; very serious where it holds the MID in both directions. Where no MID is named, no effect "
        "alone is asked. The optimal information size is not computed.",
        "GRADE guidance 34: Zeng et al., J Clin Epidemiol 2022;150:216-224",
    ),
    (
        "inconsistency",
        "From three studies on, serious where the prediction interval holds no effect or the MID and the interval of "
        "the mean does not. Where there is no prediction interval, or the interval of the mean already holds what it "
        "would be asked for: serious where I² (from tau²) is 50 % or more and tau² is above 0. One study shows no "
        "inconsistency. Very serious is never suggested.",
        "GRADE guidelines 7: Guyatt et al., J Clin Epidemiol 2011;64:1294-1302; 50 %: Cochrane Handbook, 10.10.2; the "
        "comparison of the two intervals is a convention of this program",
    ),
    (
        "publication_bias",
        "Small-study effects, from ten studies on: serious where p of Egger’s test (of standardised measures "
        "the form whose predictor does not rest on the effect) is below 0.10. An asymmetric funnel has other causes "
        "than bias, and a symmetric one does not rule it out.",
        "Cochrane Handbook, 13.3.5; Egger et al., BMJ 1997;315:629",
    ),
)
"""Field, rule and source, as they are printed under the table and in the documentation."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the rule of a field makes of the figures: a judgement of GRADE (empty where it can tell none), and why."""

    field: str
    value: str
    because: str

    @property
    def label(self) -> str:
        """The name of the field."""
        return DOWNGRADES[self.field]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an interval is held against: its bounds, oriented so that more is better, and the named difference."""

    lower: float
    upper: float
    difference: float | None

    def holds(self, value: float) -> bool:
        """Tell whether a value lies inside; the bounds belong to it."""
        return self.lower <= value <= self.upper

    @property
    def held(self) -> frozenset[float]:
        """Those of no effect and the difference in both directions that lie inside."""
        return frozenset(value for value in thresholds(self.difference) if self.holds(value))


def thresholds(difference: float | None) -> tuple[float, ...]:
    """Return what is asked of an interval: no effect and, where one is named, the difference in both directions."""
    return (0.0,) if difference is None else (-difference, 0.0, difference)


def bounds_of(row: Row, names: tuple[str, str], better: int, difference: float | None) -> Bounds | None:
    """Return an interval of a row of ``pooled``; ``better`` is -1 where lower is better, else 1."""
    if not (row[names[0]] and row[names[1]]):
        return None
    first, second = sorted(better * float(row[name]) for name in names)
    return Bounds(first, second, difference)


def suggestions_of(
    config: Config, analysis_id: str, primary: Row, small_study: Iterable[Row]
) -> tuple[Suggestion, ...]:
    """Return what each rule suggests about an analysis, in the order of ``RULES``.

    Parameters
    ----------
    config
        The configuration.
    analysis_id
        The analysis.
    primary
        Its row of ``pooled``, with an interval. Of a proportion (PLO) there is no effect to be precise about: nothing
        is suggested.
    small_study
        Rows of ``small_study``.
    """
    analysis = config.analysis(analysis_id)
    named = config.difference(analysis)
    difference = None if named is None else named.value
    better = better_side(config, analysis_id)
    mean = bounds_of(primary, ("ci_lower", "ci_upper"), better, difference)
    if mean is None or primary["measure"] == "PLO":
        return ()
    return (
        _imprecision(primary, mean),
        _inconsistency(primary, mean, bounds_of(primary, ("pi_lower", "pi_upper"), better, difference)),
        _small_study(primary, [row for row in small_study if row["analysis"] == analysis_id]),
    )


def better_side(config: Config, analysis_id: str) -> int:
    """Return on which side of no effect the better results lie: -1 below, 1 above."""
    return -1 if config.outcome(config.analysis(analysis_id).outcome).direction == "lower" else 1


def _imprecision(row: Row, mean: Bounds) -> Suggestion:
    interval = interval_text(float(row["ci_lower"]), float(row["ci_upper"]), row["measure"])
    told = (
        f"the interval {interval} {_held(mean.held)}"
        if mean.held
        else f"the interval {interval} holds none of these"
    )
    both = mean.difference is not None and {-mean.difference, mean.difference} <= mean.held
    value = "very serious" if both else "serious" if mean.held else "no"
    if mean.difference is None:
        told += "; no MID is named"
    return Suggestion("imprecision", value, f"{told}; the optimal information size is not computed")


def _held(held: frozenset[float]) -> str:
    parts = ["no effect"] if 0.0 in held else []
    others = len(held - {0.0})
    parts += ["the MID in both directions"] if others == 2 else ["the MID"] if others else []
    return f"holds {' and '.join(parts)}"


def _inconsistency(row: Row, mean: Bounds, new: Bounds | None) -> Suggestion:
    if row["k"] == "1":
        return Suggestion("inconsistency", "", "one study")
    if new is not None and mean.held != frozenset(thresholds(mean.difference)):
        interval = interval_text(float(row["pi_lower"]), float(row["pi_upper"]), row["measure"])
        added = new.held - mean.held
        told = f"the prediction interval {interval} {_held(added)}"
        return Suggestion(
            "inconsistency",
            "serious" if added else "no",
            f"{told}, which the interval of the mean does not hold"
            if added
            else f"the prediction interval {interval} holds nothing that the interval of the mean does not hold",
        )
    if not (row["i2"] and row["tau2"]):
        return Suggestion("inconsistency", "", "neither a prediction interval nor I² is at hand")
    serious = float(row["i2"]) >= I2_SUBSTANTIAL and float(row["tau2"]) > 0
    figures = f"I² is {rounded(row['i2'], 0)} % and tau² {rounded(row['tau2'], 3)}"
    return Suggestion("inconsistency", "serious" if serious else "no", figures)


def _small_study(row: Row, tests: list[Row]) -> Suggestion:
    if int(row["k"]) < SMALL_STUDY_K:
        return Suggestion("publication_bias", "", f"fewer than {SMALL_STUDY_K} studies")
    name = "egger_smd_safe" if row["measure"] in STANDARDISED else "egger"
    test = next((one for one in tests if one["test"] == name and one["p_value"]), None)
    if test is None:
        refused = next((one["refused"] for one in tests if one["test"] == name), "")
        return Suggestion("publication_bias", "", refused or "no test of small-study effects is at hand")
    told = f"Egger’s test: slope {effect_number(float(test['estimate']), '')}, {p_text(test['p_value'])}"
    if test["flags"]:
        told += f" ({test['flags'].replace(';', ', ').replace('_', ' ')})"
    if is_ratio(row["measure"]):
        told += "; of ratios the standard error hangs on the effect, which alone makes a funnel asymmetric"
    below = float(test["p_value"]) < SMALL_STUDY_P
    return Suggestion("publication_bias", "serious" if below else "no", told)
