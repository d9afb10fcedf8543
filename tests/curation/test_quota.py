from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import SettingInvalid
from curation.quota import Balance, sample

BALANCES: tuple[Balance, ...] = get_args(Balance)
TABLES = st.dictionaries(st.uuids().map(str), st.sampled_from("abcde"), max_size=40)


def table(**counts: int) -> dict[str, str]:
    """So many rows a category."""
    return {f"{name}-{place}": name for name, count in counts.items() for place in range(count)}


def drawn(rows: dict[str, str], size: int, balance: Balance, seed: int = 7) -> Counter[str]:
    return Counter(rows[row] for row in sample(rows, size, seed, balance).kept)


def test_a_cap_takes_small_categories_whole_and_fills_up_from_large_ones() -> None:
    rows = table(harmful=50, illegal=3, privacy=8, violence=40)
    assert drawn(rows, 31, "cap") == Counter(harmful=10, illegal=3, privacy=8, violence=10)


def test_a_quota_leaves_a_small_category_short() -> None:
    rows = table(harmful=50, illegal=3, privacy=8, violence=40)
    assert drawn(rows, 40, "quota") == Counter(harmful=10, illegal=3, privacy=8, violence=10)
    assert drawn(rows, 20, "quota") == Counter(harmful=5, illegal=3, privacy=5, violence=5)


def test_what_does_not_divide_evenly_is_still_drawn() -> None:
    for balance in BALANCES:
        assert drawn(table(a=9, b=9, c=9), 10, balance).total() == 10


def test_another_seed_draws_other_rows() -> None:
    rows = table(a=50, b=50)
    assert sample(rows, 20, 7, "none").kept != sample(rows, 20, 8, "none").kept


@given(TABLES, st.integers(0, 50), st.integers(0, 3), st.sampled_from(BALANCES), st.randoms())
def test_the_order_of_the_rows_does_not_matter(
    rows: dict[str, str], size: int, seed: int, balance: Balance, random: object
) -> None:
    shuffled = list(rows.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    one = sample(rows, size, seed, balance)
    other = sample(dict(shuffled), size, seed, balance)
    assert set(one.kept) == set(other.kept)


@given(TABLES, st.integers(0, 50), st.integers(0, 3), st.sampled_from(BALANCES))
def test_every_row_is_kept_or_dropped_and_no_more_than_wanted_are_kept(
    rows: dict[str, str], size: int, seed: int, balance: Balance
) -> None:
    selection = sample(rows, size, seed, balance)
    assert sorted((*selection.kept, *(each.row for each in selection.dropped))) == sorted(rows)
    assert {each.reason for each in selection.dropped} <= {"not_sampled"}
    if balance == "quota":
        assert len(selection.kept) <= size
    else:
        assert len(selection.kept) == min(size, len(rows))


@given(TABLES, st.integers(0, 50))
def test_under_a_cap_a_category_is_whole_or_within_one_of_the_largest(
    rows: dict[str, str], size: int
) -> None:
    counts = drawn(rows, size, "cap")
    whole = Counter(rows.values())
    largest = max((counts[category] for category in whole), default=0)
    for category in whole:
        assert counts[category] in (whole[category], largest, largest - 1)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(SettingInvalid, match=r"size >= 0 \(got -1\)"):
        sample({}, -1, 7, "none")
