"""The uncertainty of the reading in each pool: draws of what the rows could be, and the mixture of their pools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.model.tables import READING
from sonospine.robustness.fitting import Point, PointSet, fit_sets, grouped, points
from sonospine.robustness.mixture import Mixture
from sonospine.robustness.recomputing import NOT_HERE, Review
from sonospine.robustness.resampling import AS_READ, Outcomes, outcomes_of
from sonospine.synthesis.pooling import Choice

Combination = tuple[int, ...]


def behind(row: Row) -> list[str]:
    """Return the ids of the measurements behind an effect."""
    return [name for name in row["measurement_ids"].split(";") if name]


@dataclass
class _Study:
    """A study of some pools: its tables, its rows that are drawn, and its effects for each combination met so far."""

    review: Review
    ordinary: Mapping[str, Sequence[Row]]
    rows: Sequence[str]
    outcomes: Mapping[str, Outcomes]
    met: dict[Combination, dict[str, PointSet | None]] = field(default_factory=dict)

    def effects(self, states: Combination) -> dict[str, PointSet | None]:
        """Return the effects of this study by analysis; ``None`` where a row of an effect is lost."""
        if states not in self.met:
            self.met[states] = self._effects(dict(zip(self.rows, states, strict=True)))
        return self.met[states]

    def _effects(self, states: Mapping[str, int]) -> dict[str, PointSet | None]:
        if all(state == AS_READ for state in states.values()):
            return {name: points(rows) for name, rows in self.ordinary.items()}
        lost = {name for name, state in states.items() if state == self.outcomes[name].lost}
        moved = {name for name, state in states.items() if state != AS_READ} - lost
        changed = {name: self.outcomes[name].rows[states[name]] for name in moved}
        anew: Mapping[str, Sequence[Row]] | None = None
        found: dict[str, PointSet | None] = {}
        for analysis, rows in self.ordinary.items():
            used = {name for row in rows for name in behind(row)}
            if used & lost:
                found[analysis] = None
            elif used & moved:
                anew = self.review.otherwise(changed, lost, self.ordinary) if anew is None else anew
                found[analysis] = points(anew.get(analysis, [])) or None
            else:
                found[analysis] = points(rows)
        return found


def read_anew(
    pools: Mapping[str, Sequence[Row]],
    choice: Choice,
    review: Review | None,
    alternatives: Sequence[Row],
    *,
    draws: int,
    seed: int,
    pooled: Sequence[Row] = (),
) -> list[Row]:
    """Pool each analysis over what its rows could be.

    Parameters
    ----------
    pools
        The included effects by analysis.
    choice
        Estimator, interval and level of the ordinary pool.
    review
        The tables behind the effects; ``None`` for a plain file, which is refused with the reason.
    alternatives
        Rows of ``alternatives``.
    draws, seed
        How many draws, and the seed: the same seed gives the same rows.
    pooled
        The ordinary pools, whose n and minimal important difference are copied.

    Returns
    -------
    list of dict
        Rows of ``reading``, one for each analysis, with the variant ``mixture``.

    Notes
    -----
    Each row behind an effect that nobody has verified is drawn: as read with its confidence, as one of its
    alternatives with its probability, and otherwise wrong in a way that nothing tells, which drops the study from the
    pool. One draw of a row holds for all analyses. A study whose rows changed has its effect computed anew; it is
    dropped where none can be pooled then. Each draw is pooled by the rule of ``pooled``, and the draws are mixed with
    equal weight: F(x) = (1/N) Σ T((x − μᵢ)/seᵢ; dfᵢ), as is done with multiply imputed data where the imputations are
    proper (Zhou & Reiter 2010, Am Stat 64:159). ``estimate`` is the median of the mixture, ``ci_lower`` and
    ``ci_upper`` its quantiles at (100 − level)/2 and (100 + level)/2 percent, ``p_value`` twice the smaller of F(0) and
    1 − F(0). Without doubt about any row all of them are those of the ordinary pool (of a single study: with the
    normal distribution of its variance). Draws without an effect have no distribution and are counted in
    ``empty_share``. A study is worked out anew by itself: what it alone could pool. There is no metafor name.
    """
    if review is None:
        return [_refused(analysis, rows, NOT_HERE) for analysis, rows in pools.items()]
    used = [name for rows in pools.values() for row in rows for name in behind(row)]
    doubtful = outcomes_of(used, review.by_id, alternatives)
    states = {name: one.drawn(draws, seed) for name, one in doubtful.items()}
    effects = _effects_of_draws(pools, review, doubtful, states, draws)
    ordinary = {row["analysis"]: row for row in pooled if row["variant"] == "primary" and not row["subgroup"]}
    made = []
    for analysis, rows in pools.items():
        if not rows:
            made.append(_refused(analysis, rows, "no effect enters the ordinary pool"))
            continue
        drawn = {name for row in rows for name in behind(row)} & set(doubtful)
        row = _mixed(analysis, rows, effects[analysis], choice, ordinary.get(analysis))
        made.append(row | {"draws": str(draws), "seed": str(seed), "rows_drawn": str(len(drawn))})
    return made


@dataclass(slots=True)
class _Drawn:
    """The effects of one analysis: each different set with the number of its draws, and shares of effects."""

    sets: Counter[PointSet] = field(default_factory=Counter)
    dropped: int = 0
    changed: int = 0
    effects: int = 0


def _effects_of_draws(
    pools: Mapping[str, Sequence[Row]],
    review: Review,
    doubtful: Mapping[str, Outcomes],
    states: Mapping[str, np.ndarray[tuple[int], np.dtype[np.int64]]],
    draws: int,
) -> dict[str, _Drawn]:
    """Return what each draw pools; a combination of states of a study is worked out once."""
    of_study = _by_study(pools)
    columns: dict[str, list[tuple[list[dict[str, PointSet | None]], list[int]]]] = {
        name: [] for name in pools
    }
    for study_id, by_analysis in of_study.items():
        rows = sorted(
            {n for listed in by_analysis.values() for row in listed for n in behind(row)} & set(doubtful)
        )
        study = _Study(review.of_studies({study_id}), by_analysis, rows, {n: doubtful[n] for n in rows})
        matrix = np.column_stack([states[n] for n in rows]) if rows else np.zeros((draws, 0), dtype=np.int64)
        different, which = np.unique(matrix, axis=0, return_inverse=True) if rows else (matrix[:1], None)
        found = [study.effects(tuple(one)) for one in different.tolist()]
        numbers = [0] * draws if which is None else which.ravel().tolist()
        for analysis in by_analysis:
            columns[analysis].append((found, numbers))
    return {analysis: _counted(analysis, pools[analysis], columns[analysis], draws) for analysis in pools}


def _by_study(pools: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, list[Row]]]:
    found: dict[str, dict[str, list[Row]]] = {}
    for analysis, rows in pools.items():
        for study_id, listed in grouped(rows, "study_id").items():
            found.setdefault(study_id, {})[analysis] = list(listed)
    return dict(sorted(found.items()))


def _counted(
    analysis: str,
    rows: Sequence[Row],
    columns: Sequence[tuple[list[dict[str, PointSet | None]], list[int]]],
    draws: int,
) -> _Drawn:
    """Count the different sets of effects of an analysis; a set is told by the combination of each of its studies."""
    drawn = _Drawn(effects=draws * len(rows))
    ordinary = {study: points(listed) for study, listed in grouped(rows, "study_id").items()}
    order = sorted(ordinary)
    combinations = Counter(zip(*(numbers for _, numbers in columns), strict=True))
    for combination, count in combinations.items():
        pieces: list[Point] = []
        for study, (found, _), number in zip(order, columns, combination, strict=True):
            piece = found[number][analysis]
            if piece is None:
                drawn.dropped += count * len(ordinary[study])
                continue
            if piece != ordinary[study]:
                drawn.changed += count * len(ordinary[study])
            pieces += piece
        drawn.sets[tuple(pieces)] += count
    return drawn


def _mixed(analysis: str, rows: Sequence[Row], drawn: _Drawn, choice: Choice, ordinary: Row | None) -> Row:
    sets = [one for one in drawn.sets if one]
    counts = [drawn.sets[one] for one in sets]
    total = sum(drawn.sets.values())
    shares = {
        "dropped_share": derived(drawn.dropped / drawn.effects),
        "changed_share": derived(drawn.changed / drawn.effects),
        "empty_share": derived(1 - sum(counts) / total),
    }
    row = _start(analysis, rows, ordinary) | shares
    if not sets:
        return row | {"refused": "no draw has an effect left"}
    tail = (100 - choice.level) / 200
    mixture = Mixture(fit_sets(sets, choice), counts)
    lower, middle, upper = (mixture.quantile(p) for p in (tail, 0.5, 1 - tail))
    return row | {
        "estimate": derived(middle),
        "ci_lower": derived(lower),
        "ci_upper": derived(upper),
        "ci_method": "mixture",
        "p_value": derived(mixture.p_value()),
        "estimator": choice.estimator,
    }


def _start(analysis: str, rows: Sequence[Row], ordinary: Row | None) -> Row:
    row = READING.row(analysis=analysis, variant="mixture", k=str(len(rows)))
    row["measure"] = rows[0]["measure"] if rows else ""
    if ordinary is not None:
        row |= {name: ordinary[name] for name in ("n", "mid", "mid_source", "flags")}
    return row


def _refused(analysis: str, rows: Sequence[Row], reason: str) -> Row:
    return _start(analysis, rows, None) | {"refused": reason}
