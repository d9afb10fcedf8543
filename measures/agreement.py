"""How far two raters agree beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from measures.intervals import check_draws, percentile_interval


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
    room = n * n - products
    kappas = np.full(len(drawn), np.nan)
    np.divide(n * agreeing - products, room, out=kappas, where=room != 0)
    return kappas
