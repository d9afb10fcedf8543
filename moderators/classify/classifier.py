"""Classification by a language model: it explains first, then chooses among the categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from base.digests import Json, digest_of
from inference.templates import Template
from inference.types import Ask, ChatRequest, Item, Missing, Program, Reply, again, again_part
from moderators.classify import reading
from moderators.classify.types import CategoryVote
from moderators.fitness import fitness_part, unfit
from moderators.templates import load
from taxonomy import NONE, Category, Taxonomy

MAX_TOKENS = 600
"""Longest classification in tokens: a few sentences and four keys."""

_NONE = Category(
    NONE,
    "None of these",
    "The prompt asks for nothing that any other category describes: it is harmless, or bad in a "
    "way that the list does not have.",
)


def _template() -> Template:
    return load("classifier")


@dataclass(frozen=True, slots=True)
class ClassifyAtom:
    """Asks one model which category one prompt belongs to, at temperature 0.

    Attributes:
        model: The model's name in the recipe.
        categories: The taxonomy's categories, `none` included.
        template: The chat to ask with; it has places for categories, names and prompt.
        max_tokens: Longest answer in tokens.
    """

    model: str
    categories: tuple[Category, ...]
    template: Template
    max_tokens: int = MAX_TOKENS

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about the item, with a repair message from the second attempt on."""
        names = [category.name for category in self.categories]
        messages = self.template.messages(
            categories=_numbered(self.categories),
            names=", ".join(f'"{name}"' for name in names),
            prompt=item.text,
        )
        request = ChatRequest(
            self.model,
            messages,
            temperature=0.0,
            max_tokens=self.max_tokens,
            json_schema=reading.schema(names),
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> CategoryVote:
        """The choice in the reply; `Unusable` where it holds none."""
        return reading.read(reply, self.model, self.categories)


@dataclass(frozen=True, slots=True)
class Classifier:
    """One voter of an ensemble: one model.

    Attributes:
        model: The model's name in the recipe.
        categories: The taxonomy's categories, `none` included.
        tries: How often an unusable answer is asked for again, first time included.
        max_tokens: Longest answer in tokens.
        template: The chat to ask with.
    """

    model: str
    categories: tuple[Category, ...]
    tries: int = 3
    max_tokens: int = MAX_TOKENS
    template: Template = field(default_factory=_template)

    @classmethod
    def of(
        cls, model: str, taxonomy: Taxonomy, tries: int = 3, max_tokens: int | None = None
    ) -> Classifier:
        """The classifier for a taxonomy; one without `none` is given one."""
        categories = taxonomy.categories
        if all(category.name != NONE for category in categories):
            categories = (*categories, _NONE)
        return cls(model, categories, tries, max_tokens or MAX_TOKENS)

    @property
    def name(self) -> str:
        """The model's name in the recipe."""
        return self.model

    @property
    def digest(self) -> str:
        """Of template, categories and limits; the model's identity is not known here."""
        categories: list[Json] = [
            [each.name, each.title, each.short_title, each.definition] for each in self.categories
        ]
        read = (reading.reading_part(), fitness_part(), again_part(), self.tries, self.max_tokens)
        return digest_of("classify", self.model, categories, self.template.digest, *read)

    def vote(self, item: Item) -> Program[CategoryVote]:
        """Asks the model; abstains where no answer is usable, and on what it cannot judge."""
        reason = unfit(item)
        if reason is not None:
            return CategoryVote(self.name, None, reason=reason)
        atom = ClassifyAtom(self.model, self.categories, self.template, self.max_tokens)
        answer = yield Ask(atom, item, self.tries)
        if isinstance(answer, Missing):
            return CategoryVote(self.name, None, reason=answer.reason)
        vote: CategoryVote = answer
        return vote


def _numbered(categories: Sequence[Category]) -> str:
    lines = (
        f"{number}. {category.name} ({category.title}): {category.definition}"
        for number, category in enumerate(categories, 1)
    )
    return "\n".join(lines)
