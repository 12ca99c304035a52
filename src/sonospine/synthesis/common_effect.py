"""The common-effect model: inverse-variance weights, and heterogeneity told by Q alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sonospine.synthesis.heterogeneity import Heterogeneity
from sonospine.synthesis.weighting import generalised_q


def common_heterogeneity(yi: Sequence[float], vi: Sequence[float]) -> Heterogeneity:
    """Describe the heterogeneity that a common effect leaves (k >= 2).

    Parameters
    ----------
    yi, vi
        Effects and their sampling variances, k of each, vi > 0.

    Returns
    -------
    Heterogeneity
        tau² = 0; I² and H² from Q (``from_q``); every bound is NaN, since the model has no tau² to bound.
    """
    return from_q(generalised_q(yi, vi, 0.0), len(yi) - 1)


def from_q(q: float, df: int) -> Heterogeneity:
    """Return I² = 100 max(0, (Q - df) / Q) and H² = Q / df (Higgins & Thompson 2002, eq. 6 and 10; metafor ``EE``)."""
    from scipy.special import chdtrc

    nan = math.nan
    return Heterogeneity(
        tau2=0.0, tau2_lower=nan, tau2_upper=nan, i2=100 * max(0.0, (q - df) / q) if q > 0 else 0.0, i2_lower=nan,
        i2_upper=nan, h2=q / df if df else 1.0, h2_lower=nan, h2_upper=nan, q=q, q_df=df,
        q_p=float(chdtrc(df, q)) if df else 1.0,
    )  # fmt: skip
