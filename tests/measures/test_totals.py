"""A total that a sample foretells: its interval holds as often as it says, and knows its limits."""

from __future__ import annotations

from random import Random

import pytest

from measures.totals import Group, Moments, count_interval, moments, total


def held(skewed: bool, drawn: int, whole: int, tries: int = 400) -> float:
    """How often the interval of a total holds it, over many draws."""
    found = 0
    for seed in range(tries):
        rng = Random(seed)
        values = [rng.lognormvariate(1, 0.6) if skewed else rng.gauss(9, 2) for _ in range(whole)]
        known = total([Group(moments(values[:drawn]), whole)])
        found += known.low <= sum(values) <= known.high
    return found / tries


@pytest.mark.parametrize("skewed", [False, True])
@pytest.mark.parametrize("whole", [40, 400])
def test_the_interval_holds_about_as_often_as_it_says(skewed: bool, whole: int) -> None:
    assert 0.90 <= held(skewed, 20, whole) <= 0.99


def test_a_whole_that_was_drawn_is_known() -> None:
    known = total([Group(moments([1.0, 5.0, 9.0]), 3)])
    assert (known.low, known.value, known.high) == (15.0, 15.0, 15.0)


def test_a_total_is_never_below_what_was_drawn() -> None:
    known = total([Group(moments([0.0, 0.0, 0.0, 100.0]), 8)])
    assert known.low >= 100.0
    assert known.high > known.value == 200.0


def test_units_that_are_all_alike_leave_room_for_a_few_others() -> None:
    known = total([Group(moments([7.0] * 20), 400, least=1.0)])
    assert known.low == pytest.approx(2800 - 380 * 3 / 20)
    assert known.high == pytest.approx(2800 + 380 * 3 / 20)


def test_groups_add_up_and_the_surer_one_does_not_make_the_other_so() -> None:
    spread = Group(moments([1.0, 20.0, 3.0, 40.0]), 100)
    even = Group(moments([5.0, 5.1, 4.9, 5.0]), 100)
    alone, both = total([spread]), total([spread, even])
    assert both.value == pytest.approx(alone.value + 500)
    assert both.high - both.value == pytest.approx(alone.high - alone.value, rel=0.01)


def test_further_rounds_are_not_known_from_the_first() -> None:
    values = moments([4.0, 6.0, 5.0, 7.0])
    once, twice = total([Group(values, 4)]), total([Group(values, 4, times=2.0)])
    assert once.low == once.high == 22.0
    assert twice.low < twice.value == 44.0 < twice.high


def test_one_unit_says_little() -> None:
    known = total([Group(moments([3.0]), 10)])
    assert known.low == 3.0
    assert known.high > 90


def test_nothing_drawn_foretells_nothing() -> None:
    assert moments([]) == Moments(0, 0.0)
    assert total([Group(moments([]), 10)]).value == 0.0
    assert count_interval(moments([2.0])) is None
    assert count_interval(moments([1.0, 3.0])) == (0.0, pytest.approx(14.706, abs=1e-3))
