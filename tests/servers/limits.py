"""Doors of a server: how many calls it admits, and how fast it works when it is crowded."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.servers.chance import share
from tests.servers.faults import Instead, api_error, rate_limited


class Door(Protocol):
    """What stands between a call's arrival and its answer."""

    def arrive(self) -> Instead | None:
        """What a call is turned away with; None where it is admitted."""
        ...

    def headers(self) -> Mapping[str, str]:
        """What an answer's headers say of the limits."""
        ...

    async def work(self) -> None:
        """Takes as long as an admitted call does."""
        ...


class Open:
    """Admits everything at once and says nothing."""

    def arrive(self) -> Instead | None:
        """Never turns away."""
        return None

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    async def work(self) -> None:
        """Takes no time."""


@dataclass
class Sliding(Open):
    """At most so many calls in any window; those it turns away are not counted.

    Attributes:
        requests: How many calls a window holds.
        window_s: Seconds of a window.
        tells: Whether its headers say what is left.
        clock: Seconds.
    """

    requests: int
    window_s: float = 60.0
    tells: bool = False
    clock: Callable[[], float] = time.monotonic
    _arrivals: deque[float] = field(default_factory=deque)

    def arrive(self) -> Instead | None:
        """429 with Retry-After where the window is full."""
        now = self.clock()
        self._forget(now)
        if len(self._arrivals) >= self.requests:
            return rate_limited(seconds=math.ceil(self._arrivals[0] + self.window_s - now))
        self._arrivals.append(now)
        return None

    def headers(self) -> Mapping[str, str]:
        """What is left, and when the window is empty again."""
        now = self.clock()
        self._forget(now)
        reset = self._arrivals[-1] + self.window_s - now if self._arrivals else 0.0
        return _told(self.requests, self.requests - len(self._arrivals), reset, self.tells)

    def _forget(self, now: float) -> None:
        while self._arrivals and self._arrivals[0] <= now - self.window_s:
            self._arrivals.popleft()


@dataclass
class Bucket(Open):
    """A bucket of so many calls that fills evenly over the window; see `Sliding`."""

    requests: int
    window_s: float = 60.0
    tells: bool = False
    clock: Callable[[], float] = time.monotonic
    _level: float = math.inf
    _seen: float = 0.0

    def arrive(self) -> Instead | None:
        """429 with Retry-After where the bucket is empty."""
        self._fill()
        if self._level < 1:
            return rate_limited(seconds=math.ceil((1 - self._level) / self._rate))
        self._level -= 1
        return None

    def headers(self) -> Mapping[str, str]:
        """What is left, and when the bucket is full again."""
        self._fill()
        reset = (self.requests - self._level) / self._rate
        return _told(self.requests, int(self._level), reset, self.tells)

    @property
    def _rate(self) -> float:
        return self.requests / self.window_s

    def _fill(self) -> None:
        now = self.clock()
        self._level = min(self.requests, self._level + (now - self._seen) * self._rate)
        self._seen = now


@dataclass
class Always429(Open):
    """Turns every call away; `seconds` is its Retry-After, or None where it says nothing."""

    seconds: float | None = None

    def arrive(self) -> Instead | None:
        """429."""
        return rate_limited(seconds=self.seconds)


@dataclass
class Queueing(Open):
    """So many workers: what comes on top waits for one, and is never turned away.

    Attributes:
        workers: How many calls are worked on at once.
        seconds: What one call takes on average.
        spread: How much calls differ: each takes `1 - spread` to `1 + spread` of that.
    """

    workers: int
    seconds: float
    spread: float = 0.5
    _served: int = 0
    _slots: asyncio.Semaphore | None = None

    async def work(self) -> None:
        """Waits for a worker, then for it to finish."""
        if self._slots is None:
            self._slots = asyncio.Semaphore(self.workers)
        self._served += 1
        factor = 1 + self.spread * (2 * share("work", self._served) - 1)
        async with self._slots:
            await asyncio.sleep(self.seconds * factor)


@dataclass
class Thrashing(Queueing):
    """All calls are worked on at once, but beyond `workers` they are in each other's way.

    With n in flight a call takes (n / workers)^2 times as long, so that throughput falls with
    each call that is added.
    """

    _working: int = 0

    async def work(self) -> None:
        """Takes longer the more calls there are."""
        self._served += 1
        self._working += 1
        factor = 1 + self.spread * (2 * share("work", self._served) - 1)
        crowding = max(1.0, (self._working / self.workers) ** 2)
        try:
            await asyncio.sleep(self.seconds * factor * crowding)
        finally:
            self._working -= 1


@dataclass
class Crowded(Open):
    """Turns calls away with 503 while more than `most` are in flight."""

    most: int
    seconds: float
    _working: int = 0

    def arrive(self) -> Instead | None:
        """503 where it is full."""
        if self._working < self.most:
            return None
        return api_error(503, "The server is overloaded.", kind="server_error")

    async def work(self) -> None:
        """Takes as long as ever."""
        self._working += 1
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self._working -= 1


def _told(limit: int, left: int, reset_s: float, tells: bool) -> dict[str, str]:
    if not tells:
        return {}
    return {
        "x-ratelimit-limit-requests": str(limit),
        "x-ratelimit-remaining-requests": str(left),
        "x-ratelimit-reset-requests": f"{reset_s:.3f}s",
    }
