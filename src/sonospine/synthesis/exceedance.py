"""How probable it is that an effect is beyond the minimal important difference, on the side of benefit."""

from __future__ import annotations


def p_beyond(estimate: float, se: float, df: float | None, mid: float, direction: str) -> float:
    """Return the probability that an effect is beyond the minimal important difference.

    Parameters
    ----------
    estimate, se
        Centre and standard error of the interval, on the analysis scale: those of the printed interval for the mean
        effect; for the effect in a new setting the se of the prediction interval, √(tau² + se²).
    df
        Degrees of freedom of the interval's t; ``None``: normal.
    mid
        Minimal important difference, above 0, on the analysis scale.
    direction
        Which direction of the outcome is better. ``lower``: benefit is an effect below -mid, P = F((-mid -
        estimate)/se). ``higher``: an effect above mid, P = 1 - F((mid - estimate)/se).

    Returns
    -------
    float
        From 0 to 1. F is the distribution of the interval (for a flat prior, the posterior; Higgins, Thompson &
        Spiegelhalter 2009, J R Stat Soc A 172:137, section 4). metafor 4 calls it ``predict(prob=)``.

    Raises
    ------
    ValueError
        An unknown direction.
    """
    from scipy.special import ndtr, stdtr

    if direction not in ("lower", "higher"):
        raise ValueError(f"unknown direction {direction!r}; allowed: lower, higher")
    short = -mid - estimate if direction == "lower" else estimate - mid
    if se == 0:
        return 1.0 if short > 0 else 0.0
    return float(ndtr(short / se) if df is None else stdtr(df, short / se))
