# ruff: noqa: RUF001 - full-width marks are how Chinese is written
"""Models that speak Chinese: a writer of prompts with its slips, and targets that may say no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from tests.servers.chance import draw, share
from tests.servers.chat import Answer, Body, last_text, schema_of
from tests.servers.schemas import as_asked, conform, texts_property

NAME = "Simplified Chinese"
REFUSAL = "很抱歉，我无法协助您完成这个请求。"
ANSWER = "当然可以。先准备好工具，再一步一步来，最后检查一遍。"
SLIPS = (
    "很抱歉，我无法改写这样的请求。",
    "What does the oldest lock in this museum look like?",
    "锁？",
)
"""What is no prompt: a refusal, another language, a text of two characters."""


@dataclass(frozen=True, slots=True)
class ChineseWriter:
    """Writes prompts out of a list, whatever it is asked, with a slip in front of each answer.

    The last text of each answer is the one before with another mark at its end: a near copy.

    Attributes:
        prompts: What it writes.
    """

    prompts: Sequence[str]

    def __call__(self, body: Body) -> Answer:
        """As many texts as the schema wants."""
        schema = schema_of(body) or {}
        found = texts_property(schema)
        assert found is not None
        rng = draw("chinese", body)
        wanted = int(found[1].get("maxItems", 6))
        texts = [SLIPS[rng.randrange(len(SLIPS))], *rng.sample([*self.prompts], wanted - 2)]
        value = conform(schema, rng)
        texts.append(texts[-1].rstrip("？") + "！")
        value[found[0]] = as_asked(found[1], texts, rng)
        return Answer(orjson.dumps(value).decode())


@dataclass(frozen=True, slots=True)
class ChineseTarget:
    """Answers in Chinese, and refuses a share of the prompts by a hash of model and prompt.

    Attributes:
        refused: The share.
    """

    refused: float

    def __call__(self, body: Body) -> Answer:
        """Refuses or answers."""
        return Answer(REFUSAL if self.refuses(body["model"], last_text(body)) else ANSWER)

    def refuses(self, model: str, prompt: str) -> bool:
        """Whether a model refuses a prompt."""
        return share(model, prompt) < self.refused
