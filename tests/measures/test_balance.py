from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare, entropy

from measures.balance import cramers_v, cramers_v_to, largest_to_smallest, normalised_entropy

PUBLISHED_HARD = {
    "deception": 72, "harassment": 41, "harmful": 106, "hate": 54, "illegal": 527,
    "privacy": 199, "self-harm": 63, "sexual": 66, "unethical": 125, "violence": 66,
}  # fmt: skip


def test_the_published_hard_set_is_thirteen_to_one() -> None:
    assert largest_to_smallest(PUBLISHED_HARD) == pytest.approx(12.9, abs=0.05)


@pytest.mark.parametrize(
    ("counts", "ratio"),
    [({"a": 3, "b": 3}, 1.0), ({"a": 1, "b": 4}, 4.0), ({"a": 5}, 1.0)],
)
def test_the_largest_is_divided_by_the_smallest(counts: dict[str, int], ratio: float) -> None:
    assert largest_to_smallest(counts) == ratio


@pytest.mark.parametrize("counts", [{}, {"a": 0}, {"a": 3, "b": 0}])
def test_a_category_without_rows_has_no_ratio(counts: dict[str, int]) -> None:
    assert largest_to_smallest(counts) is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 500), min_size=2, max_size=44))
def test_normalised_entropy_is_scipys_over_the_greatest_there_could_be(rows: list[int]) -> None:
    found = normalised_entropy({str(name): count for name, count in enumerate(rows)})
    if sum(rows):
        expected = entropy(rows) / math.log(len(rows))
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    else:
        assert found is None


def test_entropy_is_one_for_even_counts_and_zero_where_one_category_has_all() -> None:
    assert normalised_entropy({"a": 7, "b": 7, "c": 7}) == pytest.approx(1, abs=1e-12)
    assert normalised_entropy({"a": 7, "b": 0}) == 0


@pytest.mark.parametrize("counts", [{}, {"a": 3}, {"a": 0, "b": 0}])
def test_with_nothing_to_spread_there_is_no_entropy(counts: dict[str, int]) -> None:
    assert normalised_entropy(counts) is None


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"counts must be >= 0 \(got -1\)"):
        normalised_entropy({"a": 3, "b": -1})
    with pytest.raises(ValueError, match=r"counts must be >= 0 \(got -2\)"):
        cramers_v([[1, -2], [3, 4]])


def test_cramers_v_is_the_root_of_chi_square_over_its_greatest() -> None:
    table = [[13, 0, 0], [0, 20, 7], [0, 4, 56], [9, 9, 9]]
    chi2 = chi2_contingency(table, correction=False).statistic
    assert cramers_v(table) == pytest.approx(math.sqrt(chi2 / (127 * 2)), rel=1e-12)


def test_cramers_v_is_zero_for_independence_and_one_for_full_dependence() -> None:
    assert cramers_v([[10, 20], [30, 60]]) == pytest.approx(0, abs=1e-9)
    assert cramers_v([[10, 0], [0, 3]]) == pytest.approx(1)


def test_empty_rows_and_columns_change_nothing() -> None:
    assert cramers_v([[5, 0, 2], [0, 0, 0], [1, 0, 9]]) == cramers_v([[5, 2], [1, 9]])


@pytest.mark.parametrize(
    "table", [[], [[]], [[3, 4]], [[3], [4]], [[0, 0], [0, 0]], [[3, 4], [0, 0]]]
)
def test_a_table_with_one_side_has_no_cramers_v(table: list[list[int]]) -> None:
    assert cramers_v(table) is None


def test_a_ragged_table_is_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        cramers_v([[1, 2], [3]])


def test_against_an_even_target_the_distance_is_cramers_v_of_the_fit() -> None:
    chi2 = chisquare(list(PUBLISHED_HARD.values())).statistic
    expected = math.sqrt(chi2 / (sum(PUBLISHED_HARD.values()) * 9))
    even = dict.fromkeys(PUBLISHED_HARD, 1.0)
    assert cramers_v_to(PUBLISHED_HARD, even) == pytest.approx(expected, rel=1e-12)


def test_the_distance_to_a_target_goes_from_zero_to_one() -> None:
    target = {"a": 3.0, "b": 1.0}
    assert cramers_v_to({"a": 30, "b": 10}, target) == 0
    assert cramers_v_to({"b": 40}, target) == 1
    assert 0 < (cramers_v_to({"a": 40}, target) or 0) < 1


@pytest.mark.parametrize(
    ("counts", "target"),
    [({}, {"a": 1.0, "b": 1.0}), ({"a": 3}, {"a": 1.0}), ({"a": 3, "x": 1}, {"a": 1.0, "b": 1.0})],
)
def test_without_rows_choice_or_room_there_is_no_distance(
    counts: dict[str, int], target: dict[str, float]
) -> None:
    assert cramers_v_to(counts, target) is None


def test_one_category_that_has_all_rows_has_no_minus_zero() -> None:
    assert str(normalised_entropy({"a": 3, "b": 0})) == "0.0"
