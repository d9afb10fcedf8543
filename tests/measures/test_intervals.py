from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from measures.intervals import bootstrap, cluster_bootstrap, wilson


@settings(deadline=None)
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_statsmodels(rate: tuple[int, int]) -> None:
    expected = proportion_confint(*rate, alpha=0.05, method="wilson")
    found = wilson(*rate)
    assert found == pytest.approx(expected, abs=1e-12)
    assert 0 <= found[0] <= rate[0] / rate[1] <= found[1] <= 1


def test_wilson_is_what_newcombe_published() -> None:
    """Newcombe (1998), table I, method 3."""
    for (hits, n), ends in {
        (81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718),
    }.items():  # fmt: skip
        assert wilson(hits, n) == pytest.approx(ends, abs=5e-5)


def test_a_rate_without_rows_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_more_confidence_is_a_wider_interval() -> None:
    narrow, wide = wilson(3, 10, confidence=0.8), wilson(3, 10, confidence=0.99)
    assert narrow is not None
    assert wide is not None
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2)])
def test_more_successes_than_rows_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match=rf"successes must be in 0..2 \(got {successes}\)"):
        wilson(successes, n)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_out_of_range_is_refused(confidence: float) -> None:
    for interval in (
        lambda: wilson(1, 2, confidence),
        lambda: bootstrap(mean, [1.0, 2.0], seed=1, confidence=confidence),
    ):
        with pytest.raises(ValueError, match="confidence must be between 0 and 1"):
            interval()


def mean(rows: Sequence[float]) -> float:
    return statistics.fmean(rows)


def test_the_bootstrap_of_a_mean_is_near_students_interval() -> None:
    rows = np.random.default_rng(1).normal(5, 2, 100).tolist()
    half = 1.984 * statistics.stdev(rows) / 10
    found = bootstrap(mean, rows, seed=2, draws=4000)
    assert found == pytest.approx((mean(rows) - half, mean(rows) + half), abs=0.06)


def test_few_rows_widen_the_interval_as_student_does() -> None:
    rows = [0.0, 1.0, 2.0, 3.0]
    low, high = bootstrap(mean, rows, seed=2) or (0.0, 0.0)
    drawn = np.random.default_rng(2).choice(rows, (4000, 4)).mean(axis=1)
    assert high - low > np.diff(np.quantile(drawn, [0.025, 0.975]))[0]


def test_the_same_seed_gives_the_same_interval() -> None:
    rows = [float(number) for number in range(30)]
    assert bootstrap(mean, rows, seed=1) == bootstrap(mean, rows, seed=1)
    assert bootstrap(mean, rows, seed=1) != bootstrap(mean, rows, seed=2)


def test_rows_that_hang_together_give_a_wider_interval() -> None:
    clusters = [[float(number % 2)] * 20 for number in range(30)]
    alone = bootstrap(mean, [row for cluster in clusters for row in cluster], seed=1, draws=300)
    together = cluster_bootstrap(mean, clusters, seed=1, draws=300)
    assert alone is not None
    assert together is not None
    assert together[1] - together[0] > 3 * (alone[1] - alone[0])


def test_draws_without_a_figure_are_left_out_unless_they_are_most() -> None:
    def of_ones(rows: Sequence[int]) -> float | None:
        return sum(rows) / len(rows) if 1 in rows else None

    def of_twos(rows: Sequence[int]) -> float | None:
        return 1.0 if 2 in rows else None

    assert bootstrap(of_ones, [0, 0, 1, 1], seed=1) is not None
    assert bootstrap(of_twos, [0, 0, 1, 1], seed=1) is None


@pytest.mark.parametrize("rows", [[], [1.0]])
def test_fewer_than_two_rows_have_no_interval(rows: list[float]) -> None:
    assert bootstrap(mean, rows, seed=1) is None
    assert cluster_bootstrap(mean, [rows], seed=1) is None
    assert cluster_bootstrap(mean, [[1.0, 2.0], []], seed=1) is None


def test_no_draws_are_refused() -> None:
    with pytest.raises(ValueError, match=r"draws must be >= 1 \(got 0\)"):
        bootstrap(mean, [1.0, 2.0], seed=1, draws=0)
