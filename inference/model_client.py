"""One model's client: its provider, ledger look-ups, retries, circuit, limits and budget.

All of it runs in the engine's event loop, so plain attributes need no lock.
"""

import asyncio
from collections import Counter

from base.errors import RefuseryError
from inference.budget import Budget, Reservation, Unlimited
from inference.canonical import canonical, key_of
from inference.errors import BudgetReachedError, EntryUnstorableError
from inference.ledger import Entry, Ledger, Purpose
from inference.ledger_schema import dump, finished, readable
from inference.limits import Permit, RateLimiter
from inference.models import ModelSpec
from inference.providers.base import PermanentError, Provider, TransientError
from inference.providers.served import remember
from inference.retries import Attempts, Circuit
from inference.shared_calls import SharedCalls
from inference.structured import FORMS, PARAMETERS, FormRecord, Forms, in_form, is_prose
from inference.thoughts import without_thoughts
from inference.types import ChatRequest, Reply


class CallFailedError(Exception):
    """No reply could be had for one request.

    Attributes:
        reason: A short word for the failed table.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RequestRefusedTwiceError(Exception):
    """The server refused this request twice in the same way: there is no answer to it.

    Attributes:
        parameter: The request's parameter that the server named, or "".
    """

    def __init__(self, refused: PermanentError) -> None:
        super().__init__(str(refused))
        self.parameter = refused.parameter


class _RefusedError(Exception):
    """An attempt was refused; whether the model or the request is at fault is still to be seen.

    Attributes:
        refused: How.
    """

    def __init__(self, refused: PermanentError) -> None:
        super().__init__(str(refused))
        self.refused = refused


class ModelClient:
    """Answers chat requests for one model, from the ledger where it has them.

    Attributes:
        served: The model's names in the replies so far, as its server gave them.
    """

    def __init__(
        self,
        spec: ModelSpec,
        provider: Provider,
        ledger: Ledger,
        budget: Budget | None = None,
        forms: FormRecord | None = None,
    ) -> None:
        """Nothing is sent before the first request that the ledger lacks."""
        self._forms = Forms(spec, forms or FormRecord())
        self.spec = spec
        self.circuit = Circuit(spec)
        self.limiter = RateLimiter(spec, self.circuit)
        self.served: set[str] = set()
        self._provider = provider
        self._ledger = ledger
        self._budget = budget or Unlimited()
        provider.on_headers = self.limiter.headers
        self._shared: SharedCalls[tuple[Reply, bool]] = SharedCalls()
        self._asking: dict[ChatRequest, int] = {}
        self._asked = 0
        self._undecided: set[asyncio.Future[None]] = set()

    async def reply(
        self, request: ChatRequest, purpose: Purpose | None = None
    ) -> tuple[Reply, bool]:
        """The reply without its thoughts, and whether a server was asked for it now.

        Two equal requests in flight become one call.

        Raises:
            CallFailedError: No reply could be had.
            RequestRefusedTwiceError: The server will not serve this request, though it may others.
            LedgerError: The reply could not be made durable.
        """
        form = "schema" if request.json_schema is None else self._forms.look_up()
        if form is None:
            return await self._found_form(request, purpose)
        reply, sent = await self._reply(in_form(request, form), purpose)
        if request.json_schema is not None and self.circuit.error is None:
            self.circuit.error = self._forms.ignored(reply)
        return reply, sent

    async def _found_form(
        self, request: ChatRequest, purpose: Purpose | None
    ) -> tuple[Reply, bool]:
        """The reply in the first form that holds; others wait until it is found.

        Where the model declines in every form, the next request tries them all again. Whichever is
        found, the ledger has this request in it, so that a run from there makes no call.
        """
        declined = 0
        async with self._forms.finding:
            known = self._forms.look_up()
            for form in FORMS if known is None else ():
                is_last = form == FORMS[-1]
                try:
                    reply, sent = await self._reply(in_form(request, form), purpose)
                except RequestRefusedTwiceError as refused:
                    if is_last or refused.parameter not in (*PARAMETERS, ""):
                        raise
                    continue
                declined += self._forms.declined(reply)
                if is_last and declined == len(FORMS) and self._forms.waits():
                    return reply, sent
                if not is_prose(reply) or is_last:
                    known = self._forms.found(form)
                    if known == form:
                        return reply, sent
                    break
        return await self._reply(in_form(request, known or FORMS[-1]), purpose)

    async def _reply(self, request: ChatRequest, purpose: Purpose | None) -> tuple[Reply, bool]:
        form = canonical(request, self._provider.identity)
        key = key_of(form)
        (reply, sent), joined = await self._shared.result(
            key, lambda: self._answered(request, form, key, purpose)
        )
        return without_thoughts(reply), sent and not joined

    async def close(self) -> None:
        """Ends connections and child processes."""
        await self._provider.close()

    async def _answered(
        self, request: ChatRequest, form: bytes, key: str, purpose: Purpose | None
    ) -> tuple[Reply, bool]:
        """Looks up or buys; a request that is refused is put once more before it is given up."""
        times: Counter[int | None] = Counter()
        self._asked += 1
        number = self._asking[request] = self._asked
        try:
            while True:
                try:
                    reply, sent = await self._look_up_or_buy(request, form, key, purpose)
                except _RefusedError as told:
                    times[told.refused.status] += 1
                    if times[told.refused.status] > 1:
                        raise RequestRefusedTwiceError(told.refused) from None
                    await self._until_judged(told.refused)
                    continue
                remember(self.served, reply.model)
                if not sent:
                    self.circuit.known()
                return reply, sent
        finally:
            if self._asking.get(request) == number:  # no equal request has begun anew
                del self._asking[request]
            for held in self._undecided:
                if not held.done():
                    held.set_result(None)

    async def _until_judged(self, refused: PermanentError) -> None:
        """Waits until it shows whether the model or this request alone is at fault.

        A firewall may answer one prompt before the model has answered any. So nothing is said of
        the model while it has not answered yet, others may show that it does, and fewer than a
        handful were refused.

        Raises:
            CallFailedError: The model is.
        """
        while self.circuit.undecided:
            if len(self._undecided) + 1 >= len(self._asking):
                self.circuit.only_refused(refused)
                break
            told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._undecided.add(told)
            try:
                await told
            finally:
                self._undecided.discard(told)
        if self.circuit.error is not None:
            raise CallFailedError(refused.reason) from None

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
                if reservation:
                    self._ledger.lose(reservation)
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
                    return await self._attempt(request, permit, attempts)
                except PermanentError as refused:
                    self.circuit.refused(refused, self._asking[request])
                    if refused.status is None or self.circuit.error is not None:
                        raise CallFailedError(refused.reason) from None
                    raise _RefusedError(refused) from None
                except TransientError as failure:
                    wait = self._next_wait(attempts, failure)
                except Exception as error:
                    self._note_surprise(error)
                    raise
            if not self.limiter.paused:
                attempts.paced(await self.limiter.wait_aside(wait))

    def _note_surprise(self, error: Exception) -> None:
        """A provider that only raises what nobody foresaw is given up like one that only fails."""
        if not isinstance(error, CallFailedError | RefuseryError):
            failure = TransientError("unexpected", type(error).__name__)
            self.circuit.failure(failure, self.limiter.now())
            self.circuit.lost(failure)

    def _next_wait(self, attempts: Attempts, failure: TransientError) -> float:
        """Seconds until the next attempt; the rate limiter's own pause takes their place.

        Raises:
            CallFailedError: The call is given up.
        """
        now = self.limiter.now()
        self.circuit.failure(failure, now)
        wait = attempts.next_wait(failure, now, self.circuit.successes)
        if wait is None:
            self.circuit.lost(failure)
            raise CallFailedError(failure.reason) from None
        return wait

    def _require_closed(self) -> None:
        if self.circuit.error is not None:
            raise CallFailedError("circuit_open")

    async def _reserved(self, request: ChatRequest, attempts: Attempts) -> Reservation:
        """Money for one attempt; waiting for it is no failing of the server.

        It is reserved last, with the permit in hand: a call that waits for its pace or in a pause
        would keep money from other models, and a kill would leave it spent on what was never sent.

        Raises:
            CallFailedError: There is none left.
        """
        asked = self.limiter.now()
        try:
            return await self._budget.reserve(self.spec, request)
        except BudgetReachedError:
            raise CallFailedError("budget") from None
        finally:
            now = self.limiter.now()
            attempts.paced(now - asked)
            self.circuit.waited(asked, now)

    async def _attempt(
        self, request: ChatRequest, permit: Permit, attempts: Attempts
    ) -> tuple[Reply, float, str]:
        """One attempt, paid from the budget; the rate limiter learns how it went."""
        reservation = await self._reserved(request, attempts)
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
