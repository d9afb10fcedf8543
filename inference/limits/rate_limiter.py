"""One model's rate limiter: how many calls at once, how they are spaced, and when all wait.

A limit that is used smoothly never meets its edge, whatever the server counts by: a sliding window,
a fixed one or a bucket. All is plain arithmetic on times that the caller gives.

Where most calls are told 429, all wait, so that the others need not be told too. Afterwards the
first call goes alone, and the number in flight may double twice a second, and grows with every
answer. Where one call among many is told so, it waits alone: nothing was wrong with the others.
"""

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar

from inference.limits.concurrency import Concurrency, Fixed
from inference.limits.estimate import Estimate, Tokens
from inference.limits.headers import Mark, Quota, read
from inference.limits.outcomes import Outcomes
from inference.models import ModelSpec
from inference.providers.base import TransientError
from inference.retries import LONGEST_ASKED_WAIT_S, Circuit, wait_s
from inference.types import ChatRequest, Reply

_MINUTE_S = 60.0
_SHARE = 0.99  # just under the limit, so that jitter on the way cannot fill a window
_LATE_S = 0.15  # of lateness that may be made up for; a sliding minute bears 0.6 s at 99 %
_LEAST_SHARE = 0.5  # of the limit, where one call is a large part of it


class TokenBucket:
    """One limit per minute, in requests or in tokens."""

    def __init__(self, per_minute: float) -> None:
        self._per_minute = per_minute
        self._next = float("-inf")

    def wait_s(self, now: float) -> float:
        """Seconds until the next call may be sent; 0 or less where it may be sent now."""
        return self._next - _LATE_S - now

    def take(self, now: float, cost: float = 1.0) -> None:
        """One call is sent that uses up `cost` of the limit."""
        self._next = max(now, self._next) + self._seconds(cost)

    def correct(self, difference: float) -> None:
        """An earlier call used up this much more (or less) than was taken for it."""
        self._next += difference * _MINUTE_S / (_SHARE * self._per_minute)

    def _seconds(self, cost: float) -> float:
        # A window holds the calls that fit between its ends and one more: the one at its edge.
        edge = cost if cost > 1 else 0.0
        rate = max(_SHARE * self._per_minute - edge, _LEAST_SHARE * self._per_minute)
        return cost * _MINUTE_S / rate


_DOUBLING_S = 0.5
_ENOUGH = 1024  # in flight after a pause: no model is asked by more at once


class Backoff:
    """A pause of a whole model, and how it recovers afterwards.

    While it is on, nothing is sent. Once it is over, `room` lets one call go, and makes room for
    more with time and with every answer, until it stands in nobody's way. Times are the caller's,
    in seconds of one clock.

    Attributes:
        rounds: How often in a row the model was told to wait, with no answer in between to a call
            that was sent later; calls in flight together are one round.
        mark: How many calls were sent when this round began: what those up to it are told, or that
            they are answered, says nothing new.
    """

    def __init__(self) -> None:
        """Starts with no pause and with room for all."""
        self._until = float("-inf")
        self._since = 0.0
        self._total = 0.0
        self._recovering = False
        self._answers = 0
        self.rounds = 0
        self.mark = 0

    def begin(self, until: float, now: float) -> None:
        """Nothing is sent before `until`; two minutes at most, and never shorter than before.

        Called anew at each look as long as there is a reason to wait: to begin a pause that is on
        may lengthen it, and counts none of its time twice.
        """
        if not self.on(now):
            self._total += max(0.0, min(self._until, now) - self._since)
            self._since = now
        self._until = max(self._until, min(until, now + LONGEST_ASKED_WAIT_S))
        self._recovering = True
        self._answers = 0

    def limited(self, number: int, calls: int) -> int:
        """A call was told to wait; how often in a row that happened, pauses in between.

        Args:
            number: The call's place in order of sending.
            calls: How many calls were sent so far. Those in flight now belong to this round.
        """
        if number > self.mark:
            self.rounds += 1
            self.mark = calls
        return max(self.rounds, 1)

    def answered(self, number: int) -> None:
        """A call was answered."""
        if number > self.mark:
            self.rounds = 0
            self._answers += 1

    def on(self, now: float) -> bool:
        """Whether nothing may be sent."""
        return now < self._until

    def wait_s(self, now: float) -> float:
        """Seconds until it ends; 0 or less where it has."""
        return self._until - now

    def room(self, now: float) -> float:
        """How many calls may be in flight while the model recovers; infinite once it has."""
        if not self._recovering:
            return float("inf")
        doublings = min((now - self._until) / _DOUBLING_S, 10.0)
        room = math.floor(math.pow(2.0, doublings)) + self._answers
        if room >= _ENOUGH:
            self._recovering = False
        return room

    def total_s(self, now: float) -> float:
        """Seconds of pause so far, all together."""
        return self._total + max(0.0, min(self._until, now) - self._since)


_NO_ROOM = frozenset({"rate_limited", "timeout"})
_BUSY = "HTTP 503"
_LOOK_AGAIN_S = 0.05  # while a model recovers, and has room for more by itself
_NEVER = float("inf")


class Permit:
    """One attempt: waits for its place when it is entered, makes room when it is left.

    Attributes:
        tokens: What the call is expected to use.
        mark: What was sent up to and with this call.
        epoch: Of the concurrency at which it was sent.
        in_flight: Calls in flight when it was sent, itself included.
        waited_s: Seconds for which it waited for pace and room; pauses are not counted.
    """

    __slots__ = ("_limiter", "epoch", "in_flight", "mark", "tokens", "waited_s")

    def __init__(self, limiter: "RateLimiter", tokens: Tokens) -> None:
        self._limiter = limiter
        self.tokens = tokens
        self.mark = Mark()
        self.epoch = 0
        self.in_flight = 0
        self.waited_s = 0.0

    async def __aenter__(self) -> "Permit":
        """Returns when the attempt may be sent, or when the circuit is open."""
        await self._limiter.enter(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._limiter.release()


# Who is told an answer's headers runs in the task that sent the call.
_SENDING: ContextVar[Permit | None] = ContextVar("sending", default=None)


class RateLimiter:
    """Shared by all shards that ask one model; lives in the engine's event loop.

    Who waits is let through in order of arrival, when the pace (`rpm`, `tpm`), what the server
    says is left, its pauses and the number of calls in flight allow it.
    """

    def __init__(self, spec: ModelSpec, circuit: Circuit) -> None:
        """Starts open; the circuit says when waiting is of no more use."""
        self._circuit = circuit
        self._slots = asyncio.Semaphore(spec.max_in_flight)
        self._requests = TokenBucket(spec.rpm) if spec.rpm else None
        self._tokens = TokenBucket(spec.tpm) if spec.tpm else None
        self._estimate = Estimate()
        self._quota = Quota()
        self._backoff = Backoff()
        self._outcomes = Outcomes()
        self._owed = 0
        kind = Fixed if spec.provider == "embedded" else Concurrency
        self._concurrency: Concurrency | Fixed = kind(spec.max_in_flight)
        self._in_flight = 0
        self._waiting: deque[tuple[Permit, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def concurrency(self) -> int:
        """How many calls may be in flight now."""
        return self._concurrency.limit

    @property
    def paused(self) -> bool:
        """Whether nothing is sent now, as the server asked."""
        return self._backoff.on(self.now())

    def now(self) -> float:
        """The event loop's clock, in seconds; every time in here is of it."""
        return asyncio.get_running_loop().time()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Holds one of the places for calls that are not yet durable."""
        await self._slots.acquire()
        try:
            yield
        finally:
            if self._owed:  # somebody was cancelled before it had its place again
                self._owed -= 1
            else:
                self._slots.release()

    async def wait_aside(self, seconds: float) -> float:
        """Waits while others have the caller's place; seconds that it then waited to have it again.

        To be called inside `slot`.
        """
        self._slots.release()
        try:
            await asyncio.sleep(seconds)
            began = self.now()
            await self._slots.acquire()
        except BaseException:
            self._owed += 1
            raise
        return self.now() - began

    def permit(self, request: ChatRequest) -> Permit:
        """One attempt, to be made inside `async with`."""
        return Permit(self, self._estimate.tokens(request))

    async def enter(self, permit: Permit) -> None:
        """Waits until `permit` may be sent; it then counts as in flight."""
        asked = self.now()
        if self._waiting or self._wait_s(permit, asked) > 0:
            paused = self._backoff.total_s(asked)
            await self._queue(permit)
            now = self.now()
            permit.waited_s = now - asked - (self._backoff.total_s(now) - paused)
        else:
            self._let_go(permit, asked)
        _SENDING.set(permit)

    def release(self) -> None:
        """An attempt has ended."""
        self._in_flight -= 1
        self._pump()

    def headers(self, headers: Mapping[str, str]) -> None:
        """Reads what an answer's headers say of the limits."""
        found = tuple(read(headers, time.time()))
        if found:
            permit = _SENDING.get()
            self._quota.state(found, permit.mark if permit else Mark(), self.now())

    def answered(self, permit: Permit, reply: Reply, latency_s: float) -> None:
        """An attempt brought a reply after so many seconds."""
        self._backoff.answered(permit.mark.calls)
        self._estimate.learn(reply)
        used = reply.usage.input_tokens + reply.usage.output_tokens
        if self._tokens and used:
            self._tokens.correct(used - permit.tokens.total)
        self._concurrency.answered(
            permit.epoch, permit.in_flight, latency_s, reply.usage.output_tokens, self.now()
        )

    def failed(self, permit: Permit, failure: TransientError) -> None:
        """An attempt failed in a way that may pass.

        Where nearly all are asked for patience, the whole model pauses: all that wait here, not
        only the calls that were told. One among many waits by itself.
        """
        number, sent = permit.mark.calls, self._quota.sent.calls
        if failure.reason in _NO_ROOM or failure.detail.startswith(_BUSY):
            if self._outcomes.full(number):
                self._concurrency.overloaded(permit.epoch)
        if failure.reason == "rate_limited" or failure.retry_after_s is not None:
            if self._outcomes.told(number, sent) or self.paused:
                now = self.now()
                rounds = self._backoff.limited(number, sent)
                self._backoff.begin(now + wait_s(failure, rounds, random.random()), now)
        if self._tokens and not failure.may_cost:  # else the server may have used them up
            self._tokens.correct(-permit.tokens.total)

    async def _queue(self, permit: Permit) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append((permit, waiter))
        self._pump()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._pump()
            else:
                self.release()
            raise

    def _pump(self) -> None:
        """Lets go who may go now, in order; sets the clock for the next one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            permit, waiter = self._waiting[0]
            if waiter.cancelled():
                self._waiting.popleft()
                continue
            now = self.now()
            wait = self._wait_s(permit, now)
            if wait > 0:
                if wait < _NEVER:
                    loop = asyncio.get_running_loop()
                    self._timer = loop.call_later(wait, self._pump)
                return
            self._waiting.popleft()
            self._let_go(permit, now)
            waiter.set_result(None)

    def _wait_s(self, permit: Permit, now: float) -> float:
        """Seconds until `permit` may be tried again; infinite where a call in flight must end."""
        if self._circuit.error is not None:
            return 0.0
        until = self._quota.until(permit.tokens, now)
        if until is not None:
            self._backoff.begin(until, now)
        if self._backoff.on(now):
            self._circuit.check(now)
            left = min(self._backoff.wait_s(now), self._circuit.patience_s(now))
            return 0.0 if self._circuit.error else left
        if self._in_flight >= self._concurrency.limit:
            return _NEVER
        if self._in_flight >= self._backoff.room(now):
            return _LOOK_AGAIN_S
        wait = 0.0
        if self._requests:
            wait = self._requests.wait_s(now)
        if self._tokens:
            wait = max(wait, self._tokens.wait_s(now))
        if wait > 0:
            self._circuit.allow_for(wait)
        return wait

    def _let_go(self, permit: Permit, now: float) -> None:
        self._in_flight += 1
        if self._requests:
            self._requests.take(now)
        if self._tokens:
            self._tokens.take(now, permit.tokens.total)
        permit.mark = self._quota.take(permit.tokens)
        permit.epoch, permit.in_flight = self._concurrency.epoch, self._in_flight
