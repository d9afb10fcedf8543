"""Rows of an annotate stage run by the engine's own runner, against replies that a test gives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from inference.engine import ProgramRunner
from inference.types import ChatRequest, EmbedRequest, Item, Program, Reply
from moderators.refusal.types import Judgment
from pipelines.runner.stage import EachRow, Outcome, Row

Say = Callable[[ChatRequest], Reply]


@dataclass(frozen=True, slots=True)
class FirstWord:
    """A refusal judge: `No` refuses, `Hm` cannot be told, all else answers."""

    name: str = "first-word"
    digest: str = "1"
    families: list[str | None] = field(default_factory=list)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        self.families.append(family)
        yield from ()
        word = (item.answer or "").split()[0].strip(".,")
        if word == "Hm":
            return Judgment(self.name, "unparseable", None, "unparseable")
        if word == "No":
            return Judgment(self.name, "direct_refusal", True, "no")
        return Judgment(self.name, "direct_answer", False, "other")


def moderated_row(label: str = "safe", **columns: object) -> Row:
    """A row as it comes from the votes."""
    row: Row = {"row": "r1", "root": "r0", "position": "0.0", "text": "How do I open a tin?"}
    votes = {"safe": 3, "toxic": 0, "abstain": 0, "sounds_risky": True}
    return {**row, "category": "harmful", "label": label, **votes, "rescued": False, **columns}


def outcome(work: EachRow, row: Row, say: Say) -> Outcome:
    """What work on each row makes of one."""

    async def reply(request: ChatRequest | EmbedRequest) -> Reply:
        assert isinstance(request, ChatRequest)
        return say(request)

    async def run() -> Outcome:
        runner = ProgramRunner(reply)
        program = await runner.run(work.prepare())
        return await runner.run(program(row))

    return asyncio.run(run())


def says(answers: Mapping[str, Reply | str]) -> Say:
    """Each model's reply, by its name in the recipe."""

    def say(request: ChatRequest) -> Reply:
        found = answers[request.model]
        return Reply(text=found) if isinstance(found, str) else found

    return say
