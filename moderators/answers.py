"""Putting a prompt to a model and taking its answer as it comes: an answer is data.

Whether it is a refusal or harmless is for judges and moderators to say. An answer that is empty,
was cut before any of it could be seen, or is no text, is missing: it is not asked for again, since
a greedy model would say the same, and a sampled one would be given a second chance.
"""

from dataclasses import dataclass
from typing import Literal

from base.digests import digest_of
from base.foreign_text import valid_text
from inference.thoughts import visible, visible_part
from inference.types import ChatRequest, Item, Message, Missing, Refusal, Reply, again, again_part

Absence = Literal["empty", "truncated", "tool_calls", "not_text"]
"""Why there is no answer: nothing that can be seen was said, it was cut before that, or the model
called a tool or sent an image instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered to one prompt.

    Attributes:
        text: What it says, without think blocks; "" where there is nothing to see.
        missing: Why there is no answer (an `Absence`, or why its server gave none), or None where
            there is one; a refusal is one.
        cut: Whether the text that can be seen ends at the token limit.
        refusal: The server's own refusal signal, or None.
        served_as: The model's name as the server gave it.
        key: The ledger's key of the reply.
    """

    text: str
    missing: str | None = None
    cut: bool = False
    refusal: Refusal | None = None
    served_as: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class AnswerTask:
    """Asks one model one prompt, as a user would.

    Attributes:
        model: The model's name in the recipe.
        max_tokens: Longest answer in tokens, thoughts included.
        temperature: Sampling temperature; 0 is greedy.
        system: A system prompt, or None for none.
    """

    model: str
    max_tokens: int
    temperature: float = 0.0
    system: str | None = None

    @property
    def digest(self) -> str:
        """Of who is asked and how; the model's identity is not known here."""
        asked = (self.model, self.max_tokens, self.temperature, self.system)
        return digest_of("answer", *asked, visible_part(), again_part())

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The prompt as it is, after the system prompt where there is one."""
        system = () if self.system is None else (Message("system", self.system),)
        messages = (*system, Message("user", item.text))
        request = ChatRequest(
            self.model, messages, temperature=self.temperature, max_tokens=self.max_tokens
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> Answer:
        """The answer; every reply is one, or says why it is none."""
        text = valid_text(visible(reply.text))
        missing = None if text or reply.refusal is not None else _absence(reply)
        cut = bool(text) and reply.finish == "length"
        return Answer(text, missing, cut, reply.refusal, reply.model, reply.key)


def answer_of(said: Answer | Missing) -> Answer:
    """What came of asking: the answer, or one that is missing where the server gave none."""
    return Answer("", said.reason) if isinstance(said, Missing) else said


def _absence(reply: Reply) -> Absence:
    if reply.finish == "tool_calls" or reply.finish == "not_text":
        return reply.finish
    return "truncated" if reply.finish == "length" else "empty"
