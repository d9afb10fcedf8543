"""The rate limiter in virtual time: order, pauses, cancelled calls, and when it gives up."""

from __future__ import annotations

import asyncio

import pytest

from inference.errors import CircuitOpenError
from inference.limits import RateLimiter
from inference.models import ModelSpec
from inference.providers.base import TransientError
from inference.retries import Circuit
from inference.types import Reply, Usage
from tests.inference.limits.virtual import REQUEST, Load, limited, limiter_for, now, run


async def _pass(limiter: RateLimiter, number: int, order: list[int], takes_s: float = 0.0) -> None:
    async with limiter.permit(REQUEST):
        order.append(number)
        await asyncio.sleep(takes_s)


def test_the_pace_is_shared_by_all_callers() -> None:
    async def main() -> None:
        load = Load(limiter_for(rpm=600, max_in_flight=64), lambda tokens, n: 1.0)
        await load.run(60, callers=64)
        assert 590 <= len(load.sent) <= 600

    run(main())


def test_calls_are_let_go_in_order_of_arrival() -> None:
    async def main() -> None:
        limiter, order = limiter_for(rpm=60), list[int]()
        await asyncio.gather(*(_pass(limiter, number, order) for number in range(20)))
        assert order == list(range(20))

    run(main())


def test_tokens_are_paced_by_what_calls_really_use() -> None:
    async def main() -> None:
        load = Load(limiter_for(tpm=60_000, max_in_flight=64), lambda tokens, n: 0.5)
        await load.run(300, callers=64)
        used = 60 * load.answered  # 10 in, 50 out
        assert 0.9 * 5 * 60_000 <= used <= 5 * 60_000

    run(main())


@pytest.mark.parametrize(
    ("failure", "waits"),
    [
        (TransientError("server_error", "HTTP 500"), False),
        (TransientError("timeout", "no connection in time", sent=False), False),
        (TransientError("timeout", "no answer in time", may_cost=True), True),
        (TransientError("connection", "cut off", may_cost=True), True),
        (TransientError("no_json", "half of it", may_cost=True), True),
        (TransientError("no_completion", "no choices", may_cost=True), True),
    ],
    ids=str,
)
def test_tokens_are_given_back_only_where_the_server_did_no_work(
    failure: TransientError, waits: bool
) -> None:
    async def main() -> None:
        limiter = limiter_for(tpm=600)
        async with limiter.permit(REQUEST) as permit:
            limiter.failed(permit, failure)
        async with limiter.permit(REQUEST):
            assert (now() > 40.0) is waits

    run(main())


def test_a_cancelled_call_keeps_nobody_else_back() -> None:
    async def main() -> None:
        limiter, order = limiter_for(rpm=60), list[int]()
        tasks = [asyncio.ensure_future(_pass(limiter, number, order)) for number in range(6)]
        await asyncio.sleep(0.5)
        for number in (1, 3):
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order == [0, 2, 4, 5]
        assert now() < 4

    run(main())


def test_a_call_cancelled_as_it_is_let_go_gives_its_place_back() -> None:
    async def main() -> None:
        limiter, order = limiter_for(max_in_flight=1), list[int]()
        first = asyncio.ensure_future(_pass(limiter, 0, order, takes_s=1.0))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(_pass(limiter, 1, order))
        third = asyncio.ensure_future(_pass(limiter, 2, order))
        first.add_done_callback(lambda _: second.cancel())
        await asyncio.gather(first, second, third, return_exceptions=True)
        assert order[-1] == 2

    run(main())


def test_one_429_pauses_all_that_wait_and_one_goes_first_afterwards() -> None:
    async def main() -> None:
        limiter, sent = limiter_for(max_in_flight=64), list[float]()

        async def ask() -> None:
            async with limiter.permit(REQUEST):
                sent.append(now())
                await asyncio.sleep(5.0)

        async with limiter.permit(REQUEST) as permit:
            limiter.failed(permit, limited(retry_after_s=10))
        await asyncio.gather(*(ask() for _ in range(30)))
        assert all(10 <= time for time in sent)
        assert sent[1] - sent[0] >= 0.4
        assert sent[9] - sent[0] >= 1.4

    run(main())


def test_a_server_that_is_down_and_says_until_when_pauses_too() -> None:
    async def main() -> None:
        limiter = limiter_for()
        async with limiter.permit(REQUEST) as permit:
            limiter.failed(permit, TransientError("server_error", "HTTP 503", retry_after_s=30))
        async with limiter.permit(REQUEST):
            assert now() >= 30

    run(main())


def test_an_answer_that_says_nothing_is_left_holds_calls_back_until_the_reset() -> None:
    async def main() -> None:
        limiter = limiter_for()
        async with limiter.permit(REQUEST) as permit:
            limiter.headers({"ratelimit-remaining": "2", "ratelimit-reset": "40"})
            limiter.answered(permit, Reply(usage=Usage(1, 1)), 0.1)
        times = []
        for _ in range(3):
            async with limiter.permit(REQUEST):
                times.append(now())
        assert times == [0, 0, 40]

    run(main())


def test_headers_count_what_was_sent_after_the_answered_call() -> None:
    async def main() -> None:
        limiter, order = limiter_for(max_in_flight=8), list[int]()
        async with limiter.permit(REQUEST):
            others = [asyncio.ensure_future(_pass(limiter, n, order, 1.0)) for n in range(3)]
            await asyncio.sleep(0.1)
            limiter.headers({"ratelimit-remaining": "3", "ratelimit-reset": "40"})
        await asyncio.gather(*others)
        async with limiter.permit(REQUEST):
            assert now() >= 40

    run(main())


def test_a_call_that_waits_for_its_pace_alone_is_not_failing() -> None:
    async def main() -> None:
        spec = ModelSpec("m", "openai", "m", rpm=1, give_up_s=5.0)
        circuit = Circuit(spec)
        limiter = RateLimiter(spec, circuit)
        order: list[int] = []
        circuit.failure(TransientError("server_error"), now())
        await asyncio.gather(*(_pass(limiter, number, order) for number in range(5)))
        assert len(order) == 5
        assert circuit.error is None
        circuit.failure(TransientError("server_error"), 61.0)
        assert circuit.error is None

    run(main())


def test_time_spent_waiting_for_the_pace_is_told_apart_from_a_pause() -> None:
    async def main() -> None:
        limiter = limiter_for(rpm=6)
        async with limiter.permit(REQUEST) as permit:
            limiter.failed(permit, limited(retry_after_s=4))
        async with limiter.permit(REQUEST) as permit:
            assert now() == pytest.approx(10, abs=0.2)
            assert 5 < permit.waited_s < 6.2

    run(main())


def test_a_pause_longer_than_patience_ends_the_model_and_lets_all_go() -> None:
    async def main() -> None:
        spec = ModelSpec("m", "openai", "m", give_up_s=20.0)
        circuit = Circuit(spec)
        limiter = RateLimiter(spec, circuit)
        async with limiter.permit(REQUEST) as permit:
            failure = limited(retry_after_s=3600)
            limiter.failed(permit, failure)
            circuit.failure(failure, now())
        order: list[int] = []
        await asyncio.gather(*(_pass(limiter, number, order) for number in range(50)))
        assert now() == pytest.approx(20)
        assert isinstance(circuit.error, CircuitOpenError)
        assert "run the same command again" in str(circuit.error)

    run(main())


def test_an_embedded_model_keeps_its_number() -> None:
    async def main() -> None:
        spec = ModelSpec("m", "embedded", "m", max_in_flight=3)
        limiter = RateLimiter(spec, Circuit(spec))
        await Load(limiter, lambda tokens, n: 1.0 * n**2).run(500, callers=10)
        assert limiter.concurrency == 3

    run(main())
