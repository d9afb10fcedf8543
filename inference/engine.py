"""The engine: drives programs, asks models, parses, checks, asks again.

One engine per process owns one event loop in its own thread, with the clients, the limits and the
ledger's writer. Shard tasks hand their programs to `run` from any thread; several overlap.
"""

import asyncio
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from inference import types
from inference.accounts import Account, Spend
from inference.budget import Budget, Unlimited
from inference.encoders import EmbeddingClient, Embeds
from inference.errors import (
    BudgetReachedError,
    EngineStoppedError,
    InferenceError,
    ModelUnknownError,
)
from inference.ledger import Ledger, Purpose
from inference.model_client import CallFailedError, ModelClient
from inference.models import ModelSpec
from inference.providers.base import Provider
from inference.providers.served import others
from inference.types import Call, ChatRequest, EmbedRequest, Generate, Missing, Written

ResultT = TypeVar("ResultT")
Replier = Callable[["ChatRequest | EmbedRequest"], Awaitable[types.Reply]]


class ProgramRunner:
    """Answers asks, given a way to get replies."""

    def __init__(self, reply: Replier) -> None:
        """Keeps the way to get a reply; it may raise what ends a row or the run."""
        self._reply = reply

    async def run(self, program: types.Program[ResultT]) -> ResultT:
        """Drives one program to its end; what it yields in a list is run together."""
        sent: Any = None
        try:
            while True:
                asked = program.send(sent)
                if isinstance(asked, Call | Generate):
                    sent = await self.answer(asked)
                else:
                    sent = await self._together(asked)
        except StopIteration as end:
            result: ResultT = end.value
            return result
        finally:
            program.close()

    async def answer(self, asked: Call[Any, Any] | Generate) -> Any:  # noqa: ANN401 - as the task says
        """The parsed result or `Missing` for an `Call`; `Written` for a `Generate`."""
        if isinstance(asked, Generate):
            return await self._write(asked)
        reason = "not_asked"
        for tries in range(asked.tries):
            reply = await self._reply(asked.task.request(asked.item, tries))
            try:
                return asked.task.parse(asked.item, reply)
            except types.UnusableError as unusable:
                reason = unusable.reason
        return Missing(reason)

    async def _together(self, asked: Sequence[types.Asked | types.Program[Any]]) -> list[Any]:
        """Results in the order of the list. Where one fails, the others are still waited for.

        What they bring is in the ledger then, so that a resume asks only for what failed.
        """
        answers = await asyncio.gather(
            *(
                self.answer(each) if isinstance(each, Call | Generate) else self.run(each)
                for each in asked
            ),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return list(answers)

    async def _write(self, write: Generate) -> Written:
        kept: list[types.Text] = []
        dropped: list[types.Text] = []
        unusable: list[str] = []
        asks = 0
        enough = write.want if write.enough is None else write.enough
        while len(kept) < enough and asks < write.tries:
            attempt = write.first + asks
            asks += 1
            reply = await self._reply(write.task.request(write.item, attempt))
            try:
                texts = write.task.parse(write.item, reply)
            except types.UnusableError as problem:
                unusable.append(problem.reason)
                continue
            for place, text in enumerate(texts):
                position = f"{attempt}.{place}"
                if len(kept) == write.want:
                    dropped.append(types.Text(position, text, reason="not_needed", key=reply.key))
                    continue
                if any(text == sibling.text for sibling in kept):
                    dropped.append(types.Text(position, text, reason="repeated", key=reply.key))
                    continue
                checked = await self._check(write, position, text, reply.key)
                (kept if checked.reason is None else dropped).append(checked)
        return Written(tuple(kept), tuple(dropped), asks, tuple(unusable))

    async def _check(self, write: Generate, position: str, text: str, key: str) -> types.Text:
        """The text with what its checks measured and the first reason against it."""
        scores: list[types.Score] = []
        for check in write.checks:
            finding = await self._find(check, write.item, text)
            if isinstance(finding, types.Score):
                scores.append(finding)
            reason = finding.reason if isinstance(finding, types.Score) else finding
            if reason is not None:
                return types.Text(position, text, tuple(scores), reason, key)
        return types.Text(position, text, tuple(scores), None, key)

    async def _find(self, check: types.Check, item: types.Item, text: str) -> types.Finding:
        finding = check(item, text)
        if finding is None or isinstance(finding, str | types.Score):
            return finding
        return await self.run(finding)


Advance = Callable[[int], None]
_ROWS_AT_ONCE = 1024
_LOOK_S = 0.2  # a wait without an end would be deaf to signals

_running: "weakref.WeakSet[Engine]" = weakref.WeakSet()


def stop_engines() -> int:
    """Stops every engine of this process that is not closed; how many there are.

    Safe to call from any thread, and again.
    """
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
    """

    results: tuple[ResultT | types.Failed, ...]
    spends: Mapping[str, Spend]


class Engine:
    """Runs programs against the models and encoders of one recipe.

    Args:
        models: Specifications by name in the recipe.
        ledger: Where replies are kept.
        provide: Makes the provider of a model when it is first asked.
        encode: Makes the encoder of that name when it is first asked.
        budget: Where the money comes from; None spends without a cap.
    """

    def __init__(
        self,
        models: Mapping[str, ModelSpec],
        ledger: Ledger,
        provide: Callable[[ModelSpec], Provider],
        encode: Callable[[str], Embeds],
        budget: Budget | None = None,
    ) -> None:
        """Starts the event loop's thread; models and encoders start when first asked."""
        self.account = Account()
        self._models = models
        self._ledger = ledger
        self._provide = provide
        self._encode = encode
        self._budget = budget or Unlimited()
        self._lines: dict[str, ModelClient] = {}
        self._encoders: dict[str, EmbeddingClient] = {}
        self._batches: set[Future[Any]] = set()
        self._stopped = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()
        _running.add(self)

    def run(
        self,
        programs: Iterable[types.Program[ResultT]],
        advance: Advance | None = None,
        purpose: Purpose | None = None,
    ) -> Batch[ResultT]:
        """Drives every program to its end and returns their results in order.

        A program whose asks cannot be answered at all ends as `Failed`; the others go on.

        Args:
            programs: Plain generators; consumed as there is room, so a large table may be lazy.
            advance: Called with 1 for each row that ended, from the engine's thread.
            purpose: For which stage of which run; the ledger keeps it for the run's cost.

        Raises:
            InferenceError: What no other row can fare better with: no key, no ledger, no model.
            EngineStoppedError: The engine was stopped; what was answered is kept.
        """
        future: Future[Batch[ResultT]] = asyncio.run_coroutine_threadsafe(
            self._run(programs, advance, purpose), self._loop
        )
        self._batches.add(future)
        try:
            while True:
                if self._stopped:
                    raise EngineStoppedError("the run was stopped; what was answered is kept")
                try:
                    return future.result(_LOOK_S)
                except TimeoutError:
                    if future.done():
                        raise  # its own, not ours
        except CancelledError:
            raise EngineStoppedError("the run was stopped; what was answered is kept") from None
        finally:
            future.cancel()
            self._batches.discard(future)

    def stop(self) -> None:
        """Cancels what runs and refuses what would run; every `run` ends with `EngineStoppedError`.

        Safe to call from any thread, and again. What was answered is kept; the engine is still to
        be closed.
        """
        self._stopped = True
        for future in list(self._batches):
            future.cancel()

    def spent(self, run: str) -> dict[tuple[str, str], Spend]:
        """What the replies that a run ever used cost, by (stage, model)."""
        return self._ledger.spent(run)

    @property
    def spent_out(self) -> BudgetReachedError | None:
        """Why nothing more is bought, or None while there is money."""
        return self._budget.error

    def troubles(self) -> dict[str, InferenceError]:
        """Why a model's circuit is open, by model."""
        errors = {name: line.circuit.error for name, line in self._lines.items()}
        return {name: error for name, error in errors.items() if error is not None}

    def last_failures(self) -> dict[str, str]:
        """The last failed attempt of each model that had one, in words."""
        lasts = {name: line.circuit.last for name, line in self._lines.items()}
        return {name: last for name, last in lasts.items() if last}

    def served(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Pairs (asked, served) of each model that was answered for by another one."""
        pairs = {name: others(line.spec, line.served) for name, line in self._lines.items()}
        return {name: found for name, found in pairs.items() if found}

    def close(self) -> None:
        """Ends clients, child processes, threads and the ledger."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._ledger.close()
        _running.discard(self)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _close(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}  # what was stopped may still unwind
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for encoder in self._encoders.values():
            encoder.close()
        await asyncio.gather(*(line.close() for line in self._lines.values()))

    async def _run(
        self,
        programs: Iterable[types.Program[ResultT]],
        advance: Advance | None,
        purpose: Purpose | None,
    ) -> Batch[ResultT]:
        account = Account()
        runner = ProgramRunner(lambda request: self._reply(request, account, purpose))
        results: dict[int, ResultT | types.Failed] = {}
        numbered = iter(enumerate(programs))

        async def work(first: tuple[int, types.Program[ResultT]]) -> None:
            for index, program in chain((first,), numbered):
                results[index] = await _drive(program, runner)
                if advance is not None:
                    advance(1)

        workers: list[asyncio.Task[None]] = []
        try:
            for row in islice(numbered, _ROWS_AT_ONCE):
                workers.append(asyncio.create_task(work(row)))  # kept if one fails
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
        return Batch(tuple(results[index] for index in sorted(results)), account.spends())

    async def _reply(
        self, request: ChatRequest | EmbedRequest, account: Account, purpose: Purpose | None
    ) -> types.Reply:
        if isinstance(request, EmbedRequest):
            return await self._encoder(request.encoder).reply(request)
        reply, sent = await self._line(request.model).reply(request, purpose)
        account.add(request.model, reply, sent)
        self.account.add(request.model, reply, sent)
        return reply

    def _line(self, name: str) -> ModelClient:
        line = self._lines.get(name)
        if line is None:
            spec = self._models.get(name)
            if spec is None:
                raise ModelUnknownError("a request must name a model of the recipe", name)
            line = self._lines[name] = ModelClient(
                spec, self._provide(spec), self._ledger, self._budget
            )
        return line

    def _encoder(self, name: str) -> EmbeddingClient:
        encoder = self._encoders.get(name)
        if encoder is None:
            encoder = self._encoders[name] = EmbeddingClient(self._encode(name))
        return encoder


async def _drive(program: types.Program[ResultT], runner: ProgramRunner) -> ResultT | types.Failed:
    try:
        return await runner.run(program)
    except CallFailedError as failed:
        return types.Failed(failed.reason)
