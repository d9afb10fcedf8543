from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import SettingInvalidError
from curation.quota import Draw, sample

TABLES = st.dictionaries(st.uuids().map(str), st.sampled_from("abcde"), max_size=40)
SIZES = st.integers(0, 50)
DRAWS = st.one_of(
    st.builds(Draw, size=st.none() | SIZES, seed=st.integers(0, 3)),
    st.builds(Draw, size=SIZES, balance=st.just("cap"), seed=st.integers(0, 3)),
    st.builds(
        Draw,
        balance=st.just("quota"),
        quota=st.dictionaries(st.sampled_from("abcx"), st.integers(0, 9)),
        seed=st.integers(0, 3),
    ),
)


def table(**counts: int) -> dict[str, str]:
    """So many rows a category."""
    return {f"{name}-{place}": name for name, count in counts.items() for place in range(count)}


def drawn(rows: dict[str, str], draw: Draw) -> Counter[str]:
    return Counter(rows[row] for row in sample(rows, draw).kept)


def test_a_cap_takes_small_categories_whole_and_fills_up_from_large_ones() -> None:
    rows = table(harmful=50, illegal=3, privacy=8, violence=40)
    assert drawn(rows, Draw(31, "cap")) == Counter(harmful=10, illegal=3, privacy=8, violence=10)


def test_a_quota_names_the_rows_of_each_category_and_leaves_a_small_one_short() -> None:
    rows = table(harmful=50, illegal=3, privacy=8, violence=40)
    quota = {"harmful": 20, "illegal": 5, "privacy": 2}
    draw = Draw(balance="quota", quota=quota)
    assert drawn(rows, draw) == Counter(harmful=20, illegal=3, privacy=2)


def test_without_a_size_all_rows_are_drawn() -> None:
    rows = table(a=9, b=2)
    assert sample(rows, Draw()).kept == tuple(rows)


def test_what_does_not_divide_evenly_is_still_drawn() -> None:
    for draw in (Draw(10), Draw(10, "cap")):
        assert drawn(table(a=9, b=9, c=9), draw).total() == 10


def test_another_seed_draws_other_rows() -> None:
    rows = table(a=50, b=50)
    assert sample(rows, Draw(20, seed=7)).kept != sample(rows, Draw(20, seed=8)).kept


@given(TABLES, DRAWS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(
    rows: dict[str, str], draw: Draw, random: object
) -> None:
    shuffled = list(rows.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert set(sample(rows, draw).kept) == set(sample(dict(shuffled), draw).kept)


@given(TABLES, DRAWS)
def test_every_row_is_kept_or_dropped_and_no_more_than_wanted_are_kept(
    rows: dict[str, str], draw: Draw
) -> None:
    selection = sample(rows, draw)
    assert sorted((*selection.kept, *(each.row for each in selection.dropped))) == sorted(rows)
    assert {each.reason for each in selection.dropped} <= {"not_sampled"}
    if draw.quota is None:
        assert len(selection.kept) == min(len(rows) if draw.size is None else draw.size, len(rows))
        return
    whole = Counter(rows.values())
    expected = {name: min(whole[name], draw.quota.get(name, 0)) for name in whole}
    assert Counter(rows[row] for row in selection.kept) == Counter(expected)


@given(TABLES, DRAWS, st.data())
def test_a_row_more_changes_at_most_one_other_row_of_each_category(
    rows: dict[str, str], draw: Draw, data: st.DataObject
) -> None:
    if not rows:
        return
    category = data.draw(st.sampled_from(sorted(set(rows.values()))))
    more = {**rows, "one more": category}
    before, after = set(sample(rows, draw).kept), set(sample(more, draw).kept)
    changed = Counter(more[row] for row in (before ^ after) - {"one more"})
    assert not changed or max(changed.values()) == 1


@given(TABLES, SIZES)
def test_under_a_cap_a_category_is_whole_or_within_one_of_the_largest(
    rows: dict[str, str], size: int
) -> None:
    counts = drawn(rows, Draw(size, "cap"))
    whole = Counter(rows.values())
    largest = max((counts[category] for category in whole), default=0)
    for category in whole:
        assert counts[category] in (whole[category], largest, largest - 1)


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"size": -1}, r"size >= 0 \(got -1\)"),
        ({"balance": "cap"}, "size: given for the balance cap"),
        ({"balance": "quota"}, "quota: given for the balance quota and no other"),
        ({"balance": "none", "quota": {"a": 1}}, "quota: given for the balance quota and no other"),
        ({"balance": "quota", "quota": {"a": 1}, "size": 1}, "size: None for the balance quota"),
        ({"balance": "quota", "quota": {"a": -1}}, r"every number >= 0 \(got a: -1\)"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, object], rule: str) -> None:
    with pytest.raises(SettingInvalidError, match=rule):
        Draw(**settings)  # type: ignore[arg-type]
