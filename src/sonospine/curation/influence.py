"""How much a number could change: one figure for what a row could still turn out to be, and its words."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from types import MappingProxyType

from sonospine.config.settings import Analysis, Config
from sonospine.curation.likeness import others_of, updated
from sonospine.figures.wording import effect_number
from sonospine.model.numbers import number
from sonospine.model.table_io import Row
from sonospine.robustness.fitting import Fit, Point, PointSet, fit_sets, grouped, included, points
from sonospine.synthesis.pooling import Choice

CROSSING = 1.0
"""What it counts that the interval comes to lie across a line, or no longer does: as a move by one standard error."""
APPEARANCE = 2.0
"""What it counts that a pool gets its only study or loses it: as a move to the edge of its interval."""
SHOWN_PERCENT = 0.01
NOTHING = 1e-9
"""A smaller difference is one of rounding."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that a number could turn out to be.

    ``words`` say what (``if 0.45 is an SE``). ``pieces`` are the effects that the study would then give to analyses;
    an analysis that is not named stays as it is.
    """

    probability: float
    words: str
    pieces: Mapping[str, PointSet]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is open about one number: its scenarios, and the analyses that a study would newly enter.

    ``enters`` holds the people that the study would bring to an analysis, as far as they are known (0: not known):
    nothing is known of what it would say. ``chance`` is the probability that it has such a result at all.
    """

    study_id: str
    scenarios: tuple[Scenario, ...] = ()
    enters: Mapping[str, int] = field(default_factory=dict)
    chance: float = 1.0
    entry_words: str = ""

    @property
    def analyses(self) -> set[str]:
        """The analyses that could change."""
        return {name for one in self.scenarios for name in one.pieces} | set(self.enters)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The influence of a doubt on one analysis; ``words`` tell the scenario that contributes most, ``most`` how much."""

    influence: float = 0.0
    most: float = 0.0
    words: str = ""


@dataclass(frozen=True)
class Pool:
    """The pool of an analysis as it stands: the effects of each study, their fit and the lines it is held against.

    ``people`` are the participants behind each effect with its variance (unknown ones left out).
    """

    analysis: str
    title: str
    measure: str
    pieces: Mapping[str, PointSet]
    people: tuple[tuple[int, float], ...]
    lines: tuple[float, ...]
    fit: Fit

    def otherwise(self, study_id: str, piece: PointSet) -> PointSet:
        """Return the effects of the pool with those of one study replaced, in the order of studies."""
        found: list[Point] = []
        for name in self._order if study_id in self.pieces else sorted((*self._order, study_id)):
            found += piece if name == study_id else self.pieces[name]
        return tuple(found)

    @cached_property
    def _order(self) -> list[str]:
        return sorted(self.pieces)

    @cached_property
    def unit(self) -> float:
        """The standard error of the pool by Wald, 1/√Σ 1/(vᵢ + τ²); NaN without effects."""
        tau2 = 0.0 if math.isnan(self.fit.tau2) else self.fit.tau2
        weights = [1 / (point.vi + tau2) for piece in self.pieces.values() for point in piece]
        return 1 / math.sqrt(math.fsum(weights)) if weights else math.nan


def pools_of(
    effects: Mapping[str, Sequence[Row]],
    config: Config,
    choice: Choice,
    known: Mapping[str, Pool] = MappingProxyType({}),
) -> dict[str, Pool]:
    """Return the pool of each analysis of the configuration.

    Parameters
    ----------
    effects
        Rows of ``effects`` by analysis, all candidates.
    config
        The configuration, which names the minimal important differences.
    choice
        Estimator, interval and level of the ordinary pools.
    known
        Pools that were fitted before: one with the same effects is not fitted again.

    Raises
    ------
    InputError
        An included effect cannot be pooled.
    """
    entered = {a.id: included(effects.get(a.id, ())).get(a.id, []) for a in config.analyses}
    pieces = {
        name: {study: points(listed) for study, listed in sorted(grouped(rows, "study_id").items())}
        for name, rows in entered.items()
    }
    stay = {name: known[name].fit for name in pieces if name in known and known[name].pieces == pieces[name]}
    anew = [name for name in pieces if name not in stay]
    sets = [tuple(p for piece in pieces[name].values() for p in piece) for name in anew]
    fits = stay | dict(zip(anew, fit_sets(sets, choice), strict=True))
    return {
        a.id: Pool(
            a.id, a.title, a.measure, pieces[a.id], _people(entered[a.id]), lines_of(a, config), fits[a.id]
        )
        for a in config.analyses
    }


def lines_of(analysis: Analysis, config: Config) -> tuple[float, ...]:
    """Return what the interval of an analysis is held against: no effect, and its minimal important difference.

    Both on the analysis scale; the difference lies on the side of the better values. A proportion has no line of no
    effect.
    """
    outcome, difference = config.outcome(analysis.outcome), config.difference(analysis)
    lines = [] if analysis.contrast == "one_arm" else [0.0]
    if difference is not None:
        lines.append(-difference.value if outcome.direction == "lower" else difference.value)
    return tuple(lines)


def _people(rows: Iterable[Row]) -> tuple[tuple[int, float], ...]:
    found = []
    for row in rows:
        first, second, vi = number(row["n1i"]), number(row["n2i"]), number(row["vi"])
        same = row["arm_1"] == row["arm_2"]
        if first is not None and vi is not None and (same or second is not None):
            found.append((int(first if same else first + (second or 0)), vi))
    return tuple(found)


def weigh(
    doubts: Sequence[Doubt],
    pools: Mapping[str, Pool],
    choice: Choice,
    wanted: Sequence[Collection[str]] | None = None,
) -> list[dict[str, Weighed]]:
    """Weigh doubts: how far each is expected to move the pools.

    Parameters
    ----------
    doubts
        What is open; an analysis of theirs that is not among ``pools`` is passed over.
    pools
        The pools as they stand.
    choice
        Estimator, interval and level of the ordinary pools.
    wanted
        For each doubt the analyses that are asked about; ``None``: all of them.

    Returns
    -------
    list of dict
        For each doubt its influence by analysis. The influence on analysis a, in standard errors of its pool, is
        the expected move over the scenarios s with the probabilities p_s::

            I_a = Σ_s p_s m_a(s),   m_a(s) = |μ_s − μ| / SE + |ln(h_s / h)| + CROSSING · c_s

        μ and h are the estimate and the half-width of the interval as it stands, μ_s and h_s in the scenario; SE is
        the standard error by Wald, 1/√Σ 1/(vᵢ + τ²) (it is never 0, nor blown up by two effects); c_s is the number
        of lines (no effect, minimal important difference) that the interval comes to contain, ceases to contain, or
        jumps over. A pool that appears or vanishes moves by ``APPEARANCE``. p_s is what the reader says (confidence
        and alternatives), updated by how well the effect fits the other studies (``likeness.updated``): a value far
        from all others is more likely to be misread. The influence of a number is the sum over its analyses: with 1, a
        pool is expected to move by a standard error once the number is looked at.

        A study that would newly enter with n people and nothing known of its value is expected to move the estimate
        by ``chance`` · w · √(2/π) √(v + τ² + SE²) / SE, with v = median(vᵢ nᵢ)/n, and w its share of the weights
        1/(v + τ²): the mean absolute move if its value is drawn from the prediction of the pool.
    """
    named = [
        doubt.analyses & set(pools) & (doubt.analyses if wanted is None else set(wanted[index]))
        for index, doubt in enumerate(doubts)
    ]
    asked: list[tuple[int, str, list[Scenario]]] = []
    sets: list[PointSet] = []
    rests: dict[tuple[str, str], PointSet] = {}
    for index, doubt in enumerate(doubts):
        for name in sorted(named[index]):
            pool, study = pools[name], doubt.study_id
            listed = [s for s in doubt.scenarios if s.probability > 0 and name in s.pieces]
            if listed:
                asked.append((index, name, listed))
                sets += [pool.otherwise(study, one.pieces[name]) for one in listed]
                if pool.pieces.get(study) and (name, study) not in rests:
                    rests[name, study] = pool.otherwise(study, ())
    fits = fit_sets([*rests.values(), *sets], choice)
    others = {key: others_of(rest, fit) for (key, rest), fit in zip(rests.items(), fits, strict=False)}
    of_sets = iter(fits[len(rests) :])
    found = [{name: Weighed() for name in sorted(names)} for names in named]
    for index, name, listed in asked:
        pool, study = pools[name], doubts[index].study_id
        as_read, rest = pool.pieces.get(study, ()), others.get((name, study))
        chances = [one.probability for one in listed]
        if rest is not None:
            chances = updated(rest, as_read, [one.pieces[name] for one in listed], chances)
        for one, chance, fit in zip(listed, chances, of_sets, strict=False):
            if one.pieces[name] != as_read:
                found[index][name] = _with(found[index][name], chance, one, pool, fit)
    for index, doubt in enumerate(doubts):
        for name in sorted(set(doubt.enters) & named[index]):
            move, words = entry_of(pools[name], doubt.enters[name])
            before = found[index][name]
            part = doubt.chance * move
            found[index][name] = Weighed(before.influence + part, part, f"{doubt.entry_words}: {words}")
    return found


def move_of(pool: Pool, fit: Fit) -> float:
    """Return how far a pool moves to another fit, in standard errors (``weigh``)."""
    before = pool.fit
    if not before.k or not fit.k:
        return 0.0 if before.k == fit.k else APPEARANCE
    moved = abs(fit.estimate - before.estimate) / pool.unit
    old, new = before.ci_upper - before.ci_lower, fit.ci_upper - fit.ci_lower
    if old > 0 and new > 0:
        moved += abs(math.log(new / old))
    return moved + CROSSING * sum(_side(before, line) != _side(fit, line) for line in pool.lines)


def entry_of(pool: Pool, people: int) -> tuple[float, str]:
    """Return how far a study of so many people is expected to move a pool that it newly enters, and its words."""
    if not pool.fit.k:
        return APPEARANCE, f"it would be the only study ({pool.title})"
    tau2 = 0.0 if math.isnan(pool.fit.tau2) else pool.fit.tau2
    each = [n * vi for n, vi in pool.people if n > 0]
    typical = median(vi for piece in pool.pieces.values() for vi in (point.vi for point in piece))
    own = median(each) / people if each and people > 0 else typical
    weight, unit = 1 / (own + tau2), pool.unit
    share = weight / (weight + 1 / unit**2)
    move = share * math.sqrt(2 / math.pi) * math.sqrt(own + tau2 + unit**2) / unit
    size = f"a study of {people} people" if people > 0 else "a study of ordinary size"
    return move, f"{size} would get {_percent(share)} of the weight ({pool.title})"


def _with(before: Weighed, chance: float, scenario: Scenario, pool: Pool, fit: Fit) -> Weighed:
    told, most, move = before.words, before.most, chance * move_of(pool, fit)
    if move > most + NOTHING:
        told, most = f"{scenario.words}: {_change(pool, fit)}; {_percent(chance)}", move
    return Weighed(before.influence + move, most, told)


def _change(pool: Pool, fit: Fit) -> str:
    """Say in words how a pool moves: ``−2.10 → −1.30 (title), and the interval would contain 1``."""
    if not pool.fit.k:
        return f"a first estimate, {effect_number(fit.estimate, pool.measure)} ({pool.title})"
    old = effect_number(pool.fit.estimate, pool.measure)
    if not fit.k:
        return f"{old} would have no study left ({pool.title})"
    text = f"{old} → {effect_number(fit.estimate, pool.measure)} ({pool.title})"
    crossed = [line for line in pool.lines if _side(pool.fit, line) != _side(fit, line)]
    for line in crossed:
        where = effect_number(line, pool.measure, 2 if line % 1 else 0)
        verb = {0: "contain", 1: "lie above", -1: "lie below"}[_side(fit, line)]
        text += f", and the interval would {verb} {where}"
    wider = (fit.ci_upper - fit.ci_lower) / (pool.fit.ci_upper - pool.fit.ci_lower or math.nan)
    if not crossed and (wider > 1.25 or wider < 0.8):
        text += f", with an interval {wider:.1f} times as wide"
    return text


def _side(fit: Fit, line: float) -> int:
    """Tell where an interval lies: above a line (1), below it (−1) or across it (0)."""
    return (fit.ci_lower > line) - (fit.ci_upper < line)


def _percent(share: float) -> str:
    return "under 1 %" if share < SHOWN_PERCENT else f"{100 * share:.0f} %"
