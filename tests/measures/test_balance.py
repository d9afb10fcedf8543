from __future__ import annotations

import pytest

from measures.balance import largest_to_smallest

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
