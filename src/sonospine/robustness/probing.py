"""Everything that is probed of one review or one plain file, table by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.config.robustness import Robustness
from sonospine.model.table_io import Row
from sonospine.robustness.correlation import vary_correlation
from sonospine.robustness.cumulative import cumulative
from sonospine.robustness.fitting import included
from sonospine.robustness.influence import influence
from sonospine.robustness.leave_one_out import leave_one_out
from sonospine.robustness.multiverse import multiverse
from sonospine.robustness.reading import read_anew
from sonospine.robustness.recomputing import Review
from sonospine.synthesis.pooling import Choice
from sonospine.synthesis.probing import probe_heterogeneity


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the effects and beside them.

    The tables of the review, the alternatives of its rows, the ordinary pools (rows of ``pooled``, whose n, difference
    and flags are printed beside the mixture), and the overall risk of bias by study.
    """

    review: Review | None = None
    alternatives: Sequence[Row] = ()
    pooled: Sequence[Row] = ()
    risk_of_bias: Mapping[str, str] = field(default_factory=dict)


def probe(
    effects: Sequence[Row],
    choice: Choice,
    settings: Robustness | None = None,
    behind: Behind | None = None,
    analyses: Sequence[str] | None = None,
) -> dict[str, list[Row]]:
    """Probe how robust the pools of some effects are.

    Parameters
    ----------
    effects
        Rows of ``effects``, all candidates.
    choice
        Estimator, interval and level of the ordinary pools.
    settings
        What is varied; by default as a configuration that says nothing.
    behind
        The tables behind the effects. What needs them is refused with a reason where they are not here.
    analyses
        Analyses in the order of the configuration; by default those of the effects, sorted.

    Returns
    -------
    dict
        Rows by the name of their table: ``leave_one_out``, ``influence``, ``cumulative``, ``correlation``,
        ``multiverse`` and ``reading``, in which every analysis has a row (what cannot be run says why); and
        ``subgroups``, ``regression`` and ``small_study`` (``synthesis.probing.probe_heterogeneity``). The pools of
        subgroups are written by ``pool``.

    Raises
    ------
    InputError
        An included effect cannot be pooled, no effect has a column that makes subgroups or moderators, or the
        multiverse has too many combinations.
    """
    settings = settings or Robustness()
    behind = behind or Behind()
    found = included(effects)
    names = list(analyses) if analyses is not None else sorted(found)
    pools = {name: found.get(name, []) for name in names}
    review = behind.review
    measurements: Mapping[str, Row] = {}
    if review is not None:
        measurements = review.by_id
        # Studies without any candidate effect have none with other choices either.
        review = review.of_studies({row["study_id"] for row in effects})
    explored = {name: settings.exploration_of(name) for name in names}
    asked = probe_heterogeneity(
        effects,
        choice,
        {name: one.subgroups for name, one in explored.items()},
        {name: one.moderators for name, one in explored.items()},
        settings.seed,
    )
    return {
        "leave_one_out": leave_one_out(pools, choice),
        "influence": influence(pools, choice),
        "cumulative": cumulative(
            pools, choice, risk_of_bias=behind.risk_of_bias, measurements=measurements
        ),
        "correlation": vary_correlation(pools, choice, review, settings.correlations),
        "multiverse": multiverse(pools, choice, settings.multiverse, review),
        "reading": read_anew(
            pools, choice, review, behind.alternatives,
            draws=settings.draws, seed=settings.seed, pooled=behind.pooled,
        ),
        **{name: asked[name] for name in ("subgroups", "regression", "small_study")},
    }  # fmt: skip
