"""The engine: one event loop that drives the programs of all shards against models and encoders.

One engine per process owns one event loop in its own thread, with the clients, the limits and the
ledger's writer. Shard tasks hand their programs to `run` from any thread; several overlap.
"""

import asyncio
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from inference import types
from inference.accounts import Account, Advance, Meter, Spend, told
from inference.budget import Budget, Unlimited
from inference.encoders import EmbeddingClient, Embeds
from inference.errors import (
    BudgetReachedError,
    EngineStoppedError,
    InferenceError,
    ModelUnknownError,
)
from inference.ledger import Ledger, Purpose
from inference.model_client import ModelClient, RequestRefusedTwiceError
from inference.models import ModelSpec
from inference.programs import ProgramRunner, RowRecord, TextWork
from inference.providers.base import Provider
from inference.providers.served import others
from inference.structured import FormRecord
from inference.surprises import Surprises
from inference.types import ChatRequest, EmbedRequest
from inference.worker_thread import WorkerThread

ResultT = TypeVar("ResultT")

_ROWS_AT_ONCE = 1024
_LOOK_S = 0.2  # a wait without an end would not see the signals that libraries have taken over
_CANCEL_S = 2.0
_CLOSE_S = 10.0
_ENDINGS = 100

_running: "weakref.WeakSet[Engine]" = weakref.WeakSet()
_running_lock = threading.RLock()  # a signal's handler may look while its own thread adds


def stop_engines() -> int:
    """Stops every engine of this process that is not closed; how many there are.

    Safe to call from any thread, and again.
    """
    with _running_lock:
        engines = list(_running)
    for engine in engines:
        engine.stop()
    return len(engines)


@dataclass(frozen=True, slots=True)
class Batch(Generic[ResultT]):
    """What one `run` brought.

    Attributes:
        results: One per program, in their order: its return value, or `Failed`.
        spends: What the replies used added up to, by model.
        asked: Rows that asked each model.
        refused: Rows of which each model's server refused a request for good.
        unexpected: Rows with an answer that is missing, as reading it met what nobody foresaw.
    """

    results: tuple[ResultT | types.Failed, ...]
    spends: Mapping[str, Spend]
    asked: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    unexpected: int = 0


class Engine:
    """Runs programs against the models and encoders of one recipe.

    Args:
        models: Specifications by name in the recipe.
        ledger: Where replies are kept.
        provide: Makes the provider of a model when it is first asked.
        encode: Makes the encoder of that name when it is first asked.
        budget: Where the money comes from; None spends without a cap.
        forms: In which form models are asked for JSON; None keeps what is found in memory.

    Attributes:
        account: What the replies of all batches added up to.
    """

    def __init__(
        self,
        models: Mapping[str, ModelSpec],
        ledger: Ledger,
        provide: Callable[[ModelSpec], Provider],
        encode: Callable[[str], Embeds],
        budget: Budget | None = None,
        forms: FormRecord | None = None,
    ) -> None:
        """Starts the event loop's thread; models and encoders start when first asked."""
        self.account = Account()
        self._models = models
        self._ledger = ledger
        self._provide = provide
        self._encode = encode
        self._budget = budget or Unlimited()
        self._forms = forms or FormRecord()
        self._clients: dict[str, ModelClient] = {}
        self._encoders: dict[str, EmbeddingClient] = {}
        self._surprises = Surprises()
        self._text = WorkerThread("text")
        self._work = TextWork(self._text)
        self._batches: dict[Future[Any], asyncio.Task[Any] | None] = {}
        self._lock = threading.Lock()
        self._stopped: EngineStoppedError | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()
        with _running_lock:
            _running.add(self)

    def run(
        self,
        programs: Iterable[types.Program[ResultT]],
        advance: Advance | None = None,
        purpose: Purpose | None = None,
        meter: Meter | None = None,
    ) -> Batch[ResultT]:
        """Drives every program to its end and returns their results in order.

        A program whose asks cannot be answered at all ends as `Failed`; the others go on.

        Args:
            programs: Plain generators; consumed as there is room, so a large table may be lazy.
            advance: Told of each row that ended, from the engine's thread.
            purpose: For which stage of which run; the ledger keeps it for the run's cost.
            meter: Who is told which program used which reply; nobody by default.

        Whatever ends the wait (Ctrl-C) ends the batch, and no call of it stays in flight.

        Raises:
            InferenceError: What no other row can fare better with: no key, no ledger, no model.
            EngineStoppedError: The engine was stopped; what was answered is in the ledger.
        """
        future: Future[Batch[ResultT]] = Future()
        with self._lock:
            if self._stopped is not None:
                raise self._stopped
            self._batches[future] = None
        try:
            self._loop.call_soon_threadsafe(
                self._begin, future, lambda: self._run(programs, advance, purpose, meter)
            )
            while not future.done():
                wait((future,), _LOOK_S)
            return future.result()
        except BaseException:
            if not future.done():
                self._cancel(future)
                wait((future,), _CANCEL_S)
            raise
        finally:
            self._batches.pop(future, None)

    def stop(self) -> None:
        """Ends all batches now, from any thread; each `run` raises `EngineStoppedError`.

        What was answered is in the ledger; calls in flight are cut off. Nothing is run afterwards.
        """
        self._end(EngineStoppedError("what was answered is kept; the engine was stopped"))

    def spent(self, run: str) -> dict[tuple[str, str], Spend]:
        """What the replies that a run ever used cost, by (stage, model)."""
        return self._ledger.spent(run)

    @property
    def spent_out(self) -> BudgetReachedError | None:
        """Why nothing more is bought, or None while there is money."""
        return self._budget.error

    def troubles(self) -> dict[str, InferenceError]:
        """Why a model's circuit is open, by model."""
        errors = ((name, client.circuit.error) for name, client in self._clients.items())
        return {name: error for name, error in errors if error is not None}

    def last_failures(self) -> dict[str, str]:
        """The last failed attempt of each model that had one, in words."""
        lasts = {name: client.circuit.last for name, client in self._clients.items()}
        return {name: last for name, last in lasts.items() if last}

    def surprises(self) -> dict[str, int]:
        """What rows met that nobody foresaw: the exception and where it came from, and how often.

        Example:
            `{"KeyError at moderators/llm.py:95": 3}`
        """
        return self._surprises.counts()

    def served(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Pairs (asked, served) of each model that was answered for by another one."""
        pairs = {name: others(client.spec, client.served) for name, client in self._clients.items()}
        return {name: found for name, found in pairs.items() if found}

    def close(self) -> None:
        """Ends clients, child processes, threads and the ledger; waits for none of them for ever.

        Safe to call twice.
        """
        self.stop()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(2 * _CLOSE_S)
        self._text.shutdown(wait=False, cancel_futures=True)
        if not self._thread.is_alive() and not self._loop.is_closed():
            self._loop.close()
        self._ledger.close()
        with _running_lock:
            _running.discard(self)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        found = "its thread has ended"
        try:
            self._loop.run_forever()
        except BaseException as error:  # a thread has nobody to raise it to but those who wait
            found = type(error).__name__
        finally:
            self._end(EngineStoppedError("the engine must run until it is closed", found))
            for future in list(self._batches):
                _fail(future, self._stopped)
            closing = self._loop.create_task(self._close())
            for _ in range(_ENDINGS):  # whatever ended the loop may do so again, task by task
                with suppress(BaseException):
                    self._loop.run_until_complete(closing)
                if closing.done():
                    break

    def _end(self, why: EngineStoppedError) -> None:
        with self._lock:
            if self._stopped is None:
                self._stopped = why
            batches = list(self._batches)
        for future in batches:
            self._cancel(future)

    def _cancel(self, future: Future[Any]) -> None:
        """Cancels a batch, from any thread."""

        def cancel() -> None:
            task = self._batches.get(future)
            if task is not None:
                task.cancel()

        try:
            self._loop.call_soon_threadsafe(cancel)
        except RuntimeError:  # the loop is closed: its end has failed the batch
            return

    def _begin(self, future: Future[Any], batch: Callable[[], Any]) -> None:
        """Starts a batch; in the loop's thread."""
        if self._stopped is not None:
            _fail(future, self._stopped)
            return
        task = self._batches[future] = self._loop.create_task(batch())
        task.add_done_callback(lambda done: self._hand_over(future, done))

    def _hand_over(self, future: Future[Any], batch: asyncio.Task[Any]) -> None:
        if future.done():
            return
        if batch.cancelled():
            ended = EngineStoppedError("a batch must not be cancelled")
            _fail(future, self._stopped or ended)
        elif (error := batch.exception()) is not None:
            future.set_exception(error)
        else:
            future.set_result(batch.result())

    async def _close(self) -> None:
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=_CANCEL_S)
        closing = [each.close() for each in self._encoders.values()]
        closing.extend(each.close() for each in self._clients.values())
        async with asyncio.timeout(_CLOSE_S):
            await asyncio.gather(*closing, return_exceptions=True)

    async def _run(
        self,
        programs: Iterable[types.Program[ResultT]],
        advance: Advance | None,
        purpose: Purpose | None,
        meter: Meter | None,
    ) -> Batch[ResultT]:
        account = Account()
        results: dict[int, ResultT | types.Failed] = {}
        asked: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        unexpected = [0]
        numbered = iter(enumerate(programs))
        count_up = told(advance)

        async def work(first: tuple[int, types.Program[ResultT]]) -> None:
            for index, program in chain((first,), numbered):
                row = RowRecord()
                used = None if meter is None else partial(meter.answered, index)
                results[index] = await self._runner(row, account, purpose, used).outcome(program)
                if meter is not None:
                    meter.unusable(index, row.unusable)
                asked.update(row.asked)
                refused.update(row.refused)
                unexpected[0] += row.unexpected
                count_up(row.is_from_ledger)

        workers: list[asyncio.Task[None]] = []
        try:
            for row in islice(numbered, _ROWS_AT_ONCE):
                workers.append(asyncio.create_task(work(row)))  # kept if one fails
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        ordered = tuple(results[index] for index in sorted(results))
        return Batch(ordered, account.spends(), dict(asked), dict(refused), unexpected[0])

    def _runner(
        self,
        row: RowRecord,
        account: Account,
        purpose: Purpose | None,
        used: Callable[[str, types.Reply], None] | None,
    ) -> ProgramRunner:
        async def reply(request: ChatRequest | EmbedRequest) -> types.Reply:
            if isinstance(request, EmbedRequest):
                return await self._encoder(request.encoder).reply(request)
            row.asked.add(request.model)
            try:
                found, sent = await self._client(request.model).reply(request, purpose)
            except RequestRefusedTwiceError:
                row.refused.add(request.model)
                raise
            if sent:
                row.bought.add(found.key)
            else:
                row.found = True
            account.add(request.model, found, sent)
            self.account.add(request.model, found, sent)
            if used is not None:
                used(request.model, found)
            return found

        return ProgramRunner(reply, row, self._work, self._surprises.note)

    def _client(self, name: str) -> ModelClient:
        client = self._clients.get(name)
        if client is None:
            spec = self._models.get(name)
            if spec is None:
                raise ModelUnknownError("a request must name a model of the recipe", name)
            client = self._clients[name] = ModelClient(
                spec, self._provide(spec), self._ledger, self._budget, self._forms
            )
        return client

    def _encoder(self, name: str) -> EmbeddingClient:
        encoder = self._encoders.get(name)
        if encoder is None:
            encoder = self._encoders[name] = EmbeddingClient(self._encode(name))
        return encoder


def _fail(future: Future[Any], error: BaseException | None) -> None:
    if not future.done():
        future.set_exception(error or EngineStoppedError("the engine was stopped"))
