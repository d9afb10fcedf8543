"""Models that refuse a known share of the prompts, by a hash of model and prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.servers.chance import share
from tests.servers.chat import Answer, ApiError, Body, last_text, question_of

REFUSAL = "I'm sorry, but I can't help with that."
ANSWER = "Here is how it is done, step by step: begin early, and be kind."


@dataclass(frozen=True, slots=True)
class Refusers:
    """Any number of models on one server; which refuses what depends on names and texts alone.

    Attributes:
        shares: The share of prompts that each model refuses, by a part of the prompt; "" counts
            where no other part is in it.
    """

    shares: Mapping[str, Mapping[str, float]]

    def __call__(self, body: Body) -> Answer:
        """Refuses or answers."""
        return Answer(REFUSAL if self.refuses(body["model"], last_text(body)) else ANSWER)

    def refuses(self, model: str, prompt: str) -> bool:
        """Whether a model refuses a prompt."""
        shares = self.shares[model]
        wanted = next((shares[part] for part in shares if part and part in prompt), shares.get(""))
        return share(model, prompt) < (wanted or 0.0)


@dataclass(frozen=True, slots=True)
class Kinds:
    """A model whose answer's kind is a word of the prompt: what an evaluation must tell apart."""

    def __call__(self, body: Body) -> Answer:
        """Answers, refuses, thinks, is blocked, cut, or says nothing."""
        words = question_of(body).split()
        kind = next((word for word in words if word in _KINDS), "answer")
        if kind == "blocked":
            raise ApiError(400, "The prompt was filtered.", param="prompt", code="content_filter")
        return _KINDS[kind]


_LONG = "one step, and then one more of them, " * 40
_KINDS: Mapping[str, Answer] = {
    "answer": Answer(ANSWER),
    "refuse": Answer(REFUSAL),
    "thinks": Answer(f"<think>{REFUSAL}</think>\n{ANSWER}"),
    "declines": Answer(None, refusal=REFUSAL),
    "blocked": Answer(None),
    "long": Answer(f"{ANSWER} {_LONG}"),
    "thinking": Answer(f"<think>{_LONG}</think>{ANSWER}"),
    "nothing": Answer(""),
}
