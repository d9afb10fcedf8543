from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from measures.agreement import cohen_kappa, kappa_interval, observed_agreement
from measures.intervals import bootstrap


def test_kappa_is_what_the_textbook_says() -> None:
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    assert observed_agreement(first, second) == 0.7


def test_full_agreement_is_one_and_full_disagreement_of_even_raters_minus_one() -> None:
    assert cohen_kappa([True, False], [True, False]) == 1
    assert cohen_kappa([True, False], [False, True]) == -1


@pytest.mark.parametrize("said", [[], [True], [False, False]])
def test_where_nothing_varies_nothing_can_be_said(said: list[bool]) -> None:
    assert cohen_kappa(said, said) is None


def test_a_rater_who_always_says_the_same_agrees_no_better_than_chance() -> None:
    assert cohen_kappa([True] * 4, [True, False, True, False]) == 0


def test_agreement_without_rows_is_none() -> None:
    assert observed_agreement([], []) is None


def test_raters_of_different_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        cohen_kappa([True], [True, False])


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=50))
def test_kappa_does_not_mind_who_is_first(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    found = cohen_kappa(first, second)
    assert found == pytest.approx(cohen_kappa(second, first), nan_ok=False)
    assert found is None or -1 <= found <= 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
def test_kappa_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    if len({*first, *second}) > 1:
        expected = cohen_kappa_score(first, second)
        assert cohen_kappa(first, second) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def verdicts(n: int, seed: int) -> tuple[list[bool], list[bool]]:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.4
    return truth.tolist(), (truth ^ (rng.random(n) < 0.15)).tolist()


def test_the_interval_of_kappa_holds_it_and_is_that_of_drawing_rows() -> None:
    first, second = verdicts(300, seed=1)
    low, high = kappa_interval(first, second, seed=2, draws=4000) or (1.0, 0.0)
    assert low < (cohen_kappa(first, second) or 0) < high
    rows = list(zip(first, second, strict=True))
    slow = bootstrap(
        lambda drawn: cohen_kappa([a for a, _ in drawn], [b for _, b in drawn]), rows, seed=3
    )
    assert (low, high) == pytest.approx(slow, abs=0.02)


def test_the_interval_of_kappa_follows_the_seed_and_not_the_order_of_rows() -> None:
    first, second = verdicts(120, seed=4)
    found = kappa_interval(first, second, seed=5)
    assert found == kappa_interval(first[::-1], second[::-1], seed=5)
    assert found != kappa_interval(first, second, seed=6)


@pytest.mark.parametrize("said", [[], [True], [False, False]])
def test_where_nothing_varies_kappa_has_no_interval(said: list[bool]) -> None:
    assert kappa_interval(said, said, seed=1) is None


def test_where_most_draws_say_nothing_kappa_has_no_interval() -> None:
    assert kappa_interval([True, True], [True, False], seed=1) is not None
    assert kappa_interval(["a"], ["b"], seed=1) is None
