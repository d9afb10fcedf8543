"""How an ask becomes a result: request, reply, parse, checks, and again, changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from inference.types import (
    Ask,
    Asked,
    ChatRequest,
    Check,
    EmbedRequest,
    Finding,
    Item,
    Missing,
    Program,
    Reply,
    Score,
    Text,
    Unusable,
    Write,
    Written,
)

ResultT = TypeVar("ResultT")
Replier = Callable[["ChatRequest | EmbedRequest"], Awaitable[Reply]]


class Asker:
    """Answers asks, given a way to get replies."""

    def __init__(self, reply: Replier) -> None:
        """Keeps the way to get a reply; it may raise what ends a row or the run."""
        self._reply = reply

    async def run(self, program: Program[ResultT]) -> ResultT:
        """Drives one program to its end; what it yields in a list is run together."""
        sent: Any = None
        try:
            while True:
                asked = program.send(sent)
                if isinstance(asked, Ask | Write):
                    sent = await self.answer(asked)
                else:
                    sent = await self._together(asked)
        except StopIteration as end:
            result: ResultT = end.value
            return result
        finally:
            program.close()

    async def answer(self, asked: Ask[Any, Any] | Write) -> Any:  # noqa: ANN401 - as the atom says
        """The parsed result or `Missing` for an `Ask`; `Written` for a `Write`."""
        if isinstance(asked, Write):
            return await self._write(asked)
        reason = "not_asked"
        for tries in range(asked.tries):
            reply = await self._reply(asked.atom.request(asked.item, tries))
            try:
                return asked.atom.parse(asked.item, reply)
            except Unusable as unusable:
                reason = unusable.reason
        return Missing(reason)

    async def _together(self, asked: Sequence[Asked | Program[Any]]) -> list[Any]:
        """Results in the order of the list. Where one fails, the others are still waited for.

        What they bring is in the ledger then, so that a resume asks only for what failed.
        """
        answers = await asyncio.gather(
            *(
                self.answer(each) if isinstance(each, Ask | Write) else self.run(each)
                for each in asked
            ),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return list(answers)

    async def _write(self, write: Write) -> Written:
        kept: list[Text] = []
        dropped: list[Text] = []
        unusable: list[str] = []
        asks = 0
        enough = write.want if write.enough is None else write.enough
        while len(kept) < enough and asks < write.tries:
            attempt = write.first + asks
            asks += 1
            reply = await self._reply(write.atom.request(write.item, attempt))
            try:
                texts = write.atom.parse(write.item, reply)
            except Unusable as problem:
                unusable.append(problem.reason)
                continue
            for place, text in enumerate(texts):
                position = f"{attempt}.{place}"
                if len(kept) == write.want:
                    dropped.append(Text(position, text, reason="not_needed", key=reply.key))
                    continue
                if any(text == sibling.text for sibling in kept):
                    dropped.append(Text(position, text, reason="repeated", key=reply.key))
                    continue
                checked = await self._check(write, position, text, reply.key)
                (kept if checked.reason is None else dropped).append(checked)
        return Written(tuple(kept), tuple(dropped), asks, tuple(unusable))

    async def _check(self, write: Write, position: str, text: str, key: str) -> Text:
        """The text with what its checks measured and the first reason against it."""
        scores: list[Score] = []
        for check in write.checks:
            finding = await self._find(check, write.item, text)
            if isinstance(finding, Score):
                scores.append(finding)
            reason = finding.reason if isinstance(finding, Score) else finding
            if reason is not None:
                return Text(position, text, tuple(scores), reason, key)
        return Text(position, text, tuple(scores), None, key)

    async def _find(self, check: Check, item: Item, text: str) -> Finding:
        finding = check(item, text)
        if finding is None or isinstance(finding, str | Score):
            return finding
        return await self.run(finding)
