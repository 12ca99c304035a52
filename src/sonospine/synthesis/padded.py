"""Sets of effects of unequal size side by side in one block, and the sums over each set that pooling rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

CELLS = 12_000
"""Cells of a block: five arrays of that many doubles stay in the cache of a core."""
PADDING = 1.15
"""How much longer than the shortest set of a block its longest may be."""


class Block:
    """Sets padded to one length with effects of 0 and variances of infinity, which have no weight.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, shape (m, longest k).
    k
        Number of effects, shape (m,).

    Notes
    -----
    Every method takes one tau² per set, shape (m,), and returns arrays of that shape. ``math.fsum`` is the rule of
    scalar code; here numpy adds in a fixed order, and residuals are taken before they are squared, so that a heavy
    weight does not cost the digits of Q.
    """

    def __init__(self, yi: Floats, vi: Floats, k: Floats) -> None:
        self.yi, self.vi, self.k = yi, vi, k
        self._w, self._r, self._wr = np.empty_like(yi), np.empty_like(yi), np.empty_like(yi)

    def take(self, rows: Indices) -> Block:
        """Return the block of some of the sets."""
        return Block(self.yi[rows], self.vi[rows], self.k[rows])

    def sums(self, tau2: Floats) -> tuple[Floats, Floats, Floats]:
        """Return Σw, the weighted mean and Q(tau²) = Σ w (yi - mean)² with w = 1 / (vi + tau²)."""
        total, mean = self._residuals(tau2)
        return total, mean, np.einsum("ij,ij->i", self._wr, self._r)

    def q_and_slope(self, tau2: Floats) -> tuple[Floats, Floats]:
        """Return Q(tau²) and -Q'(tau²) = Σ w² (yi - mean)²; the mean's own change adds nothing to the slope."""
        self._residuals(tau2)
        q = np.einsum("ij,ij->i", self._wr, self._r)
        return q, np.einsum("ij,ij->i", self._wr, self._wr)

    def score(self, tau2: Floats, *, restricted: bool) -> Floats:
        """Return twice the derivative of the (restricted) log-likelihood by tau² (``likelihood.score``)."""
        total, _ = self._residuals(tau2)
        score: Floats = np.einsum("ij,ij->i", self._wr, self._wr) - total
        if restricted:
            score += np.einsum("ij,ij->i", self._w, self._w) / total
        return score

    def log_likelihood(self, tau2: Floats, *, restricted: bool) -> Floats:
        """Return the (restricted) log-likelihood without its constant (``likelihood.log_likelihood``)."""
        total, _, q = self.sums(tau2)
        logs = np.log(self._w, where=self._w > 0, out=np.zeros_like(self._w)).sum(axis=1)
        found: Floats = 0.5 * (logs - q - (np.log(total) if restricted else 0.0))
        return found

    def _residuals(self, tau2: Floats) -> tuple[Floats, Floats]:
        w = np.add(self.vi, tau2[:, None], out=self._w)
        np.reciprocal(w, out=w)
        total = np.einsum("ij->i", w)
        mean = np.einsum("ij,ij->i", w, self.yi) / total
        np.subtract(self.yi, mean[:, None], out=self._r)
        np.multiply(w, self._r, out=self._wr)
        return total, mean


@dataclass(frozen=True, slots=True)
class Packed:
    """Sets laid end to end: all effects, all variances, and the size of each set."""

    yi: Floats
    vi: Floats
    sizes: Indices

    def blocks(self) -> Iterator[tuple[Indices, Block]]:
        """Yield blocks of sets of about one size, with the positions of their sets."""
        starts = np.cumsum(self.sizes) - self.sizes
        for rows in self._groups():
            sizes = self.sizes[rows]
            column = np.arange(sizes.max())
            there = column < sizes[:, None]
            cells = np.where(there, starts[rows][:, None] + column, 0)
            yi = np.where(there, self.yi[cells], 0.0)
            yield rows, Block(yi, np.where(there, self.vi[cells], np.inf), sizes.astype(float))

    def _groups(self) -> Iterator[Indices]:
        order = np.argsort(self.sizes, kind="stable")
        ordered = self.sizes[order].tolist()
        start = 0
        while start < len(ordered):
            stop, longest = start + 1, ordered[start] * PADDING + 1
            while (
                stop < len(ordered)
                and ordered[stop] <= longest
                and (stop + 1 - start) * ordered[stop] <= CELLS
            ):
                stop += 1
            yield order[start:stop]
            start = stop


def packed(sets: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Packed:
    """Lay sets end to end.

    Raises
    ------
    ValueError
        A set has fewer than two effects or another number of variances, an effect is not finite, or a variance is
        not finite and above 0; the message names the set, counted from 1.
    """
    sizes = np.fromiter((len(yi) for yi, _ in sets), np.intp, len(sets))
    variances = np.fromiter((len(vi) for _, vi in sets), np.intp, len(sets))
    if (sizes != variances).any():
        at = int(np.argmax(sizes != variances))
        raise ValueError(f"set {at + 1} has {sizes[at]} effects and {variances[at]} variances")
    if (sizes < 2).any():
        at = int(np.argmax(sizes < 2))
        raise ValueError(f"set {at + 1} has {sizes[at]} effects; pooling needs at least two")
    yi, vi = _flat([yi for yi, _ in sets]), _flat([vi for _, vi in sets])
    unusable = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0))
    if unusable.any():
        cell = int(np.argmax(unusable))
        at = int(np.searchsorted(np.cumsum(sizes), cell, side="right"))
        raise ValueError(
            f"set {at + 1} has the effect {yi[cell]:g} with the variance {vi[cell]:g}; "
            "effects must be finite, variances finite and above 0"
        )
    return Packed(yi, vi, sizes)


def _flat(parts: list[Sequence[float]]) -> Floats:
    if not parts:
        return np.empty(0)
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts).astype(float, copy=False)
    return np.fromiter(chain.from_iterable(parts), float)
