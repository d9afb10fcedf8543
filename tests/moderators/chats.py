"""Runs moderators against replies that a test has written, through the engine's own runner."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from inference.engine import ProgramRunner
from inference.types import ChatRequest, EmbedRequest, Item, Program, Reply

ResultT = TypeVar("ResultT")


class Replies:
    """Answers each request with the next reply, and keeps what was asked."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.requests: list[ChatRequest] = []
        self._replies = iter(replies)

    async def __call__(self, request: ChatRequest | EmbedRequest) -> Reply:
        assert isinstance(request, ChatRequest)
        self.requests.append(request)
        return next(self._replies)


def run(program: Program[ResultT], replies: Replies) -> ResultT:
    return asyncio.run(ProgramRunner(replies).run(program))


def silent(program: Program[ResultT]) -> ResultT:
    """Runs a program that asks for nothing."""
    return run(program, Replies(()))


def prompt(text: str) -> Item:
    return Item(row="r1", text=text, category="illegal")


def exchange(text: str, answer: str) -> Item:
    return Item(row="r1", text=text, category="illegal", answer=answer)
