from __future__ import annotations

from collections.abc import Sequence

import pytest

from inference.limits.concurrency import Window, elasticity


def _window(in_flight: int, calls: Sequence[tuple[float, int]]) -> Window:
    window = Window()
    for seconds, tokens in calls:
        window.add(in_flight, seconds, tokens)
    return window


@pytest.mark.parametrize(
    ("seconds", "expected"), [(1.0, 1.0), (2.0, 0.0), (4.0, -1.0), (2**0.5, 0.5)]
)
def test_elasticity_of_a_doubling(seconds: float, expected: float) -> None:
    first, second = _window(8, [(1.0, 50)] * 9), _window(16, [(seconds, 50)] * 9)
    assert elasticity(first, second) == pytest.approx(expected)


def test_answers_that_are_longer_by_chance_are_no_slower_server() -> None:
    short = [(0.1 + 0.01 * tokens, tokens) for tokens in range(20, 60)]
    long = [(0.1 + 0.01 * tokens, tokens) for tokens in range(40, 120)]
    assert elasticity(_window(8, short), _window(16, long)) == pytest.approx(1.0)


def test_length_changes_nothing_where_it_does_not_matter() -> None:
    short = [(1.0, tokens) for tokens in range(20, 60)]
    long = [(2.0, tokens) for tokens in range(40, 120)]
    assert elasticity(_window(8, short), _window(16, long)) == pytest.approx(0.0)


def test_windows_of_one_concurrency_tell_nothing() -> None:
    assert elasticity(_window(8, [(1.0, 5)]), _window(8, [(9.0, 5)])) is None


def test_answers_in_no_time_and_without_usage_are_survived() -> None:
    assert elasticity(_window(1, [(0.0, 0)]), _window(2, [(0.0, 0)])) == pytest.approx(1.0)
