"""The doors of the loopback server, with a clock that the test turns."""

from __future__ import annotations

import asyncio

import pytest

from tests.servers.limits import Always429, Bucket, Crowded, Queueing, Sliding, Thrashing


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_sliding_window_forgets_each_call_after_its_own_minute() -> None:
    clock = _Clock()
    door = Sliding(2, clock=clock)
    admitted = []
    for moment in (100.0, 130.0, 140.0, 160.0, 161.0, 190.0):
        clock.now = moment
        admitted.append(door.arrive() is None)
    assert admitted == [True, True, False, True, False, True]


def test_a_bucket_fills_evenly() -> None:
    clock = _Clock()
    door = Bucket(60, clock=clock)
    assert sum(door.arrive() is None for _ in range(70)) == 60
    clock.now += 2
    assert sum(door.arrive() is None for _ in range(5)) == 2


@pytest.mark.parametrize("kind", [Sliding, Bucket])
def test_who_is_turned_away_is_told_when_to_come_back(kind: type[Sliding] | type[Bucket]) -> None:
    clock = _Clock()
    door = kind(1, clock=clock)
    door.arrive()
    clock.now += 18
    fault = door.arrive()
    assert fault is not None
    assert fault.status == 429
    assert fault.headers["Retry-After"] == "42"


@pytest.mark.parametrize("kind", [Sliding, Bucket])
def test_headers_say_what_is_left_only_where_they_are_to(
    kind: type[Sliding] | type[Bucket],
) -> None:
    clock = _Clock()
    assert kind(5, clock=clock).headers() == {}
    door = kind(6, clock=clock, tells=True)
    door.arrive()
    assert door.headers()["x-ratelimit-remaining-requests"] == "5"
    assert door.headers()["x-ratelimit-reset-requests"] == (
        "60.000s" if kind is Sliding else "10.000s"
    )


def test_one_that_only_says_429_says_nothing_else() -> None:
    assert all(getattr(Always429().arrive(), "status", None) == 429 for _ in range(9))


async def _together(door: Queueing, number: int) -> float:
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(door.work() for _ in range(number)))
    return asyncio.get_running_loop().time() - began


def test_a_queue_makes_calls_wait_and_a_crowd_makes_all_of_them_slower() -> None:
    alone, queued = Queueing(1, 0.05, spread=0), Thrashing(1, 0.05, spread=0)
    assert asyncio.run(_together(alone, 4)) >= 0.2
    assert asyncio.run(_together(queued, 4)) >= 0.8


def test_a_full_server_says_503() -> None:
    async def main() -> int | None:
        door = Crowded(1, 0.05)
        working = asyncio.ensure_future(door.work())
        await asyncio.sleep(0)
        fault = door.arrive()
        await working
        assert door.arrive() is None
        return None if fault is None else fault.status

    assert asyncio.run(main()) == 503
