"""A model that judges a mutated text: whether it is in its style, and asks for the same thing.

Both are asked in one call, with a reason that comes first, so that the model thinks before it
decides. Whoever judges should not be the writer, which likes what it wrote.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from string import Template as Placeholders
from typing import ClassVar

import yaml

from base.digests import digest_of, pattern_part, require_digest
from base.foreign_text import INVISIBLE, without_invisible
from generators.mutations.chats import StyleChat
from generators.mutations.judgment_text import judgment_in, judgments_part
from generators.mutations.styles import Style, load_chat
from inference.templates import Template
from inference.types import (
    Call,
    ChatRequest,
    Finding,
    Item,
    Missing,
    Program,
    PromptTask,
    Reply,
    Score,
    UnusableError,
    again,
    again_part,
)

REQUIRED = frozenset({"style", "base", "text"})
"""The places that a judge's template must have: the style's title, and the two requests."""

OPTIONAL = frozenset({"definition"})
"""Those that it may have: what makes a text be of the style."""

MAX_TOKENS = 600
"""Longest judgment in tokens: a few sentences and two words."""

IN_STYLE, SAME = "in_style", "same_request"
_KEYS: Mapping[str, str] = {"reason": "string", SAME: "boolean", IN_STYLE: "boolean"}
_LONGEST_REASON = 2_000  # characters; no reason that was asked for is as long
_DEFINITIONS = Path(__file__).parent / "data" / "style_definitions.yaml"
_TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a judge says of a mutated text.

    Attributes:
        in_style: Whether the text is in the style that it was written for.
        same_request: Whether it asks for what its base asks for.
        reason: Why, in the judge's words. They may quote the text: for tables alone.
    """

    in_style: bool
    same_request: bool
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StyleJudge:
    """Asks for a judgment; the item is the base, its `answer` the mutated text.

    Attributes:
        model: The judge's name in the recipe.
        style: The style's title, as a reader would call it.
        definition: What makes a text be of the style.
        template: The chat to ask with; its places are `REQUIRED` and `OPTIONAL`.
        max_tokens: Longest judgment in tokens, thoughts included.
        chat: The chat that the texts were asked for by: of a style with variants the judge is told
            which one. None where somebody else wrote them.
    """

    model: str
    style: str
    definition: str
    template: Template
    max_tokens: int = MAX_TOKENS
    chat: StyleChat | None = None

    @property
    def digest(self) -> str:
        """Of what is asked, and of how it is read; the model's identity is not known here."""
        asked = (self.model, self.style, self.definition, self.template.digest, self.max_tokens)
        read = (IN_STYLE, SAME, dict(_KEYS), judgments_part(), _LONGEST_REASON, again_part())
        chat = None if self.chat is None else self.chat.digest
        return digest_of("style-judge", *asked, *read, *map(pattern_part, INVISIBLE), chat)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """A greedy request for JSON; further attempts carry a repair message."""
        variant = None if self.chat is None else self.chat.variant(item)
        definition = self.definition if variant is None else f"{self.definition} Here: {variant}."
        messages = self.template.messages(
            style=self.style, definition=definition, base=item.text, text=item.answer or ""
        )
        request = ChatRequest(
            self.model, messages, max_tokens=self.max_tokens, json_schema=judgment_schema()
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> Judgment:
        """The judgment in the reply.

        Raises:
            UnusableError: `judge_refused` where the server says so, `truncated`, `unparseable`
                where one of the two answers is missing, says neither or contradicts itself, or
                `no_reason`.
        """
        if reply.refusal is not None:
            raise UnusableError("judge_refused")
        # Not `reply.parsed`: of a key that is there twice that has the last value alone.
        said = judgment_in(reply.text, (IN_STYLE, SAME))
        if said is None:
            raise UnusableError("truncated" if reply.finish == "length" else "unparseable")
        told = _told(said.get("reason"))
        if not told:
            raise UnusableError("no_reason")
        return Judgment(said[IN_STYLE], said[SAME], told[:_LONGEST_REASON])


def judgment_schema() -> str:
    """The JSON schema of a judgment, as JSON text; keys keep their order, the reason first."""
    whole = {
        "type": "object",
        "properties": {key: {"type": kind} for key, kind in _KEYS.items()},
        "required": list(_KEYS),
        "additionalProperties": False,
    }
    return json.dumps(whole, separators=(",", ":"))


def _told(reason: object) -> str:
    """A reason without what cannot be seen in it; "" for what has no letter and no digit."""
    told = without_invisible(reason).strip() if isinstance(reason, str) else ""
    return told if any(sign.isalnum() for sign in told) else ""


def style_judge(
    style: Style,
    model: str,
    template: Template | None = None,
    max_tokens: int | None = None,
    asked: StyleChat | None = None,
) -> StyleJudge:
    """Who judges the texts of a written style.

    Args:
        style: The style that they are written for.
        model: The judge's name in the recipe.
        template: The chat to ask with; None for the shipped one.
        max_tokens: Longest judgment in tokens; None for `MAX_TOKENS`.
        asked: The chat that they are asked for by; None where somebody else wrote them.
    """
    title, definition = definition_of(style)
    chat = template or load_chat("style_judge")
    return StyleJudge(model, title, definition, chat, max_tokens or MAX_TOKENS, asked)


def definition_of(style: Style) -> tuple[str, str]:
    """A written style's title, and what makes a text be of it, as its judge is told."""
    language = dict(style.values).get("language", "")
    known = _definitions()[_TRANSLATION if style.group == "language" else style.name]
    title, definition = (
        Placeholders(known[key]).substitute(language=language) for key in ("title", "definition")
    )
    return title, definition


@cache
def _definitions() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(_DEFINITIONS.read_bytes())
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """Objects to a text that its judge finds to ask for something else, or in another style.

    Attributes:
        judge: Asked about the base (`item.text`) and the text (`item.answer`).
        tries: How often it is asked for a usable answer.
    """

    name: ClassVar[str] = "style_judge"
    judge: PromptTask[Item, Judgment]
    tries: int = 2

    @property
    def digest(self) -> str:
        """Of how the judge is asked."""
        return digest_of(self.name, require_digest("task", self.name, self.judge), self.tries)

    def __call__(self, item: Item, text: str) -> Program[Finding]:
        """1 where both answers are yes, else 0 with `intent_lost` or `not_in_style`.

        The judge's reason is kept beside it. `judge_unread` where no answer of it was usable: what
        nobody judged is never kept.
        """
        said = yield Call(self.judge, replace(item, answer=text), self.tries)
        if isinstance(said, Missing):
            return "judge_unread"
        reason = None if said.same_request else "intent_lost"
        if reason is None and not said.in_style:
            reason = "not_in_style"
        return Score(self.name, float(reason is None), reason, said.reason)
