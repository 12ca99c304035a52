"""Tests of small-study effects of one analysis as rows of the table ``small_study``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.model.tables import SMALL_STUDY
from sonospine.synthesis.pooling import Choice
from sonospine.synthesis.refusal import RefusalError
from sonospine.synthesis.regression import Coefficient
from sonospine.synthesis.small_study import (
    FEWEST,
    Regressed,
    begg,
    egger,
    egger_random,
    peese,
    pet,
    pet_peese,
    smd_safe_error,
    trim_and_fill,
)

STANDARDISED = ("SMD", "SMCR", "SMCC")
RATIOS = ("RR", "OR")


def small_study_rows(analysis: str, rows: Sequence[Row], choice: Choice) -> list[Row]:
    """Return a row for each test: what it found, or why it was not run.

    ``rows`` are the checked effects of the analysis (columns ``yi``, ``vi``, ``measure``, ``n1i``, ``n2i``, ``ri``,
    ``cluster``). The standard error of a standardised difference or a ratio grows with the effect itself; a row of a
    test that rests on it says so.
    """
    yi, vi = [float(row["yi"]) for row in rows], [float(row["vi"]) for row in rows]
    level = choice.level
    tests: dict[str, Callable[[], Row]] = {
        "egger": lambda: _slope(egger(yi, vi, level=level), "predictor se"),
        "egger_random": lambda: _slope(
            egger_random(yi, vi, estimator=choice.estimator, ci=choice.ci, level=level),
            f"predictor se; {choice.estimator}, {choice.ci}",
        ),
        "egger_smd_safe": lambda: _slope(
            egger(yi, vi, predictor=_safe_errors(rows), level=level), "predictor se without the effect"
        ),
        "begg": lambda: _rank(yi, vi),
        "trim_and_fill": lambda: _filled(yi, vi, "L0", choice),
        "trim_and_fill_r0": lambda: _filled(yi, vi, "R0", choice),
        "pet": lambda: _limit(pet(yi, vi, level=level).limit, "predictor se"),
        "peese": lambda: _limit(peese(yi, vi, level=level).limit, "predictor vi"),
        "pet_peese": lambda: _conditional(yi, vi, level),
    }
    clusters = [row["cluster"] for row in rows if row.get("cluster")]
    flags = "dependent_effects" if len(set(clusters)) < len(clusters) else ""
    caution = _caution(rows)
    written = []
    for name, run in tests.items():
        row = SMALL_STUDY.row(analysis=analysis, test=name, k=str(len(rows)), flags=flags)
        try:
            found = run()
        except RefusalError as reason:
            row["refused"] = str(reason)
        else:
            row |= found
            if caution and name != "egger_smd_safe":
                row["detail"] += f"; {caution}"
        written.append(row)
    return written


def _caution(rows: Sequence[Row]) -> str:
    measures = {row.get("measure", "") for row in rows}
    if measures & {*STANDARDISED, *RATIOS}:
        return "the standard error hangs on the effect, which alone makes a funnel asymmetric"
    return ""


def _coefficient(found: Coefficient) -> Row:
    return {
        "statistic": derived(found.statistic),
        "df": "" if found.df is None else str(found.df),
        **{n: derived(getattr(found, n)) for n in ("p_value", "estimate", "se", "ci_lower", "ci_upper")},
    }


def _slope(found: Regressed, predictor: str) -> Row:
    limit = found.limit
    words = f"limit {limit.estimate:.4g} ({limit.ci_lower:.4g} to {limit.ci_upper:.4g}); {predictor}"
    return {**_coefficient(found.slope), "detail": words}


def _limit(found: Coefficient, detail: str) -> Row:
    return {**_coefficient(found), "detail": detail}


def _rank(yi: Sequence[float], vi: Sequence[float]) -> Row:
    found = begg(yi, vi)
    return {
        "statistic": derived(found.tau),
        "p_value": derived(found.p_value),
        "detail": "exact p" if found.exact else "normal p, ties",
    }


def _filled(yi: Sequence[float], vi: Sequence[float], k0: str, choice: Choice) -> Row:
    found = trim_and_fill(yi, vi, k0=k0, estimator=choice.estimator, ci=choice.ci, level=choice.level)
    figures = {n: derived(getattr(found.mean, n)) for n in ("estimate", "se", "ci_lower", "ci_upper")}
    return {
        "statistic": str(found.missing),
        "p_value": derived(found.p_missing),
        **figures,
        "detail": f"{k0}: {found.missing} (se {found.se_missing:.3g}) missing on the {found.side}",
    }


def _conditional(yi: Sequence[float], vi: Sequence[float], level: float) -> Row:
    found = pet_peese(yi, vi, level=level)
    return _limit(found.estimate, f"{found.chosen} is read: one-sided p of pet {found.pet_p_one_sided:.3g}")


def _safe_errors(rows: Sequence[Row]) -> list[float]:
    """Return the standard errors without their dependence on the effect.

    √(1/n1 + 1/n2) for SMD (Pustejovsky & Rodgers 2019); by the same principle √(2(1 - r)/n) for SMCR and √(1/n) for
    SMCC, the first terms of their variances.
    """
    if len(rows) < FEWEST:
        raise RefusalError(
            f"k = {len(rows)} is below {FEWEST}: tests of asymmetry cannot tell it from chance"
        )
    errors = [_safe_error(row) for row in rows]
    if None in errors:
        raise RefusalError("for standardised differences with their numbers of participants alone")
    return [error for error in errors if error is not None]


def _safe_error(row: Mapping[str, str]) -> float | None:
    measure, first, second = row.get("measure", ""), row.get("n1i", ""), row.get("n2i", "")
    if measure == "SMD" and first and second:
        return smd_safe_error(float(first), float(second))
    if measure == "SMCR" and first and row.get("ri"):
        return math.sqrt(2 * (1 - float(row["ri"])) / float(first))
    if measure == "SMCC" and first:
        return math.sqrt(1 / float(first))
    return None
