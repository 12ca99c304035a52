"""How much each effect pulls its pool: deleted residuals, DFFITS, Cook's distance and what goes with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sonospine.model.numbers import derived, written_truth
from sonospine.model.table_io import Row
from sonospine.model.tables import INFLUENCE
from sonospine.robustness.fitting import PointSet, identity, points
from sonospine.robustness.leave_one_out import refusal, without_each
from sonospine.synthesis.pooling import Choice

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Influence:
    """Figures of k effects: arrays of shape (k,), with metafor's names in their columns of ``influence``."""

    rstudent: Floats
    dffits: Floats
    cooks_d: Floats
    cov_r: Floats
    tau2_del: Floats
    q_del: Floats
    hat: Floats
    weight: Floats
    dfbetas: Floats
    influential: np.ndarray[tuple[int], np.dtype[np.bool_]]


FIGURES = (
    "rstudent", "dffits", "cooks_d", "cov_r", "tau2_del", "q_del", "hat", "weight", "dfbetas",
)  # fmt: skip


def influence_of(effects: PointSet, choice: Choice) -> Influence:
    """Work out how the pool of k effects changes when each of them is deleted.

    Parameters
    ----------
    effects
        yi and vi of k >= 3 effects.
    choice
        Estimator and interval. The interval decides the scale s² of variances: 1 for Wald, the Hartung-Knapp factor
        q for ``hksj``, max(1, q) for ``hksj-conservative``.

    Returns
    -------
    Influence
        With μ, tau² and V (variance of μ) of all effects, and μ₍ᵢ₎, tau²₍ᵢ₎, V₍ᵢ₎ and s²₍ᵢ₎ without effect i:

        - hat hᵢ = wᵢ/Σw with wᵢ = 1/(vᵢ + tau²); weight = 100 hᵢ;
        - rstudent = (yᵢ − μ₍ᵢ₎)/√(s²₍ᵢ₎ (vᵢ + tau²₍ᵢ₎) + V₍ᵢ₎);
        - dffits = (μ − μ₍ᵢ₎)/√(s²₍ᵢ₎ hᵢ (tau²₍ᵢ₎ + vᵢ));
        - cooks_d = (μ − μ₍ᵢ₎)²/V; cov_r = V₍ᵢ₎/V;
        - dfbetas = (μ − μ₍ᵢ₎)/√(s²₍ᵢ₎/Σⱼ 1/(vⱼ + tau²₍ᵢ₎)), the sum over all k;
        - influential: |dffits| > 3 √(1/(k − 1)), or Cook's distance beyond the median of chi²(1), or
          hᵢ > 3/k, or |dfbetas| > 1.

        Viechtbauer & Cheung 2010, Res Synth Methods 1:112; metafor ``influence()``, the names rstudent, dffits,
        cook.d, cov.r, tau2.del, QE.del, hat, weight, dfbs, is.infl.

    Notes
    -----
    Where the interval of the whole pool has no width (``hksj`` with effects that are all the same), Cook's distance
    and cov_r do not exist and are NaN.
    """
    from scipy.special import chdtri

    from sonospine.synthesis.batch import fit_many

    k = len(effects)
    yi = np.array([p.yi for p in effects])
    vi = np.array([p.vi for p in effects])
    sets = [([p.yi for p in one], [p.vi for p in one]) for one in (effects, *without_each(effects))]
    fits = fit_many(sets, estimator=choice.estimator, ci=choice.ci, level=choice.level)
    mean, variance, tau2 = fits.estimate[0], fits.se[0] ** 2, fits.tau2[0]
    mean_del, variance_del, tau2_del = fits.estimate[1:], fits.se[1:] ** 2, fits.tau2[1:]
    weights = 1 / (vi + tau2)
    hat = weights / weights.sum()
    own = vi + tau2_del
    weights_del = 1 / (vi[None, :] + tau2_del[:, None])
    total_with = weights_del.sum(axis=1)
    np.fill_diagonal(weights_del, 0.0)
    scale = variance_del * weights_del.sum(axis=1)
    change = mean - mean_del
    residual = yi - mean_del
    residual[np.abs(residual) < 100 * np.finfo(float).eps] = 0
    with np.errstate(divide="ignore", invalid="ignore"):
        dffits = change / np.sqrt(scale * hat * own)
        cooks_d = change**2 / variance
        dfbetas = change / np.sqrt(scale / total_with)
        return Influence(
            rstudent=residual / np.sqrt(scale * own + variance_del),
            dffits=dffits,
            cooks_d=cooks_d,
            cov_r=variance_del / variance,
            tau2_del=tau2_del,
            q_del=fits.q[1:],
            hat=hat,
            weight=100 * hat,
            dfbetas=dfbetas,
            influential=(np.abs(dffits) > 3 * np.sqrt(1 / (k - 1)))
            | (cooks_d > chdtri(1, 0.5))
            | (hat > 3 / k)
            | (np.abs(dfbetas) > 1),
        )


def influence(pools: Mapping[str, Sequence[Row]], choice: Choice) -> list[Row]:
    """Return rows of ``influence`` for the pool of each analysis; a reason where k is too small or too large.

    Parameters
    ----------
    pools
        The included effects by analysis.
    choice
        Estimator, interval and level of the ordinary pool.
    """
    made: list[Row] = []
    for analysis, rows in pools.items():
        reason = refusal(len(rows), "influence")
        if reason:
            made.append(INFLUENCE.row(analysis=analysis, refused=reason))
            continue
        found = influence_of(points(rows), choice)
        for index, row in enumerate(rows):
            figures = {name: _written(float(getattr(found, name)[index])) for name in FIGURES}
            made.append(
                INFLUENCE.row(
                    analysis=analysis,
                    **identity(row),
                    **figures,
                    influential=written_truth(bool(found.influential[index])),
                )
            )
    return made


def _written(value: float) -> str:
    """Write a figure; what is not finite (nothing left to divide by) does not exist."""
    return derived(value) if np.isfinite(value) else ""
