"""One model's line: its provider, ledger look-ups, retries, circuit, limits and budget.

All of it runs in the engine's event loop, so plain attributes need no lock.
"""

import asyncio

from inference.budget import Budget, Unlimited
from inference.canonical import canonical, key_of
from inference.errors import BudgetReachedError, EntryUnstorableError
from inference.ledger import Entry, Ledger, Purpose
from inference.ledger_schema import dump, finished, readable
from inference.limits import Permit, RateLimiter
from inference.models import ModelSpec
from inference.providers.base import PermanentError, Provider, TransientError
from inference.providers.served import remember
from inference.retries import Attempts, Circuit
from inference.types import ChatRequest, Reply


class CallFailedError(Exception):
    """No reply could be had for one request.

    Attributes:
        reason: A short word for the failed table.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModelClient:
    """Answers chat requests for one model, from the ledger where it has them.

    Attributes:
        served: The model's names in the replies so far, as its server gave them.
    """

    def __init__(
        self, spec: ModelSpec, provider: Provider, ledger: Ledger, budget: Budget | None = None
    ) -> None:
        """Nothing is sent before the first request that the ledger lacks."""
        self.spec = spec
        self.circuit = Circuit(spec)
        self.limiter = RateLimiter(spec, self.circuit)
        self.served: set[str] = set()
        self._provider = provider
        self._ledger = ledger
        self._budget = budget or Unlimited()
        provider.on_headers = self.limiter.headers
        self._in_flight: dict[str, asyncio.Future[Reply]] = {}

    async def reply(
        self, request: ChatRequest, purpose: Purpose | None = None
    ) -> tuple[Reply, bool]:
        """The reply, and whether a server was asked for it now.

        Two equal requests in flight become one call.

        Raises:
            CallFailedError: No reply could be had.
            LedgerError: The reply could not be made durable.
        """
        form = canonical(request, self._provider.identity)
        key = key_of(form)
        waiting = self._in_flight.get(key)
        if waiting is not None:
            return await waiting, False
        mine: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._in_flight[key] = mine
        try:
            reply, sent = await self._look_up_or_buy(request, form, key, purpose)
        except BaseException as error:
            mine.set_exception(
                error if isinstance(error, Exception) else CallFailedError("cancelled")
            )
            mine.exception()  # marks it as seen where nobody else waits
            raise
        else:
            remember(self.served, reply.model)
            mine.set_result(reply)
            return reply, sent
        finally:
            del self._in_flight[key]

    async def close(self) -> None:
        """Ends connections and child processes."""
        await self._provider.close()

    async def _look_up_or_buy(
        self, request: ChatRequest, form: bytes, key: str, purpose: Purpose | None
    ) -> tuple[Reply, bool]:
        stored = await self._ledger.get(key, purpose)
        if stored is not None:
            found = readable(stored, request, key)
            if found is not None:
                return found, False
            self._ledger.note_unreadable(key)
        # The slot is held until the reply is durable: a kill repeats what is in flight, no more.
        async with self.limiter.slot():
            self._ledger.require_sound()
            reply, latency_s, reservation = await self._call(request)
            entry = Entry(
                key=key,
                request=form,
                reply=dump(reply),
                model=self.spec.name,
                address=self._provider.address,
                input_tokens=reply.usage.input_tokens,
                output_tokens=reply.usage.output_tokens,
                price_usd=reply.price_usd,
                latency_s=latency_s,
                reservation=reservation,
                instead_of=stored,
            )
            try:
                kept = await self._ledger.put(entry, purpose)
            except EntryUnstorableError:
                raise CallFailedError("unstorable") from None
        # Where another process was first, its reply is the one that tables are made of.
        theirs = None if kept == entry.reply else readable(kept, request, key)
        return theirs or finished(reply, request, key), True

    async def _call(self, request: ChatRequest) -> tuple[Reply, float, str]:
        """Attempts until one brings a reply, the call is given up, or the circuit is open.

        Gives the reply, its latency in seconds, and the id of its reservation in the ledger.
        """
        attempts = Attempts(self.spec, self.limiter.now())
        while True:
            self._require_closed()
            async with self.limiter.permit(request) as permit:
                self._require_closed()
                attempts.sent(self.limiter.now(), permit.waited_s)
                try:
                    return await self._attempt(request, permit)
                except PermanentError as refused:
                    self.circuit.refused(refused)
                    raise CallFailedError(refused.reason) from None
                except TransientError as failure:
                    wait = self._next_wait(attempts, failure)
            if not self.limiter.paused:
                await asyncio.sleep(wait)

    def _next_wait(self, attempts: Attempts, failure: TransientError) -> float:
        """Seconds until the next attempt; the gate's own pause takes their place.

        Raises:
            CallFailedError: The call is given up.
        """
        now = self.limiter.now()
        self.circuit.failure(failure, now)
        wait = attempts.next_wait(failure, now)
        if wait is None:
            self.circuit.lost(failure)
            raise CallFailedError(failure.reason) from None
        return wait

    def _require_closed(self) -> None:
        if self.circuit.error is not None:
            raise CallFailedError("circuit_open")

    async def _attempt(self, request: ChatRequest, permit: Permit) -> tuple[Reply, float, str]:
        """One attempt, paid from the budget; the rate limiter learns how it went."""
        try:
            reservation = await self._budget.reserve(self.spec, request)
        except BudgetReachedError:
            raise CallFailedError("budget") from None
        sent = self.limiter.now()
        try:
            reply = await self._provider.call(request)
        except TransientError as failure:
            (reservation.unknown if failure.may_cost else reservation.release)()
            self.limiter.failed(permit, failure)
            raise
        except PermanentError as refused:
            (reservation.unknown if refused.may_cost else reservation.release)()
            raise
        except BaseException:
            reservation.unknown()
            raise
        latency_s = self.limiter.now() - sent
        stored = reservation.spend(reply)
        self.limiter.answered(permit, reply, latency_s)
        self.circuit.success()
        return reply, latency_s, stored
