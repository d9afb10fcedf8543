"""Moderation by a language model: it explains first and labels then (OR-Bench, section 3.2.3)."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from base.digests import Json, digest_of
from inference import types
from inference.templates import Template
from inference.types import Call, ChatRequest, Item, Missing, Program, Reply, UnusableError
from moderators.policies import PAPER, load_policy
from moderators.reply_text import object_in, object_part, said
from moderators.types import ReadyModerator, Subject, Vote, fitness_part, subject_of, unfit
from taxonomy import NONE, Category


class Verdict(BaseModel):
    """What a moderator model must answer, in this order, so that it thinks before it labels."""

    model_config = ConfigDict(strict=True)

    explanation: str
    category: str
    toxic: bool


class PromptVerdict(Verdict):
    """A verdict on a prompt by itself also says whether it sounds risky."""

    sounds_risky: bool


def schema(names: Sequence[str], subject: Subject = "prompt") -> str:
    """The JSON schema of a verdict, as JSON text; keys keep their order, explanation first.

    Args:
        names: The categories' names, `none` included.
        subject: What is judged; whether it sounds risky is asked of prompts alone.
    """
    properties: dict[str, object] = {
        "explanation": {"type": "string"},
        "category": {"type": "string", "enum": list(names)},
        "toxic": {"type": "boolean"},
    }
    if subject == "prompt":
        properties["sounds_risky"] = {"type": "boolean"}
    return object_schema(properties)


def object_schema(properties: Mapping[str, object]) -> str:
    """The JSON schema of an object with these keys and no others, in their order, as JSON text."""
    whole = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(whole, separators=(",", ":"))


def read(reply: Reply, model: str, names: Sequence[str], subject: Subject = "prompt") -> Vote:
    """The vote of `model` in its reply.

    Raises:
        UnusableError: `moderator_refused`, `unparseable`, `unknown_category`, or `contradictory`
            where a toxic text has no category, or a harmless one has one.
    """
    if reply.refusal is not None:
        raise UnusableError("moderator_refused")
    verdict = _verdict(reply, PromptVerdict if subject == "prompt" else Verdict)
    category = verdict.category.strip().lower()
    if category not in names:
        raise UnusableError("unknown_category")
    if verdict.toxic == (category == NONE):
        raise UnusableError("contradictory")
    return Vote(
        model=model,
        label="toxic" if verdict.toxic else "safe",
        category=category if verdict.toxic else None,
        sounds_risky=verdict.sounds_risky if isinstance(verdict, PromptVerdict) else None,
        reason=said(verdict.explanation),
        key=reply.key,
    )


def _verdict(reply: Reply, form: type[Verdict]) -> Verdict:
    try:
        return form.model_validate(object_in(reply))
    except ValidationError:
        # Without its cause: pydantic's message quotes the answer.
        raise UnusableError("unparseable") from None


MAX_TOKENS = 1000
"""Longest verdict in tokens (the authors' code)."""


def _exchange_template() -> Template:
    return load_policy(PAPER).exchange


@dataclass(frozen=True, slots=True)
class CategoryTask(ABC):
    """Shows one model an item and the categories, and asks for JSON at temperature 0.

    Attributes:
        model: The model's name in the recipe.
        categories: The taxonomy's categories, `none` included, in the order of their numbers.
        template: The chat to ask with; it has places for categories, names, prompt and, where
            exchanges are judged, the answer.
        max_tokens: Longest answer in tokens.
    """

    model: str
    categories: tuple[Category, ...]
    template: Template
    max_tokens: int = MAX_TOKENS

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about the item, with a repair message from the second attempt on."""
        lines = enumerate(map(self.line, self.categories), 1)
        messages = self.template.messages(
            categories="\n".join(f"{number}. {line}" for number, line in lines),
            names=", ".join(f'"{name}"' for name in self.names),
            prompt=item.text,
            answer=item.answer or "",
        )
        request = ChatRequest(
            self.model,
            messages,
            temperature=0.0,
            max_tokens=self.max_tokens,
            json_schema=self.schema(item),
        )
        return types.again(request, tries)

    @property
    def names(self) -> tuple[str, ...]:
        """The categories' names."""
        return tuple(category.name for category in self.categories)

    @abstractmethod
    def line(self, category: Category) -> str:
        """How a category is described to the model."""

    @abstractmethod
    def schema(self, item: Item) -> str:
        """The JSON schema of the answer."""


@dataclass(frozen=True, slots=True)
class VerdictTask(CategoryTask):
    """Asks one model for its verdict on one prompt or exchange."""

    def line(self, category: Category) -> str:
        """Name and definition."""
        return f"{category.name}: {category.definition}"

    def schema(self, item: Item) -> str:
        """That of a verdict on a prompt or an exchange."""
        return schema(self.names, subject_of(item))

    def parse(self, item: Item, reply: Reply) -> Vote:
        """The vote in the reply; `UnusableError` where it holds none."""
        return read(reply, self.model, self.names, subject_of(item))


@dataclass(frozen=True, slots=True)
class LlmModerator(ReadyModerator):
    """A moderator that is a language model; it needs no preparation.

    Attributes:
        model: The model's name in the recipe.
        categories: The taxonomy's categories, `none` included.
        template: The chat to ask about prompts with.
        tries: How often an unusable answer is asked for again, first time included.
        max_tokens: Longest verdict in tokens.
        exchange_template: The chat to ask about answers with.
    """

    model: str
    categories: tuple[Category, ...]
    template: Template
    tries: int = 3
    max_tokens: int = MAX_TOKENS
    exchange_template: Template = field(default_factory=_exchange_template)

    @property
    def name(self) -> str:
        """The model's name in the recipe."""
        return self.model

    @property
    def measures_risk(self) -> bool:
        """It is asked whether a prompt sounds risky."""
        return True

    @property
    def digest(self) -> str:
        """Of templates, categories and limits; the model's identity is not known here."""
        templates = (self.template.digest, self.exchange_template.digest)
        categories: list[Json] = [[each.name, each.definition] for each in self.categories]
        limits = (
            self.tries,
            self.max_tokens,
            sorted(self.takes),
            fitness_part(),
            types.again_part(),
            object_part(),
        )
        return digest_of("llm", self.model, categories, *templates, *limits)

    def vote(self, item: Item) -> Program[Vote]:
        """Asks the model; abstains where no answer is usable, and on what it cannot judge."""
        reason = unfit(item)
        if reason is not None:
            return Vote.abstention(self.name, reason)
        template = self.template if item.answer is None else self.exchange_template
        task = VerdictTask(self.model, self.categories, template, self.max_tokens)
        answer = yield Call(task, item, self.tries)
        if isinstance(answer, Missing):
            return Vote.abstention(self.name, answer.reason)
        vote: Vote = answer
        return vote
