"""Each pool as its effects come in one after the other: by year, risk of bias, and confidence of the reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sonospine.model.numbers import derived, number
from sonospine.model.risk_of_bias import rank
from sonospine.model.states import by_person
from sonospine.model.table_io import Row
from sonospine.model.tables import CUMULATIVE
from sonospine.robustness.fitting import fit_columns, fit_sets, identity, points
from sonospine.synthesis.pooling import Choice

FEWEST = 2
MOST = 2000
"""k effects take k fits: beyond this many it would take minutes and say nothing."""
Key = tuple[float, str]


def confidence_of(row: Row, measurements: Mapping[str, Row]) -> float | None:
    """Return how sure the reading behind an effect is: the smallest confidence of its rows.

    A row that a person has verified counts as 1. ``None`` where a row is not known, or none is named.
    """
    behind = [measurements.get(name) for name in filter(None, row["measurement_ids"].split(";"))]
    known = [one for one in behind if one is not None]
    if not behind or len(known) < len(behind):
        return None
    return min(1.0 if by_person(one["state"]) else float(one["confidence"]) for one in known)


def cumulative(
    pools: Mapping[str, Sequence[Row]],
    choice: Choice,
    *,
    risk_of_bias: Mapping[str, str] | None = None,
    measurements: Mapping[str, Row] | None = None,
) -> list[Row]:
    """Pool the effects of each analysis as they come in, by year, risk of bias and confidence.

    Parameters
    ----------
    pools
        The included effects by analysis.
    choice
        Estimator, interval and level of the ordinary pool.
    risk_of_bias
        Overall judgement by study, or by ``study_id/analysis`` (which outweighs it), in the words of RoB 2 or ROBINS-I.
    measurements
        Reconciled rows by id.

    Returns
    -------
    list of dict
        Rows of ``cumulative``: step i holds the pool of the first i effects by the rule of ``pooled`` (the first
        step is the study's own interval); the last is the ordinary pool. The oldest, the least biased and the most
        certain come first; ties by label. An order is refused with the reason where an effect has no place in it, or
        there are fewer than two effects (or more than 2000). metafor: ``cumul()``.
    """
    made: list[Row] = []
    for analysis, rows in pools.items():
        for name, key, missing in (
            ("year", _year, "no year is known"),
            ("risk_of_bias", _by_judgement(risk_of_bias or {}), "no risk of bias is recorded"),
            ("confidence", _by_confidence(measurements or {}), "the confidence of the reading is not known"),
        ):
            made += _in_order(analysis, name, rows, key, missing, choice)
    return made


def _in_order(
    analysis: str,
    name: str,
    rows: Sequence[Row],
    key: Callable[[Row], Key | None],
    missing: str,
    choice: Choice,
) -> list[Row]:
    placed = [(place, row) for row in rows if (place := key(row)) is not None]
    reason = ""
    if len(rows) < FEWEST:
        reason = f"a cumulative pool needs at least {FEWEST} effects, and there are {len(rows)}"
    elif len(rows) > MOST:
        reason = f"a cumulative pool is run for at most {MOST} effects, and there are {len(rows)}"
    elif len(placed) < len(rows):
        first = next(row for row in rows if key(row) is None)
        reason = f"{missing} for {len(rows) - len(placed)} of {len(rows)} effects ({first['label']})"
    if reason:
        return [CUMULATIVE.row(analysis=analysis, order=name, step="0", refused=reason)]
    placed.sort(key=lambda pair: (pair[0][0], pair[1]["label"], pair[1]["effect_id"]))
    whole = points([row for _, row in placed])
    fits = fit_sets([whole[: i + 1] for i in range(len(whole))], choice)
    return [
        CUMULATIVE.row(
            analysis=analysis,
            order=name,
            step=str(step),
            by=place[1],
            **identity(row),
            **fit_columns(fit, choice.estimator),
        )
        for step, ((place, row), fit) in enumerate(zip(placed, fits, strict=True), start=1)
    ]


def _year(row: Row) -> Key | None:
    year = number(row["year"])
    return None if year is None else (year, row["year"])


def _by_judgement(judged: Mapping[str, str]) -> Callable[[Row], Key | None]:
    def key(row: Row) -> Key | None:
        study = row["study_id"]
        said = judged.get(f"{study}/{row['analysis']}", judged.get(study, ""))
        place = rank(said)
        return None if place is None else (float(place), said)

    return key


def _by_confidence(measurements: Mapping[str, Row]) -> Callable[[Row], Key | None]:
    def key(row: Row) -> Key | None:
        confidence = confidence_of(row, measurements)
        return None if confidence is None else (-confidence, derived(confidence))

    return key
