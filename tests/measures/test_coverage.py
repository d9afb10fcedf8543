"""Whether intervals that claim 95 % hold the truth that often, on tables of known rates."""

from __future__ import annotations

import numpy as np
import pytest

from measures.intervals import Interval, cluster_difference, cluster_rate, wilson

RATES = np.linspace(0.06, 0.94, 30)  # one model each; the published fulfilment rates span this


def held(interval: Interval | None, truth: float) -> bool:
    assert interval is not None
    return interval[0] <= truth <= interval[1]


def leanings(rate: float, rng: np.random.Generator, clusters: int) -> np.ndarray:
    """A rate for each base prompt around the model's; rows of one prompt correlate by 0.2."""
    return rng.beta(rate * 4, (1 - rate) * 4, clusters)


def coverage_of_wilson(simulations: int, n: int) -> float:
    rng = np.random.default_rng(1)
    ends = [wilson(hits, n) for hits in range(n + 1)]
    hits = rng.binomial(n, RATES, (simulations, len(RATES)))
    return float(np.mean([[held(ends[hit], rate) for hit, rate in zip(row, RATES, strict=True)]
                          for row in hits]))  # fmt: skip


def coverage_of_clusters(simulations: int, models: int, clusters: int, size: int) -> float:
    rng = np.random.default_rng(2)
    rates = RATES[:: len(RATES) // models]
    trials = np.full(clusters, size)
    return float(np.mean([
        held(cluster_rate(rng.binomial(size, leanings(rate, rng, clusters)), trials, seed), rate)
        for seed in range(simulations) for rate in rates
    ]))  # fmt: skip


def test_wilson_holds_the_truth_19_times_in_20() -> None:
    assert 0.94 <= coverage_of_wilson(100, 450) <= 0.96


def test_the_cluster_bootstrap_holds_the_truth_19_times_in_20() -> None:
    assert 0.935 <= coverage_of_clusters(100, models=10, clusters=66, size=20) <= 0.965


def test_the_paired_difference_holds_the_truth_19_times_in_20() -> None:
    rng = np.random.default_rng(4)
    trials = np.full(66, 5)
    found = []
    for seed in range(600):
        base = leanings(0.4, rng, 66)
        sides = [(rng.binomial(5, rate), trials) for rate in (base * 0.7, base)]
        found.append(held(cluster_difference(sides[0], sides[1], seed), -0.12))
    assert 0.93 <= np.mean(found) <= 0.97


@pytest.mark.slow
@pytest.mark.timeout(900)  # minutes where other tests share the cores
@pytest.mark.parametrize(
    ("clusters", "size", "models"), [(1319, 1, 10), (440, 3, 30), (66, 20, 30)]
)
def test_five_hundred_simulations_hold_94_to_96(clusters: int, size: int, models: int) -> None:
    assert 0.94 <= coverage_of_wilson(500, 1319) <= 0.96
    assert 0.94 <= coverage_of_clusters(500, models, clusters, size) <= 0.96
