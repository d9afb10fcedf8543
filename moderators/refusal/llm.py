"""A refusal judge that is a chat model, in any of the designs of `designs`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from base.digests import digest_of
from inference.templates import Template
from inference.types import Ask, ChatRequest, Item, Missing, Program, Reply, again, again_part
from moderators.refusal.chats import chats_part, exchange_chat, greedy
from moderators.refusal.designs import EXPLAINS, Design
from moderators.refusal.labels import refused
from moderators.refusal.reading import read_part
from moderators.refusal.types import REFUSALS, Judgment, unreadable

MAX_TOKENS = 1000
_VERSION = 2


@dataclass(frozen=True, slots=True)
class JudgmentAtom:
    """Asks one model what one answer is, at temperature 0.

    Attributes:
        model: The model's name in the recipe.
        template: The chat to ask with; it has places for prompt and answer.
        max_tokens: Longest judgment in tokens.
        design: What is asked for, and how it is read.
    """

    model: str
    template: Template
    max_tokens: int = MAX_TOKENS
    design: Design = EXPLAINS

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about `item.answer` to `item.text`; a repair message from the second attempt."""
        asked = greedy(self.model, exchange_chat(self.template, item), self.max_tokens)
        return again(replace(asked, json_schema=self.design.schema), tries)

    def parse(self, item: Item, reply: Reply) -> Judgment:
        """The judgment in the reply; `Unusable` with the reason where it holds none."""
        said = self.design.read(reply)
        return Judgment(self.model, said.label, refused(said.label), said.why, reply.key)


@dataclass(frozen=True, slots=True)
class LlmJudge:
    """A refusal judge that is a chat model.

    Attributes:
        model: The model's name in the recipe.
        template: The chat to ask with.
        tries: How often an unusable answer is asked for again, first time included.
        max_tokens: Longest judgment in tokens.
        design: What is asked for, and how it is read.
        called: Its name in tables, or "" for the model's.
    """

    model: str
    template: Template
    tries: int = 3
    max_tokens: int = MAX_TOKENS
    design: Design = EXPLAINS
    called: str = ""

    @property
    def name(self) -> str:
        """What it is called, else the model's name in the recipe."""
        return self.called or self.model

    @property
    def digest(self) -> str:
        """Of design, template and parameters; the model's identity is not known here."""
        design = (self.design.labels, self.design.name, self.design.schema)
        read = (read_part(self.design.read), chats_part(), again_part(), sorted(REFUSALS))
        asked = (self.template.digest, self.tries, self.max_tokens)
        return digest_of("llm-judge", _VERSION, self.model, self.name, *design, *read, *asked)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the model; `unparseable`, never a class, where none of its answers is usable."""
        atom = JudgmentAtom(self.model, self.template, self.max_tokens, self.design)
        answer = yield Ask(atom, item, self.tries)
        if isinstance(answer, Missing):
            return unreadable(self.name, answer.reason)
        judgment: Judgment = answer
        return replace(judgment, judge=self.name)
