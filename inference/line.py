"""One model's line: its provider, ledger look-ups, retries, circuit, limits and budget.

All of it runs in the engine's event loop, so plain attributes need no lock.
"""

from __future__ import annotations

import asyncio
import time

from inference.budget import NoCap, Purse
from inference.canonical import canonical, key_of
from inference.errors import BudgetReached
from inference.ledger import Entry, Ledger, Purpose
from inference.limits import Gate
from inference.models import ModelSpec
from inference.providers.base import Fault, Provider, Refused
from inference.replies import dump, load, settle
from inference.retries import Attempts, Circuit
from inference.types import ChatRequest, Reply

_UNANSWERED = frozenset({"timeout", "connection"})


class CallFailed(Exception):
    """No reply could be had for one request.

    Attributes:
        reason: A short word for the failed table.
    """

    def __init__(self, reason: str) -> None:
        """Keeps the reason."""
        super().__init__(reason)
        self.reason = reason


class Line:
    """Answers chat requests for one model, from the ledger where it has them."""

    def __init__(
        self, spec: ModelSpec, provider: Provider, ledger: Ledger, purse: Purse | None = None
    ) -> None:
        """Nothing is sent before the first request that the ledger lacks."""
        self.spec = spec
        self.circuit = Circuit(spec)
        self.gate = Gate(spec)
        self._provider = provider
        self._ledger = ledger
        self._purse = purse or NoCap()
        provider.on_headers = self.gate.headers
        self._in_flight: dict[str, asyncio.Future[Reply]] = {}

    async def reply(
        self, request: ChatRequest, purpose: Purpose | None = None
    ) -> tuple[Reply, bool]:
        """The reply, and whether a server was asked for it now.

        Two equal requests in flight become one call.

        Raises:
            CallFailed: No reply could be had.
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
            mine.set_exception(error if isinstance(error, Exception) else CallFailed("cancelled"))
            mine.exception()  # marks it as seen where nobody else waits
            raise
        else:
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
            return load(stored, request, key), False
        # The slot is held until the reply is durable: a kill repeats what is in flight, no more.
        async with self.gate.slot():
            self._ledger.require_sound()
            reply, latency_s = await self._call(request)
            await self._ledger.put(
                Entry(
                    key=key,
                    request=form,
                    reply=dump(reply),
                    model=self.spec.name,
                    address=self._provider.address,
                    input_tokens=reply.usage.input_tokens,
                    output_tokens=reply.usage.output_tokens,
                    price_usd=reply.price_usd,
                    latency_s=latency_s,
                ),
                purpose,
            )
        return settle(reply, request, key), True

    async def _call(self, request: ChatRequest) -> tuple[Reply, float]:
        """Attempts until one brings a reply, the call is given up, or the circuit is open."""
        attempts = Attempts(self.spec, time.monotonic())
        while True:
            self._require_closed()
            await self.gate.turn(request)
            self._require_closed()
            try:
                return await self._attempt(request)
            except Refused as refused:
                self.circuit.refused(refused)
                raise CallFailed(refused.reason) from None
            except Fault as fault:
                now = time.monotonic()
                self.circuit.fault(fault, now)
                wait = attempts.next_wait(fault, now)
                if wait is None:
                    self.circuit.lost(fault, now)
                    raise CallFailed(fault.reason) from None
                await asyncio.sleep(wait)

    def _require_closed(self) -> None:
        if self.circuit.error is not None:
            raise CallFailed("circuit_open")

    async def _attempt(self, request: ChatRequest) -> tuple[Reply, float]:
        """One attempt, paid from the purse; the gate learns how it went."""
        try:
            hold = await self._purse.reserve(self.spec, request)
        except BudgetReached:
            raise CallFailed("budget") from None
        sent = time.monotonic()
        try:
            reply = await self._provider.call(request)
        except Fault as fault:
            # A server that was cut off may have done the work, and bills it.
            (hold.unknown if fault.reason in _UNANSWERED else hold.release)()
            self.gate.failed(request, fault)
            raise
        except Refused:
            hold.release()
            raise
        except BaseException:
            hold.unknown()
            raise
        latency_s = time.monotonic() - sent
        hold.spend(reply)
        self.gate.answered(request, reply, latency_s)
        self.circuit.success()
        return reply, latency_s
