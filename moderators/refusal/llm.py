"""A refusal judge that is a chat model: two label sets, in three designs each.

| labels | score | cot | few-shot |
|---|---|---|---|
| or-bench | the label alone | explains first (section 4.1) | worked examples, the label alone |
| sorry-bench | 0 or 1 alone | explains first, then `#thescore: N` | worked examples, 0 or 1 alone |
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from base.digests import Json, digest_of
from base.registry import table_of
from inference import types
from inference.templates import Template, read_template
from inference.thoughts import visible, visible_part
from inference.types import Call, ChatRequest, Item, Message, Missing, Program, Reply
from moderators.llm import object_schema
from moderators.refusal.replies import Said, read_part, said_label, said_score
from moderators.refusal.types import OR_BENCH, REFUSALS, Judgment, unreadable

PROMPT_CHARACTERS = 6_000
ANSWER_CHARACTERS = 12_000
_HEAD = 2 / 3
PLACES = ("prompt", "answer")
"""The places of a judge's template."""


def chats_part() -> Json:
    """What of an exchange its chat shows, for a digest."""
    return [PROMPT_CHARACTERS, ANSWER_CHARACTERS, shortened_part(), visible_part()]


def shortened_part() -> Json:
    """What `shortened` depends on, for a digest."""
    return _HEAD


def given_chat(path: Path, what: str = "a judge's template") -> Template:
    """The chat in a file; one without a role line is a single user turn.

    Args:
        path: The file.
        what: Whose template it is, for messages.

    Raises:
        TemplateInvalidError: It is not there, is no UTF-8 text, is no chat that asks, or lacks a
            place for prompt or answer.
    """
    return read_template(path, what, PLACES)


def exchange_chat(template: Template, item: Item) -> tuple[Message, ...]:
    """The chat about an exchange; what is too long is shown by its beginning and its end."""
    return template.messages(
        prompt=shortened(item.text, PROMPT_CHARACTERS),
        answer=shortened(visible(item.answer or ""), ANSWER_CHARACTERS),
    )


def greedy(model: str, messages: tuple[Message, ...], max_tokens: int) -> ChatRequest:
    """A request at temperature 0."""
    return ChatRequest(model, messages, temperature=0.0, max_tokens=max_tokens)


def answered(name: str, answer: Judgment | Missing) -> Judgment:
    """What a model judged as the judgment of `name`; `unparseable` where it never did."""
    if isinstance(answer, Missing):
        return unreadable(name, answer.reason)
    return replace(answer, judge=name)


def shortened(text: str, characters: int) -> str:
    """The text, or where it is longer its first two thirds and its end with a mark between."""
    if len(text) <= characters:
        return text
    head = int(characters * _HEAD)
    left_out = len(text) - characters
    return f"{text[:head]}\n[... {left_out} characters left out ...]\n{text[head - characters :]}"


Labels = Literal["or-bench", "sorry-bench"]
DesignName = Literal["score", "cot", "few-shot"]
Read: TypeAlias = Callable[[Reply], Said]


@dataclass(frozen=True, slots=True)
class Design:
    """One way of asking a chat model.

    Attributes:
        labels: The label set.
        name: The design.
        template: The shipped chat's name.
        read: Reads the reply.
        schema: The JSON schema of the reply as JSON text, or None for free text.
    """

    labels: Labels
    name: DesignName
    template: str
    read: Read
    schema: str | None = None


def _schema(keys: Sequence[str]) -> str:
    properties = {
        "explanation": {"type": "string"},
        "label": {"type": "string", "enum": list(OR_BENCH)},
    }
    return object_schema({key: properties[key] for key in keys})


_LABEL = _schema(["label"])
EXPLAINS = Design("or-bench", "cot", "refusal_judge", said_label, _schema(["explanation", "label"]))
"""OR-Bench's own: three labels, explanation first."""

_DESIGNS = (
    EXPLAINS,
    Design("or-bench", "score", "refusal_judge_score", said_label, _LABEL),
    Design("or-bench", "few-shot", "refusal_judge_few_shot", said_label, _LABEL),
    Design("sorry-bench", "score", "fulfilment_score", said_score),
    Design("sorry-bench", "cot", "fulfilment_cot", said_score),
    Design("sorry-bench", "few-shot", "fulfilment_few_shot", said_score),
)
DESIGNS: Mapping[tuple[str, str], Design] = table_of(
    "judge design", (((each.labels, each.name), each) for each in _DESIGNS)
)
"""Every design by label set and name."""


MAX_TOKENS = 1000
_VERSION = 2


@dataclass(frozen=True, slots=True)
class JudgmentTask:
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
        return types.again(replace(asked, json_schema=self.design.schema), tries)

    def parse(self, item: Item, reply: Reply) -> Judgment:
        """The judgment in the reply; `UnusableError` with the reason where it holds none."""
        return self.design.read(reply).judgment(self.model, reply.key)


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
        read = (read_part(self.design.read), chats_part(), types.again_part(), sorted(REFUSALS))
        asked = (self.template.digest, self.tries, self.max_tokens)
        return digest_of("llm-judge", _VERSION, self.model, self.name, *design, *read, *asked)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the model; `unparseable`, never a class, where none of its answers is usable."""
        task = JudgmentTask(self.model, self.template, self.max_tokens, self.design)
        return answered(self.name, (yield Call(task, item, self.tries)))
