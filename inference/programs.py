"""How programs are driven: what they ask is answered, parsed, checked and asked again.

What is read here was written by models and strangers. An exception that nobody foresaw, raised by
one row's parser, check, judge or program, ends that row and no other: it becomes a reason.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from base.errors import RefuseryError
from inference import types
from inference.errors import InferenceError
from inference.model_client import CallFailedError, RequestRefusedTwiceError
from inference.types import Call, ChatRequest, EmbedRequest, Generate, Missing, Written

ResultT = TypeVar("ResultT")
Replier: TypeAlias = Callable[["ChatRequest | EmbedRequest"], Awaitable[types.Reply]]

REQUEST_REFUSED = "request_refused"
"""Why an answer is missing that its server refused to give twice."""

UNEXPECTED = "unexpected_"
"""How the reasons begin of what nobody foresaw; the exception's name follows."""

_ENDS_THE_RUN = (KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class SurpriseError(Exception):
    """What one row's code raised and nobody foresaw.

    Attributes:
        cause: What was raised. Its message may quote the row: it is never shown or kept.
        reason: The word for tables.
    """

    def __init__(self, cause: BaseException) -> None:
        """Names it."""
        self.cause = cause
        self.reason = UNEXPECTED + _WORD.sub("_", type(cause).__name__).lower()
        super().__init__(self.reason)


@dataclass(slots=True)
class RowRecord:
    """What one row's program met.

    Attributes:
        bought: Keys of the replies that were asked of a server now, not found in the ledger.
        found: Whether the ledger had a reply of it.
        asked: The models it asked.
        refused: Those of them whose server refused a request of it for good.
        unexpected: Whether an answer of it is missing as reading it met what nobody foresaw.
        unusable: Keys of the replies that were of no use to it.
    """

    bought: set[str] = field(default_factory=set)
    found: bool = False
    asked: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unexpected: bool = False
    unusable: list[str] = field(default_factory=list)

    @property
    def is_from_ledger(self) -> bool:
        """Whether it had replies, and no server was asked for any of them now."""
        return self.found and not self.bought


_LONG_TEXT = 4_000  # characters; on shorter ones everything here is known to be quick
_HEAVY_S = 0.005  # of the event loop's own time, in which no call is sent and no answer read


class TextWork:
    """Where parsers, checks and programs run: in the event loop, or beside it if they take long.

    Work on a long text leaves the loop at once, and so does all that once took longer than five
    milliseconds. Where something runs decides nothing that it gives.

    Beside the loop, Python's own work lets the loop go on. One search by a pattern does not: `re`
    keeps the interpreter until it ends, wherever it runs. What guards the loop from those is that
    every pattern takes time in proportion to its text (`tests/fuzz/test_patterns.py`).

    Args:
        thread: Where it runs beside the loop; None never leaves the loop.
    """

    def __init__(self, thread: Executor | None = None) -> None:
        self._thread = thread
        self._heavy: set[Hashable] = set()

    async def run(
        self, kind: Hashable, size: int, work: Callable[..., ResultT], *args: object
    ) -> ResultT:
        """What `work` gives or raises.

        Args:
            kind: What is remembered as quick or slow.
            size: Characters of the text that it works on.
            work: What to call.
            *args: With what.
        """
        if self._thread is None:
            return work(*args)
        if size > _LONG_TEXT or kind in self._heavy:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
        began = time.thread_time()
        try:
            return work(*args)
        finally:
            if time.thread_time() - began > _HEAVY_S:
                self._heavy.add(kind)


class ProgramRunner:
    """Answers asks, given a way to get replies.

    Args:
        reply: Gets a reply; it may raise what ends a row or the run.
        row: Where it is noted what the row met.
        work: Where parsers and checks run.
        tell: Called with what nobody foresaw.
    """

    def __init__(
        self,
        reply: Replier,
        row: RowRecord | None = None,
        work: TextWork | None = None,
        tell: Callable[[BaseException], None] = lambda error: None,
    ) -> None:
        self._reply = reply
        self._row = row or RowRecord()
        self._work = work or TextWork()
        self._tell = tell
        self._longest = 0  # of the texts that the program has met

    async def outcome(self, program: types.Program[ResultT]) -> ResultT | types.Failed:
        """The program's result; `Failed` where a call was given up, or where it was surprised.

        Raises:
            RefuseryError: What no other row can fare better with: no key, no ledger, no model.
        """
        try:
            return await self.run(program)
        except (CallFailedError, SurpriseError) as failed:
            return types.Failed(failed.reason)

    async def run(self, program: types.Program[ResultT]) -> ResultT:
        """Drives one program to its end; what it yields in a list is run together.

        Raises:
            CallFailedError: A call was given up.
            SurpriseError: The program, or what it asks, raised what nobody foresaw.
        """
        sent: Any = None
        kind = getattr(program, "gi_code", type(program))
        try:
            while True:
                try:
                    ended, asked = await self._work.run(kind, self._longest, _step, program, sent)
                except BaseException as error:
                    raise self._surprise(error, RefuseryError) from error
                if ended:
                    result: ResultT = asked
                    return result
                if isinstance(asked, Call | Generate):
                    sent = await self.answer(asked)
                else:
                    sent = await self._together(asked)
        finally:
            _close(program)

    async def answer(self, asked: Call[Any, Any] | Generate) -> Any:  # noqa: ANN401 - as the task says
        """The parsed result or `Missing` for an `Call`; `Written` for a `Generate`."""
        if isinstance(asked, Generate):
            return await self._write(asked)
        reason = "not_asked"
        unforeseen: SurpriseError | None = None
        surprised = False
        for tries in range(asked.tries):
            try:
                reply = await self._ask(asked, tries)
            except RequestRefusedTwiceError:
                return Missing(REQUEST_REFUSED)
            try:
                return await self._parsed(asked, reply)
            except types.UnusableError as unusable:
                reason = unusable.reason
                self._row.unusable.append(reply.key)
            except SurpriseError as surprise:
                reason, surprised = surprise.reason, True
                unforeseen = unforeseen or self._if_new(surprise, reply)
        # A reply that surprised an earlier run may not end this one too: it is unusable.
        if unforeseen is not None:
            raise unforeseen
        self._row.unexpected |= surprised
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
        unforeseen: SurpriseError | None = None
        asks = 0
        enough = write.want if write.enough is None else write.enough
        while len(write.beside) + len(kept) < enough and asks < write.tries:
            attempt = write.first + asks
            asks += 1
            try:
                reply = await self._ask(write, attempt)
            except RequestRefusedTwiceError:
                # Another draw is the same question to whoever refuses this one.
                unusable.append(REQUEST_REFUSED)
                break
            try:
                texts = await self._parsed(write, reply)
            except types.UnusableError as problem:
                unusable.append(problem.reason)
                self._row.unusable.append(reply.key)
                if problem.reason in write.ends:
                    break
                continue
            except SurpriseError as surprise:
                unusable.append(surprise.reason)
                unforeseen = unforeseen or self._if_new(surprise, reply)
                continue
            reasons: set[str | None] = set()
            for place, draft in enumerate(texts):
                text = _unchecked(draft, f"{attempt}.{place}", reply.key)
                reason = _needless(write, kept, text.text)
                if reason is not None:
                    dropped.append(replace(text, reason=reason))
                    continue
                checked, surprise_ = await self._check(write, text)
                if surprise_ is not None:
                    unforeseen = unforeseen or self._if_new(surprise_, reply)
                (kept if checked.reason is None else dropped).append(checked)
                reasons.add(checked.reason)
            if reasons and reasons.issubset(write.ends):
                break
        if unforeseen is not None and not kept:
            raise unforeseen
        return Written(tuple(kept), tuple(dropped), asks, tuple(unusable))

    async def _check(
        self, write: Generate, text: types.Text
    ) -> tuple[types.Text, SurpriseError | None]:
        """The text with what its checks measured and the first reason against it.

        A check that raises what nobody foresaw is against it too.
        """
        scores: list[types.Score] = []
        for check in write.checks:
            try:
                finding = await self._find(check, write.item, text.text)
            except SurpriseError as surprise:
                return replace(text, scores=tuple(scores), reason=surprise.reason), surprise
            if isinstance(finding, types.Score):
                scores.append(finding)
            reason = finding.reason if isinstance(finding, types.Score) else finding
            if reason is not None:
                return replace(text, scores=tuple(scores), reason=reason), None
        return replace(text, scores=tuple(scores)), None

    async def _find(self, check: types.Check, item: types.Item, text: str) -> types.Finding:
        try:
            finding = await self._work.run(type(check), len(text), check, item, text)
        except BaseException as error:
            raise self._surprise(error) from error
        if finding is None or isinstance(finding, str | types.Score):
            return finding
        return await self.run(finding)

    async def _ask(self, asked: Call[Any, Any] | Generate, tries: int) -> types.Reply:
        try:
            request = asked.task.request(asked.item, tries)
            reply = await self._reply(request)
        except (CallFailedError, RequestRefusedTwiceError):
            raise
        except BaseException as error:
            raise self._surprise(error, RefuseryError) from error
        self._longest = max(self._longest, len(reply.text))
        return reply

    async def _parsed(self, asked: Call[Any, Any] | Generate, reply: types.Reply) -> Any:  # noqa: ANN401 - as the task says
        parse = asked.task.parse
        try:
            return await self._work.run(type(asked.task), len(reply.text), parse, asked.item, reply)
        except types.UnusableError:
            raise
        except BaseException as error:
            raise self._surprise(error, InferenceError) from error

    def _if_new(self, surprise: SurpriseError, reply: types.Reply) -> SurpriseError | None:
        """The surprise, if its reply was bought now and can have surprised nobody before."""
        return surprise if reply.key in self._row.bought else None

    def _surprise(self, error: BaseException, *foreseen: type[BaseException]) -> SurpriseError:
        """What `error` is to its row.

        Raises:
            BaseException: It concerns more than the row: it goes on as it is.
        """
        if isinstance(error, (SurpriseError, *foreseen, *_ENDS_THE_RUN)):
            raise error
        self._tell(error)
        return SurpriseError(error)


def _unchecked(draft: str | types.Labelled, position: str, key: str) -> types.Text:
    """A text of an answer as it came, with its labels."""
    if isinstance(draft, str):
        return types.Text(position, draft, key=key)
    return types.Text(position, draft.text, key=key, labels=draft.labels)


def _needless(write: Generate, kept: Sequence[types.Text], text: str) -> str | None:
    """Why a text need not be checked: there are enough, or it is one of them."""
    if len(write.beside) + len(kept) == write.want:
        return "not_needed"
    siblings = (*write.beside, *(sibling.text for sibling in kept))
    return "repeated" if text in siblings else None


def _step(program: types.Program[Any], sent: object) -> tuple[bool, Any]:
    """Whether the program has ended, and what it returned or asks next."""
    try:
        return False, program.send(sent)
    except StopIteration as end:
        return True, end.value


def _close(program: types.Program[Any]) -> None:
    """Ends a program, unless it runs beside the loop just now and nobody waits for it any more."""
    try:
        program.close()
    except (ValueError, RuntimeError):
        return
