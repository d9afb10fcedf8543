"""An event loop whose clock jumps to the next timer, and a server that lives in it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from inference.limits import RateLimiter
from inference.models import ModelSpec
from inference.providers.base import TransientError
from inference.retries import Circuit
from inference.types import ChatRequest, Message, Reply, Usage

ResultT = TypeVar("ResultT")
REQUEST = ChatRequest("m", (Message("user", "a question of forty characters, or about"),))


class _Jumps(selectors.SelectSelector):
    """Waits for nobody: the time that would be waited is added to the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("something must be due, or the loop waits for ever")
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs hours in milliseconds."""

    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.now


def run(main: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Runs a coroutine in virtual time, from 0."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def now() -> float:
    return asyncio.get_running_loop().time()


def limiter_for(**settings: object) -> RateLimiter:
    spec = ModelSpec("m", "openai", "m", **settings)  # type: ignore[arg-type]  # fields by name
    return RateLimiter(spec, Circuit(spec))


@dataclass
class Load:
    """As many calls as a limiter lets go, against a server of known behaviour.

    Attributes:
        limiter: What lets them go.
        takes: Seconds of a call of so many tokens, with so many in flight.
        answered: Calls answered so far.
        sent: When each call was sent.
    """

    limiter: RateLimiter
    takes: Callable[[int, int], float]
    shortest: int = 50
    longest: int = 50

    def __post_init__(self) -> None:
        self.answered = 0
        self.sent: list[float] = []
        self._in_flight = 0
        self._random = Random(0)

    async def run(self, seconds: float, callers: int) -> None:
        """Callers that ask again and again, for so many seconds."""
        tasks = [asyncio.ensure_future(self._ask()) for _ in range(callers)]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def rate(self, seconds: float) -> float:
        """Answers per second from now on; to be asked while it runs."""
        before = self.answered
        await asyncio.sleep(seconds)
        return (self.answered - before) / seconds

    async def _ask(self) -> None:
        while True:
            await self.call()

    async def call(self) -> None:
        tokens = self._random.randint(self.shortest, self.longest)
        async with self.limiter.slot(), self.limiter.permit(REQUEST) as permit:
            began = now()
            self.sent.append(began)
            self._in_flight += 1
            try:
                await asyncio.sleep(self.takes(tokens, self._in_flight))
            finally:
                self._in_flight -= 1
            self.answered += 1
            reply = Reply("yes", usage=Usage(10, tokens))
            self.limiter.answered(permit, reply, now() - began)


def limited(retry_after_s: float | None = None) -> TransientError:
    return TransientError("rate_limited", "HTTP 429", retry_after_s)
