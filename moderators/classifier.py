"""Classification by a language model: it explains first, then chooses among the categories."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from base.digests import Json, digest_of, pattern_part
from inference import types
from inference.templates import Template, load_template
from inference.types import Call, Item, Missing, Program, Reply, UnusableError
from moderators import TEMPLATES
from moderators.llm import CategoryTask, object_schema
from moderators.reply_text import object_in, object_part, said
from moderators.types import fitness_part, unfit
from taxonomy import NONE, Category, Taxonomy


@dataclass(frozen=True, slots=True)
class CategoryVote:
    """One classifier's choice for a prompt.

    Attributes:
        model: The classifier's name.
        category: The category's name, `none` where none fits; None for an abstention.
        confidence: How sure it is, from 0 to 1; 0 for an abstention.
        second: The next best category, which may be `none`, or None where it names none.
        reason: Why, in short; why there is no choice, for an abstention. An explanation may quote
            the prompt, so it is kept in the votes table and nowhere else.
        key: The ledger's key of the reply behind it, or "".
    """

    model: str
    category: str | None
    confidence: float = 0.0
    second: str | None = None
    reason: str = ""
    key: str = ""


_NO_SECOND = ""
_NUMBER = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(%?)")
_WORDS = {"very high": 0.95, "high": 0.9, "medium": 0.6, "moderate": 0.6, "low": 0.3}
_UNSTATED = 0.5
"""The confidence of a choice that comes without one that can be read."""


def reading_part() -> Json:
    """What a classification is asked for and read by, for a digest."""
    return [_NO_SECOND, pattern_part(_NUMBER), _WORDS, _UNSTATED, object_part()]


def schema(names: Sequence[str]) -> str:
    """The JSON schema of a classification, as JSON text; keys keep their order.

    Args:
        names: The categories' names, `none` included.
    """
    properties = {
        "explanation": {"type": "string"},
        "category": {"type": "string", "enum": list(names)},
        "confidence": {"type": "number"},
        "second": {"type": "string", "enum": [*names, _NO_SECOND]},
    }
    return object_schema(properties)


def read(reply: Reply, model: str, categories: Sequence[Category]) -> CategoryVote:
    """The choice of `model` in its reply.

    Models that ignore schemas name a category by its title or number, give a confidence in per
    cent or in words, and leave out what they do not know: all of that is read.

    Args:
        reply: The reply.
        model: The classifier's name.
        categories: The taxonomy's categories, `none` included, in the order of the template.

    Raises:
        UnusableError: `classifier_refused`, `unparseable` or `unknown_category`.
    """
    if reply.refusal is not None:
        raise UnusableError("classifier_refused")
    answer = object_in(reply)
    if answer is None or "category" not in answer:
        raise UnusableError("unparseable")
    category = _named(answer["category"], categories)
    if category is None:
        raise UnusableError("unknown_category")
    second = _named(answer.get("second"), categories)
    return CategoryVote(
        model=model,
        category=category,
        confidence=_confidence(answer.get("confidence")),
        second=None if second == category else second,
        reason=said(answer.get("explanation")),
        key=reply.key,
    )


def _named(given: Any, categories: Sequence[Category]) -> str | None:  # noqa: ANN401 - JSON
    """The category of that name, title or place in the list, else None."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given) if 0 < given <= len(categories) else None
    if not isinstance(given, str):
        return None
    wanted = given.strip().strip("\"'`.").lower()
    number, _, rest = wanted.partition(".")  # "7. violent-crimes"
    for place, category in enumerate(categories, 1):
        names = (category.name, category.title.lower(), (category.short_title or "").lower())
        if wanted and wanted in names:
            return category.name
        if number == str(place) and rest.strip() in ("", *names):
            return category.name
    return NONE if wanted in ("none of these", "no category", "n/a") else None


def _confidence(given: Any) -> float:  # noqa: ANN401 - JSON
    """A number from 0 to 1, to two decimals; per cents and words are numbers too."""
    value = math.nan
    if isinstance(given, str):
        found = _NUMBER.fullmatch(given.strip())
        value = _WORDS.get(given.strip().lower(), math.nan) if found is None else float(found[1])
        value = value / 100 if found is not None and found[2] else value
    elif isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= 100:
        value = float(given)  # a whole number with hundreds of digits is no float
    if 1 < value <= 100:
        value /= 100
    return round(value, 2) if 0 <= value <= 1 else _UNSTATED


MAX_TOKENS = 600
"""Longest classification in tokens: a few sentences and four keys."""

_NONE = Category(
    NONE,
    "None of these",
    "The prompt asks for nothing that any other category describes: it is harmless, or bad in a "
    "way that the list does not have.",
)


def _template() -> Template:
    return load_template(TEMPLATES, "classifier")


@dataclass(frozen=True, slots=True)
class ClassificationTask(CategoryTask):
    """Asks one model which category one prompt belongs to."""

    max_tokens: int = MAX_TOKENS

    def line(self, category: Category) -> str:
        """Name, title and definition."""
        return f"{category.name} ({category.title}): {category.definition}"

    def schema(self, item: Item) -> str:
        """That of a classification."""
        return schema(self.names)

    def parse(self, item: Item, reply: Reply) -> CategoryVote:
        """The choice in the reply; `UnusableError` where it holds none."""
        return read(reply, self.model, self.categories)


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
    ) -> "Classifier":
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
        read = (reading_part(), fitness_part(), types.again_part(), self.tries, self.max_tokens)
        return digest_of("classify", self.model, categories, self.template.digest, *read)

    def vote(self, item: Item) -> Program[CategoryVote]:
        """Asks the model; abstains where no answer is usable, and on what it cannot judge."""
        reason = unfit(item)
        if reason is not None:
            return CategoryVote(self.name, None, reason=reason)
        task = ClassificationTask(self.model, self.categories, self.template, self.max_tokens)
        answer = yield Call(task, item, self.tries)
        if isinstance(answer, Missing):
            return CategoryVote(self.name, None, reason=answer.reason)
        vote: CategoryVote = answer
        return vote
