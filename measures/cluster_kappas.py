"""Intervals of Cohen's kappa whose rows come in clusters: many answers to one prompt."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from measures.agreement import kappa_of
from measures.clusters import drawn_sums
from measures.intervals import Interval, check_draws, percentile_interval


def table_kappa(counts: ArrayLike) -> float | None:
    """Cohen's kappa of a table of counts; None without rows, or where it is 0/0.

    Args:
        counts: (labels, labels): rows by what the first and what the second rater says.

    Raises:
        ValueError: The table is not square, or a count is negative.
    """
    table = _tables(np.asarray(counts)[None])[0]
    products = int(table.sum(axis=0) @ table.sum(axis=1))
    return kappa_of(int(table.trace()), products, int(table.sum()))


def cluster_kappa(
    counts: ArrayLike, seed: int, draws: int = 1000, confidence: float = 0.95
) -> Interval | None:
    """A cluster bootstrap interval (expanded percentiles) of Cohen's kappa.

    Whole clusters are drawn, as for `measures.clusters`. Draws whose kappa is 0/0 are left out.
    Where both raters say the same of every row no draw differs, and both ends are 1.

    Args:
        counts: (clusters, labels, labels): rows of each cluster by what the first and what the
            second rater says. A cluster without rows is left out.
        seed: The same seed and clusters give the same interval.
        draws: How often.
        confidence: Between 0 and 1.

    Returns:
        Lower and upper end; None with fewer than two clusters that have rows, where the kappa
        itself is 0/0, or where more than half of the draws are.

    Raises:
        ValueError: The tables are not square, a count is negative, or draws or confidence are out
            of range.
    """
    check_draws(draws)
    tables = _tables(counts)
    tables = tables[tables.any(axis=(1, 2))]
    if len(tables) < 2 or table_kappa(tables.sum(axis=0)) is None:
        return None
    size = tables.shape[1]
    drawn = drawn_sums(tables.reshape(len(tables), -1).astype(np.float64), seed, draws)
    kappas = _kappas(drawn.reshape(-1, size, size))
    return percentile_interval(kappas, len(tables), confidence)


def _tables(counts: ArrayLike) -> NDArray[np.int64]:
    tables = np.asarray(counts, dtype=np.int64)
    if tables.ndim != 3 or tables.shape[1] != tables.shape[2]:
        raise ValueError(f"tables of two raters must be square (got {tables.shape})")
    if (tables < 0).any():
        raise ValueError("counts must not be negative")
    return tables


def _kappas(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kappa of every draw, NaN for 0/0, from (draws, labels, labels) counts."""
    n = drawn.sum(axis=(1, 2))
    products = (drawn.sum(axis=1) * drawn.sum(axis=2)).sum(axis=1)
    room = n * n - products
    kappas = np.full(len(drawn), np.nan)
    np.divide(n * np.trace(drawn, axis1=1, axis2=2) - products, room, out=kappas, where=room > 0)
    return kappas
