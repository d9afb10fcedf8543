"""Calls that are turned away at random slow a model down; they do not stop it for each."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from inference.limits.outcomes import Outcomes
from inference.providers.base import TransientError
from inference.retries import wait_s
from inference.types import Reply, Usage
from tests.inference.limits.virtual import REQUEST, limited, limiter_for, now, run

_CALLS = 2_000
_TAKES_S = 0.3


def test_one_call_among_others_is_no_reason_for_all_to_wait() -> None:
    outcomes = Outcomes()
    assert [outcomes.told(number, sent=40) for number in range(21, 28)] == [False] * 6 + [True]


def test_calls_that_were_sent_among_answered_ones_are_judged_with_these() -> None:
    outcomes = Outcomes()
    assert not any(outcomes.told(number, sent=100) for number in range(11, 100, 2))


def test_the_first_call_of_a_model_and_the_first_after_a_pause_are() -> None:
    outcomes = Outcomes()
    assert outcomes.told(1, sent=5)
    assert not outcomes.told(3, sent=5)  # it was in flight already
    assert outcomes.told(6, sent=6)
    assert not outcomes.told(8, sent=9)


def test_fewer_calls_are_tried_where_more_than_half_find_no_room() -> None:
    outcomes = Outcomes()
    assert not any(outcomes.full(number) for number in range(3, 300, 3))
    found = [outcomes.full(number) for number in range(401, 418)]
    assert found == [False] * 16 + [True]


async def _seconds(share: float, failure: TransientError) -> float:
    """How long all calls take where a share of them is turned away, each at random."""
    limiter = limiter_for(max_in_flight=64)
    chance = Random(7)

    async def ask() -> None:
        failures = 0
        async with limiter.slot():
            while True:
                async with limiter.permit(REQUEST) as permit:
                    if chance.random() >= share:
                        began = now()
                        await asyncio.sleep(_TAKES_S)
                        limiter.answered(permit, Reply("yes", usage=Usage(9, 9)), now() - began)
                        return
                    await asyncio.sleep(0.01)
                    limiter.failed(permit, failure)
                    failures += 1
                    wait = wait_s(failure, failures, chance.random(), longest_s=4.0)
                if not limiter.paused:
                    await limiter.wait_aside(wait)

    await asyncio.gather(*(ask() for _ in range(_CALLS)))
    return now()


@pytest.mark.parametrize(
    ("share", "failure"),
    [
        (0.25, limited()),
        (0.25, limited(retry_after_s=1)),
        (0.1, limited(retry_after_s=2)),
        (0.2, TransientError("server_error", "HTTP 503")),
        (0.3, TransientError("server_error", "HTTP 500")),
    ],
    ids=["429", "429 with a hint", "429 with a longer hint", "503", "500"],
)
def test_a_model_that_turns_calls_away_at_random_takes_at_most_three_times_as_long(
    share: float, failure: TransientError
) -> None:
    calm = run(_seconds(0.0, failure))
    took = run(_seconds(share, failure))
    assert took <= 3 * calm
