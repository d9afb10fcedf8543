"""Moderation by a language model: it explains first and labels then (OR-Bench, section 3.2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inference.templates import Template
from inference.types import Ask, ChatRequest, Item, Missing, Program, Reply, again
from moderators import verdict
from moderators.digests import digest
from moderators.types import Moderator, Vote, abstention
from taxonomy import Category

_LONGEST = 20_000  # characters; a longer prompt is no prompt, and would not fit every model
_MAX_TOKENS = 1000


@dataclass(frozen=True, slots=True)
class VerdictAtom:
    """Asks one model for its verdict on one prompt, at temperature 0.

    Attributes:
        model: The model's name in the recipe.
        categories: The taxonomy's categories, `none` included, in the order of their numbers.
        template: The chat to ask with; it has places for categories, names and prompt.
    """

    model: str
    categories: tuple[Category, ...]
    template: Template

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about `item.text`, with a repair message from the second attempt on."""
        messages = self.template.messages(
            categories=_numbered(self.categories),
            names=", ".join(f'"{name}"' for name in self._names),
            prompt=item.text,
        )
        request = ChatRequest(
            self.model,
            messages,
            temperature=0.0,
            max_tokens=_MAX_TOKENS,
            json_schema=verdict.schema(self._names),
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> Vote:
        """The vote in the reply; `Unusable` where it holds none."""
        return verdict.read(reply, self.model, self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(category.name for category in self.categories)


@dataclass(frozen=True, slots=True)
class LlmModerator:
    """A moderator that is a language model; it needs no preparation.

    Attributes:
        model: The model's name in the recipe.
        categories: The taxonomy's categories, `none` included.
        template: The chat to ask with.
        tries: How often an unusable answer is asked for again, first time included.
    """

    model: str
    categories: tuple[Category, ...]
    template: Template
    tries: int = 3

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
        """Of template, categories and tries; the model's identity is not known here."""
        return digest("llm", self.model, self.categories, self.template.digest, self.tries)

    def prepare(self) -> Program[Moderator]:
        """Is ready as it is."""
        yield from ()
        return self

    def vote(self, item: Item) -> Program[Vote]:
        """Asks the model; abstains where no answer is usable, and on texts that are no prompts."""
        if len(item.text) > _LONGEST:
            return abstention(self.name, "too_long")
        atom = VerdictAtom(self.model, self.categories, self.template)
        answer = yield Ask(atom, item, self.tries)
        if isinstance(answer, Missing):
            return abstention(self.name, answer.reason)
        vote: Vote = answer
        return vote


def _numbered(categories: Sequence[Category]) -> str:
    lines = (
        f"{number}. {category.name}: {category.definition}"
        for number, category in enumerate(categories, 1)
    )
    return "\n".join(lines)
