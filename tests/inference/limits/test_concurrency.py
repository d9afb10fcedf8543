"""Adaptive concurrency against servers that never say 429, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from inference.limits.concurrency import Concurrency
from tests.inference.limits.virtual import Load, limiter_for, run

_MOST = 64


async def _settled(takes: Callable[[int, int], float], longest: int = 50) -> tuple[float, int]:
    """Answers per second once it has settled, and the concurrency it ended at."""
    limiter = limiter_for(max_in_flight=_MOST)
    load = Load(limiter, takes, longest=longest)
    running = asyncio.ensure_future(load.run(150, _MOST))
    await asyncio.sleep(60)
    rate = await load.rate(80)
    await running
    return rate, limiter.concurrency


def _noise() -> Callable[[], float]:
    random = Random(1)
    return lambda: random.uniform(0.5, 1.5)


def test_a_server_that_bears_all_gets_nearly_all() -> None:
    rate, _ = run(_settled(lambda tokens, in_flight: 0.5))
    assert rate >= 0.8 * _MOST / 0.5


@pytest.mark.parametrize("longest", [50, 200])
def test_a_server_that_thrashes_is_kept_near_its_best(longest: int) -> None:
    rate, limit = run(_settled(lambda tokens, n: 0.01 * tokens * max(1.0, (n / 16) ** 2), longest))
    assert rate >= 0.8 * 16 / (0.01 * (50 + longest) / 2)
    assert limit < 32


def test_a_server_that_queues_is_used_whole_and_not_crowded() -> None:
    noise = _noise()
    rate, limit = run(_settled(lambda tokens, n: 0.5 * max(1.0, n / 16) * noise()))
    assert rate >= 0.9 * 16 / 0.5
    assert limit <= 56


def test_a_server_whose_calls_differ_is_used_well() -> None:
    noise = _noise()
    rate, _ = run(_settled(lambda tokens, n: 0.5 * max(1.0, n / 40) * noise()))
    assert rate >= 0.8 * 40 / 0.5


def test_a_server_for_one_call_at_a_time_is_found_out() -> None:
    _, limit = run(_settled(lambda tokens, n: 0.01 * n**2))
    assert limit <= 2


def _told(most: int) -> Concurrency:
    concurrency = Concurrency(most)
    for number in range(400):
        concurrency.answered(concurrency.epoch, concurrency.limit, 1.0, 10, float(number))
    return concurrency


def test_it_doubles_from_eight_while_throughput_rises() -> None:
    concurrency = Concurrency(64)
    limits = {concurrency.limit}
    for number in range(300):
        concurrency.answered(concurrency.epoch, concurrency.limit, 1.0, 10, float(number))
        limits.add(concurrency.limit)
    assert {8, 16, 32, 64} <= limits


def test_calls_sent_where_the_number_was_not_used_up_tell_nothing() -> None:
    concurrency = Concurrency(64)
    for number in range(500):
        concurrency.answered(concurrency.epoch, 3, 1.0, 10, float(number))
    assert concurrency.limit == 8


def test_what_was_in_flight_together_reduces_it_once() -> None:
    concurrency = _told(64)
    before, epoch = concurrency.limit, concurrency.epoch
    for _ in range(before):
        concurrency.overloaded(epoch)
    assert 0.5 * before < concurrency.limit < 0.8 * before


def test_it_is_never_less_than_one_nor_more_than_allowed() -> None:
    concurrency = _told(9)
    assert concurrency.limit <= 9
    for _ in range(50):
        concurrency.overloaded(concurrency.epoch)
    assert concurrency.limit == 1
    alone = _told(1)
    assert alone.limit == 1


def test_after_a_reduction_it_grows_again() -> None:
    concurrency = _told(64)
    for _ in range(20):
        concurrency.overloaded(concurrency.epoch)
    assert concurrency.limit == 1
    for number in range(2000):
        concurrency.answered(concurrency.epoch, concurrency.limit, 1.0, 10, 400.0 + number)
    assert concurrency.limit > 50
