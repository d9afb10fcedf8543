"""Spacing under a limit per minute, with a clock that the test turns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.limits.rate_limiter import TokenBucket


def _sent(pace: TokenBucket, seconds: float, cost: float = 1.0) -> list[float]:
    """When calls go out that are sent as early as the pace lets them."""
    now, times = 1000.0, []
    while now < 1000.0 + seconds:
        wait = pace.wait_s(now)
        if wait > 0:
            now += max(wait, 1e-6)
            continue
        pace.take(now, cost)
        times.append(now)
    return times


def _fullest(times: list[float], seconds: float) -> int:
    return max(sum(start <= time < start + seconds for time in times) for start in times)


@settings(deadline=None)
@given(st.integers(1, 4000), st.floats(0, 60))
def test_no_minute_holds_more_calls_than_the_limit(per_minute: int, start: float) -> None:
    times = _sent(TokenBucket(per_minute), 121.0)
    for first in (1000.0, 1000.0 + start):
        assert sum(first <= time < first + 60 for time in times) <= per_minute


@pytest.mark.parametrize("per_minute", [60, 500, 3000])
def test_nearly_all_of_the_limit_is_used(per_minute: int) -> None:
    assert len(_sent(TokenBucket(per_minute), 600.0)) >= 0.98 * 10 * per_minute


def test_calls_are_spaced_and_only_a_small_burst_goes_at_once() -> None:
    times = _sent(TokenBucket(600), 10.0)
    assert _fullest(times, 0.05) <= 3


def test_lateness_is_made_up_for_but_idleness_is_not() -> None:
    pace = TokenBucket(600)
    pace.take(0.0)
    pace.take(0.3)
    assert pace.wait_s(0.3) <= 0
    for _ in range(4):
        pace.take(300.0)
    assert pace.wait_s(300.0) > 0


def test_a_call_that_used_less_than_was_taken_for_it_gives_back() -> None:
    pace = TokenBucket(6000)
    pace.take(0.0, cost=2000)
    before = pace.wait_s(0.0)
    pace.correct(-1000)
    assert pace.wait_s(0.0) == pytest.approx(before - 1000 * 60 / 5940)


@settings(deadline=None)
@given(st.integers(100, 100_000), st.floats(0.0001, 0.3))
def test_no_minute_takes_more_tokens_than_the_limit(per_minute: int, share: float) -> None:
    cost = max(1.0, share * per_minute)
    times = _sent(TokenBucket(per_minute), 61.0, cost)
    assert sum(time < 1060.0 for time in times) * cost <= per_minute + 1e-6
