from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from measures.intervals import BLOCK, cluster_bootstrap, cluster_difference, cluster_rate, wilson


def correlated(
    clusters: int, size: int, rate: float, alike: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Successes of each cluster; its rows' correlation is `alike`."""
    leaning = rng.beta(rate * (1 / alike - 1), (1 - rate) * (1 / alike - 1), clusters)
    return rng.binomial(size, leaning)


def test_sums_and_rows_give_the_same_interval() -> None:
    hits = correlated(60, 5, 0.4, 0.3, np.random.default_rng(1))
    rows = [[1] * hit + [0] * (5 - hit) for hit in hits.tolist()]
    slow = cluster_bootstrap(lambda drawn: sum(drawn) / len(drawn), rows, seed=1, draws=3000)
    assert cluster_rate(hits, [5] * 60, seed=2, draws=3000) == pytest.approx(slow, abs=0.012)


def test_one_row_a_cluster_is_nearly_wilson() -> None:
    hits = [1] * 300 + [0] * 700
    assert cluster_rate(hits, [1] * 1000, seed=1, draws=4000) == pytest.approx(
        wilson(300, 1000), abs=0.004
    )


def test_the_same_seed_gives_the_same_interval_and_clusters_without_rows_change_nothing() -> None:
    hits, rows = list(range(30)), [30] * 30
    found = cluster_rate(hits, rows, seed=1)
    assert found == cluster_rate([*hits, 0], [*rows, 0], seed=1)
    assert found != cluster_rate(hits, rows, seed=2)


def test_where_all_rows_say_the_same_wilson_over_the_clusters_stands_in() -> None:
    assert cluster_rate([0] * 50, [20] * 50, seed=1) == wilson(0, 50)
    assert cluster_rate([20] * 50, [20] * 50, seed=1) == wilson(50, 50)


def test_fewer_than_two_clusters_have_no_interval() -> None:
    assert cluster_rate([], [], seed=1) is None
    assert cluster_rate([1, 0], [3, 0], seed=1) is None
    assert cluster_difference(([1, 1], [2, 2]), ([1, 0], [2, 0]), seed=1) is None


def test_what_a_prompt_does_to_both_sides_cancels() -> None:
    rng = np.random.default_rng(3)
    hard = rng.random(200) < 0.5
    plain, mutated = (hard * rng.binomial(10, rate, 200) for rate in (0.6, 0.8))
    rows = [10] * 200
    found = cluster_difference((mutated, rows), (plain, rows), seed=1)
    apart = [cluster_rate(side, rows, seed=1) for side in (mutated, plain)]
    assert found is not None
    assert found[0] < 0.1 < found[1]
    assert all(
        side is not None and side[1] - side[0] > 1.5 * (found[1] - found[0]) for side in apart
    )


def test_a_difference_counts_only_clusters_with_rows_on_both_sides() -> None:
    both = cluster_difference(([1, 2, 0], [3, 3, 3]), ([0, 1, 0], [3, 3, 3]), seed=1)
    more = cluster_difference(([1, 2, 0, 3], [3, 3, 3, 3]), ([0, 1, 0, 0], [3, 3, 3, 0]), seed=1)
    assert both == more


def test_many_clusters_are_drawn_in_blocks() -> None:
    clusters = BLOCK // 50
    hits = np.arange(clusters) % 2
    found = cluster_rate(hits, np.ones(clusters), seed=1, draws=120)
    assert found == pytest.approx(wilson(clusters // 2, clusters), abs=0.001)


def test_thirty_models_on_1319_prompts_have_intervals() -> None:
    verdicts = np.random.default_rng(1).integers(0, 2, (30, 1319))
    found = [cluster_rate(model, np.ones(1319), seed=1) for model in verdicts]
    assert all(interval and interval[0] < 0.55 and interval[1] > 0.45 for interval in found)


@pytest.mark.parametrize(
    ("successes", "trials", "message"),
    [([1], [1, 2], "as many"), ([3, 1], [2, 2], "in 0..trials"), ([-1, 1], [2, 2], "in 0..trials")],
)
def test_counts_that_do_not_fit_are_refused(
    successes: list[int], trials: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        cluster_rate(successes, trials, seed=1)


def test_sides_of_different_clusters_are_refused() -> None:
    with pytest.raises(ValueError, match=r"same clusters \(got 1, 2\)"):
        cluster_difference(([1], [2]), ([1, 1], [2, 2]), seed=1)


def test_no_draws_are_refused() -> None:
    with pytest.raises(ValueError, match=r"draws must be >= 1 \(got 0\)"):
        cluster_rate([1, 0], [2, 2], seed=1, draws=0)
