from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.agreement import cohen_kappa, observed_agreement


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


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=50))
def test_kappa_does_not_mind_who_is_first(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    found = cohen_kappa(first, second)
    assert found == pytest.approx(cohen_kappa(second, first), nan_ok=False)
    assert found is None or -1 <= found <= 1
