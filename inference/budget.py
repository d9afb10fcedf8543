"""A cap on what a run may spend: every call is reserved at its upper bound before it is sent."""

import asyncio
import contextlib
import uuid
from typing import Protocol

from inference.errors import BudgetReachedError, LengthUnboundedError, PriceUnknownError
from inference.ledger import Balance, Ledger, ReservedAmount
from inference.models import ModelSpec
from inference.prices import is_free, most_tokens, most_usd
from inference.types import ChatRequest, Reply
from inference.worker_thread import apart

_SLACK_USD = 1e-9  # sums of floats: far below any price, and on the safe side
_LOOK_AGAIN_S = 0.1  # at what other processes hold, while it stands in the way


class Reservation(Protocol):
    """What is reserved for one attempt; ended by exactly one of its methods."""

    def spend(self, reply: Reply) -> str:
        """A reply arrived: what it cost takes the place of what was reserved.

        Returns:
            The id under which the ledger keeps the reservation and is to forget it together with
            storing the reply; "" where there is none, or where it stays as nobody knows the price.
        """
        ...

    def release(self) -> None:
        """The attempt cost nothing: the server refused it or failed before answering."""
        ...

    def unknown(self) -> None:
        """Nobody knows whether the server did the work and bills it: the bound stays spent."""
        ...


class Budget(Protocol):
    """Where the money of a run comes from."""

    @property
    def error(self) -> BudgetReachedError | None:
        """Why nothing more is bought, or None while there is money."""
        ...

    async def reserve(self, spec: ModelSpec, request: ChatRequest) -> Reservation:
        """Holds the largest sum that the call can cost; waits for calls in flight to end.

        Raises:
            BudgetReachedError: The call could take the spend past the cap.
            LengthUnboundedError: The request sets no largest number of answer tokens.
            PriceUnknownError: Nobody says what the model costs.
        """
        ...


class _Free:
    def spend(self, reply: Reply) -> str:
        """Nothing is counted."""
        return ""

    def release(self) -> None:
        """Nothing is counted."""

    def unknown(self) -> None:
        """Nothing is counted."""


class Unlimited:
    """No cap on what is spent."""

    error: BudgetReachedError | None = None

    async def reserve(self, spec: ModelSpec, request: ChatRequest) -> Reservation:
        """Always there."""
        return _Free()


class LedgerBudget:
    """A cap on what one run buys, at any concurrency and over any number of resumes.

    What the run has bought, plus the bounds of all calls in flight, plus the bounds of calls whose
    outcome nobody knows (a time-out, a cut connection, a kill) never exceeds the cap. A bound is
    in the ledger before its call is sent and leaves it with the reply, so that a kill forgets no
    call that a server may bill. Replies found in the ledger cost nothing.

    Each process that works on the run has a budget of its own; the ledger holds a bound only where
    all of them together leave room for it. What is counted here is this process's view: exact
    where it is alone, and corrected by the ledger where it is not. One budget serves one engine:
    all methods belong to its event loop.

    Attributes:
        cap_usd: The cap in US dollars.
        spent_usd: What was bought, with the bounds of calls whose outcome nobody knows.
        unknown_usd: How much of it are such bounds.
        unknown: The number of such calls.
        reserved_usd: The bounds of this process's calls in flight.
        others_usd: The bounds of those of other processes, when last looked at.
    """

    def __init__(self, ledger: Ledger, run: str, cap_usd: float) -> None:
        """Starts from what the run has spent so far, as the ledger knows it."""
        self.cap_usd = cap_usd
        self.unknown = 0
        self.unknown_usd = self.spent_usd = self.reserved_usd = self.others_usd = 0.0
        self.in_flight = 0
        self._ledger = ledger
        self._run = run
        self._error: BudgetReachedError | None = None
        self._freed = asyncio.Event()
        self._looking = False
        self._learn(ledger.open_budget(run))

    @property
    def error(self) -> BudgetReachedError | None:
        """Why nothing more is bought, or None while there is money."""
        return self._error

    async def reserve(self, spec: ModelSpec, request: ChatRequest) -> Reservation:
        """Reserves the call's bound; see `Budget.reserve`."""
        bound = _bound(spec, request)
        if bound == 0:
            return _Free()
        while True:
            await self._room(bound)
            reserved = ReservedAmount(uuid.uuid4().hex, self._run, spec.name, bound)
            reservation = _Reserved(self, reserved)
            try:
                balance = await self._ledger.reserve(reserved, self.cap_usd - _SLACK_USD)
            except BaseException:
                reservation.release()
                raise
            if balance is None:
                return reservation
            # Others took the room that was seen here, or a reply of ours is not yet stored.
            self._learn(balance)
            self.end(reserved, 0.0)
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _room(self, bound: float) -> None:
        """Takes `bound` from the cap, waiting as long as calls in flight may leave enough of it."""
        while True:
            if self._error is None and self.spent_usd + bound > self.cap_usd - _SLACK_USD:
                self._error = self._reached(bound)
            if self._error is not None:
                raise self._error
            held = self.spent_usd + self.reserved_usd + self.others_usd
            if held + bound <= self.cap_usd - _SLACK_USD:
                break
            await self._change()
        self.reserved_usd += bound
        self.in_flight += 1

    async def _change(self) -> None:
        """Waits until a call of this process ends; looks now and then how others fare."""
        freed = self._freed
        if not self.others_usd or self._looking:
            await freed.wait()
            return
        self._looking = True  # one of those who wait looks for all
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(freed.wait(), _LOOK_AGAIN_S)
            self._learn(await apart(self._ledger.balance, self._run))
        finally:
            self._looking = False
            self._wake()

    def _learn(self, balance: Balance) -> None:
        """Takes over what the ledger knows of the run, over all processes."""
        # What is spent stays spent; of the newest replies of ours the ledger may not know yet.
        self.unknown = max(self.unknown, balance.unknown)
        self.unknown_usd = max(self.unknown_usd, balance.unknown_usd)
        self.spent_usd = max(self.spent_usd, balance.spent_usd)
        self.others_usd = balance.others_usd

    def end(self, reserved: ReservedAmount, cost: float) -> None:
        """Puts what a call cost in the place of its bound, and wakes the calls that wait."""
        self.in_flight -= 1
        # Sums of floats drift; with nothing in flight the sum is known.
        self.reserved_usd = self.reserved_usd - reserved.usd if self.in_flight else 0.0
        self.spent_usd += cost
        if cost > reserved.usd + _SLACK_USD:
            rule = (
                f"a call of model `{reserved.model}` must cost at most the {reserved.usd:.6f} "
                f"US dollars "
                "that its tokens were bounded by: its server counts more than were sent or asked "
                "for, or its price is wrong; everything answered is kept"
            )
            self._error = BudgetReachedError(rule, f"{cost:.6f}")
        self._wake()

    def _wake(self) -> None:
        self._freed.set()
        self._freed = asyncio.Event()

    def forget(self, reserved: ReservedAmount) -> None:
        """Gives a bound back: the call cost nothing."""
        self._ledger.free(reserved.id)
        self.end(reserved, 0.0)

    def lose(self, reserved: ReservedAmount) -> None:
        """Leaves a bound spent, here and in the ledger."""
        self._ledger.lose(reserved.id)
        self.unknown += 1
        self.unknown_usd += reserved.usd
        self.end(reserved, reserved.usd)

    def _reached(self, bound: float) -> BudgetReachedError:
        bounds = (
            f", of which {self.unknown_usd:.4f} for {self.unknown} calls that were cut off and "
            "may be billed"
        )
        rule = (
            f"budget.max_usd must have room for the next call, of at most {bound:.4f} US dollars; "
            f"{self.spent_usd:.4f} of {self.cap_usd:.4f} are spent"
            f"{bounds if self.unknown else ''}; everything answered is kept: a higher "
            "budget.max_usd, in the recipe or by --set, goes on"
        )
        return BudgetReachedError(rule, f"{self.cap_usd - self.spent_usd:.4f} left")


class _Reserved:
    """One call's bound in a budget."""

    def __init__(self, budget: LedgerBudget, reserved: ReservedAmount) -> None:
        self._budget = budget
        self._reserved = reserved

    def spend(self, reply: Reply) -> str:
        """Counts what the reply cost; its bound where nobody knows (no count was sent along)."""
        if reply.price_usd is None:
            self.unknown()
            return ""
        self._budget.end(self._reserved, reply.price_usd)
        return self._reserved.id

    def release(self) -> None:
        """Gives the bound back."""
        self._budget.forget(self._reserved)

    def unknown(self) -> None:
        """Counts the bound as spent."""
        self._budget.lose(self._reserved)


def _bound(spec: ModelSpec, request: ChatRequest) -> float:
    """The most US dollars that a call can cost.

    Raises:
        LengthUnboundedError: The request sets no largest number of answer tokens.
        PriceUnknownError: Nobody says what the model costs.
    """
    if is_free(spec):
        return 0.0
    if request.max_tokens is None:
        rule = "a request under budget.max_usd must have a largest number of tokens (max_tokens)"
        raise LengthUnboundedError(rule, f"none for model `{spec.name}`")
    bound = most_usd(spec, most_tokens(request), request.max_tokens)
    if bound is None:
        raise PriceUnknownError("a model under budget.max_usd must have a known price", spec.name)
    return bound
