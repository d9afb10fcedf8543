"""How far two raters agree, with intervals for independent and for clustered rows."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from measures.intervals import Interval, check_draws, drawn_sums, percentile_interval

_Counts: TypeAlias = NDArray[np.int64] | NDArray[np.float64]


def observed_agreement(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """The share of rows on which both raters say the same; None without rows.

    Raises:
        ValueError: The raters rated different numbers of rows.
    """
    same = [one == other for one, other in zip(first, second, strict=True)]
    return sum(same) / len(same) if same else None


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa: 1 for full agreement, 0 for what chance would give, negative below it.

    None without rows, and where both raters give one and the same label to every row: chance
    would then agree too, and nothing can be said (0/0).

    Raises:
        ValueError: The raters rated different numbers of rows.
    """
    said = Counter(zip(first, second, strict=True))
    firsts: Counter[Hashable] = Counter()
    seconds: Counter[Hashable] = Counter()
    for (one, other), count in said.items():
        firsts[one] += count
        seconds[other] += count
    agreeing = sum(count for (one, other), count in said.items() if one == other)
    return kappa_of(
        agreeing, sum(count * seconds[label] for label, count in firsts.items()), said.total()
    )


def kappa_of(agreeing: int, products: int, n: int) -> float | None:
    """Cohen's kappa from counts, exact up to one division; None where it is 0/0.

    Args:
        agreeing: Rows on which both say the same.
        products: Sum over labels of (rows the first gave it) * (rows the second gave it).
        n: Rows that both rated.
    """
    room = n * n - products
    return (n * agreeing - products) / room if room else None


def kappa_interval(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    seed: int,
    draws: int = 1000,
    confidence: float = 0.95,
) -> tuple[float, float] | None:
    """A bootstrap interval (expanded percentiles) of Cohen's kappa over independent rows.

    Rows that say the same are alike, so counts of pairs are drawn, all draws at once. Draws whose
    kappa is 0/0 are left out.

    Returns:
        Lower and upper end; None where the kappa itself, or more than half of the draws, is 0/0.

    Raises:
        ValueError: The raters rated different numbers of rows, or draws or confidence are out of
            range.
    """
    check_draws(draws)
    said = Counter(zip(first, second, strict=True))
    pairs = sorted(said.items(), key=lambda item: repr(item[0]))  # not the order of the rows
    labels = {label: None for pair, _ in pairs for label in pair}
    if len(labels) < 2:
        return None
    counts = np.array([count for _, count in pairs], dtype=np.int64)
    n = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(n, counts / n, size=draws)
    codes = {label: code for code, label in enumerate(labels)}
    sides = [np.array([codes[pair[side]] for pair, _ in pairs]) for side in (0, 1)]
    return percentile_interval(_kappas(drawn, sides[0], sides[1], n), n, confidence)


def _kappas(
    drawn: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64], n: int
) -> NDArray[np.float64]:
    """Kappa of every draw (NaN for 0/0), from (draws, pairs) counts and the pairs' label codes."""
    size = int(max(first.max(), second.max())) + 1
    identity = np.eye(size, dtype=np.int64)
    agreeing = drawn[:, first == second].sum(axis=1)
    products = ((drawn @ identity[first]) * (drawn @ identity[second])).sum(axis=1)
    return _ratios(agreeing, products, n)


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

    Whole clusters are drawn, as for `measures.intervals`. Draws whose kappa is 0/0 are left out.
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
    kappas = _resampled_kappas(drawn.reshape(-1, size, size))
    return percentile_interval(kappas, len(tables), confidence)


def _tables(counts: ArrayLike) -> NDArray[np.int64]:
    tables = np.asarray(counts, dtype=np.int64)
    if tables.ndim != 3 or tables.shape[1] != tables.shape[2]:
        raise ValueError(f"tables of two raters must be square (got {tables.shape})")
    if (tables < 0).any():
        raise ValueError("counts must not be negative")
    return tables


def _resampled_kappas(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kappa of every draw, NaN for 0/0, from (draws, labels, labels) counts."""
    n = drawn.sum(axis=(1, 2))
    products = (drawn.sum(axis=1) * drawn.sum(axis=2)).sum(axis=1)
    return _ratios(np.trace(drawn, axis1=1, axis2=2), products, n)


def _ratios(agreeing: _Counts, products: _Counts, n: _Counts | int) -> NDArray[np.float64]:
    """`kappa_of` for every draw, NaN for 0/0."""
    room = n * n - products
    kappas = np.full(len(room), np.nan)
    np.divide(n * agreeing - products, room, out=kappas, where=room > 0)
    return kappas
