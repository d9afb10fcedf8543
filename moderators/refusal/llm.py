"""A refusal judge that is a language model: it explains first and labels then (section 4.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from inference.templates import Template
from inference.types import Ask, ChatRequest, Item, Missing, Program, Reply, Unusable, again
from moderators.digests import digest
from moderators.refusal.types import REFUSALS, Judgment, RefusalLabel
from moderators.refusal.visible import visible
from moderators.verdict import last_object

LABELS = tuple(label for label in get_args(RefusalLabel) if label != "unparseable")
"""What a judge may say, in the order of the schema."""

MAX_TOKENS = 1000
_VERSION = 1
_PROMPT_CHARACTERS = 6_000
_ANSWER_CHARACTERS = 12_000
_HEAD = 2 / 3


@dataclass(frozen=True, slots=True)
class JudgmentAtom:
    """Asks one model what one answer is, at temperature 0.

    Attributes:
        model: The model's name in the recipe.
        template: The chat to ask with; it has places for prompt and answer.
        max_tokens: Longest judgment in tokens.
    """

    model: str
    template: Template
    max_tokens: int = MAX_TOKENS

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about `item.answer` to `item.text`; a repair message from the second attempt."""
        messages = self.template.messages(
            prompt=shortened(item.text, _PROMPT_CHARACTERS),
            answer=shortened(visible(item.answer or ""), _ANSWER_CHARACTERS),
        )
        request = ChatRequest(
            self.model,
            messages,
            temperature=0.0,
            max_tokens=self.max_tokens,
            json_schema=_SCHEMA,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> Judgment:
        """The judgment in the reply.

        Raises:
            Unusable: `judge_refused`, `unparseable` or `unknown_label`.
        """
        if reply.refusal is not None:
            raise Unusable("judge_refused")
        said = _said(reply)
        label = "_".join(said.label.lower().replace("-", " ").replace("_", " ").split())
        if label not in LABELS:
            raise Unusable("unknown_label")
        known = cast("RefusalLabel", label)
        return Judgment(self.model, known, known in REFUSALS, said.explanation.strip(), reply.key)


@dataclass(frozen=True, slots=True)
class LlmJudge:
    """A refusal judge that is a language model.

    Attributes:
        model: The model's name in the recipe.
        template: The chat to ask with.
        tries: How often an unusable answer is asked for again, first time included.
        max_tokens: Longest judgment in tokens.
    """

    model: str
    template: Template
    tries: int = 3
    max_tokens: int = MAX_TOKENS

    @property
    def name(self) -> str:
        """The model's name in the recipe."""
        return self.model

    @property
    def digest(self) -> str:
        """Of template and parameters; the model's identity is not known here."""
        made_from = (self.model, self.template.digest, self.tries, self.max_tokens)
        return digest("llm-judge", _VERSION, *made_from)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the model; `unparseable`, never a class, where none of its answers is usable."""
        atom = JudgmentAtom(self.model, self.template, self.max_tokens)
        answer = yield Ask(atom, item, self.tries)
        if isinstance(answer, Missing):
            return Judgment(self.name, "unparseable", None, answer.reason)
        judgment: Judgment = answer
        return judgment


def shortened(text: str, characters: int) -> str:
    """The text, or where it is longer its first two thirds and its end with a mark between."""
    if len(text) <= characters:
        return text
    head = int(characters * _HEAD)
    left_out = len(text) - characters
    return f"{text[:head]}\n[... {left_out} characters left out ...]\n{text[head - characters :]}"


class _Said(BaseModel):
    model_config = ConfigDict(strict=True)

    explanation: str = ""
    label: str


def _said(reply: Reply) -> _Said:
    found = reply.parsed if isinstance(reply.parsed, dict) else last_object(visible(reply.text))
    try:
        return _Said.model_validate(found)
    except ValidationError:
        # Without its cause: pydantic's message quotes the answer.
        raise Unusable("unparseable") from None


_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "explanation": {"type": "string"},
            "label": {"type": "string", "enum": list(LABELS)},
        },
        "required": ["explanation", "label"],
        "additionalProperties": False,
    },
    separators=(",", ":"),
)
