from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, spearmanr
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from measures.comparisons import holm, mcnemar, spearman

points = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=40)


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_exact_test_of_statsmodels_and_scipy(b: int, c: int) -> None:
    if b + c:
        expected = statsmodels_mcnemar([[7, b], [c, 9]], exact=True).pvalue
        assert mcnemar(b, c) == pytest.approx(expected, abs=1e-12)
        assert mcnemar(b, c) == pytest.approx(binomtest(b, b + c).pvalue, abs=1e-12)


def test_mcnemar_does_not_mind_who_is_first_and_never_passes_one() -> None:
    assert mcnemar(3, 11) == mcnemar(11, 3)
    assert mcnemar(5, 5) == 1
    assert mcnemar(0, 5) == pytest.approx(2 / 2**5)


def test_models_that_never_differ_have_no_p_value() -> None:
    assert mcnemar(0, 0) is None


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"counts must be >= 0 \(got -1\)"):
        mcnemar(-1, 3)


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_statsmodels_and_keeps_the_order(seed: int) -> None:
    values = (np.random.default_rng(seed).integers(0, 40, 9 * seed + 1) / 200).tolist()
    expected = multipletests(values, method="holm")[1].tolist()
    assert holm(values) == pytest.approx(expected, abs=1e-12)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"p-values must be in 0..1"):
        holm([0.5, value])


@settings(deadline=None)
@given(points)
def test_spearman_is_scipys(rows: list[tuple[int, int]]) -> None:
    x, y = ([row[side] for row in rows] for side in (0, 1))
    found = spearman(x, y)
    if min(len(set(x)), len(set(y))) < 2:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)


def test_spearman_sees_order_alone() -> None:
    x = np.linspace(0, 5, 20)
    assert spearman(x.tolist(), np.exp(x).tolist()) == pytest.approx(1)
    assert spearman(x.tolist(), (-(x**3)).tolist()) == pytest.approx(-1)


@pytest.mark.parametrize(("x", "y"), [([], []), ([1], [2]), ([1, 1], [1, 2]), ([1, 2], [3, 3])])
def test_where_one_side_does_not_vary_there_is_no_correlation(x: list[int], y: list[int]) -> None:
    assert spearman(x, y) is None


def test_sides_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"equally long \(got 1 and 2\)"):
        spearman([1], [1, 2])
