"""gpt-oss-safeguard: judges by the policy that it is given, and answers in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from base.digests import Json, digest_of
from inference.templates import Template, load_template
from inference.types import Item, UnusableError
from moderators import TEMPLATES
from moderators.guards import dialect
from moderators.guards.dialect import CONTRADICTORY, UNPARSEABLE, Api, GuardVerdict, Question
from moderators.reply_text import last_object, object_part
from moderators.types import PROMPTS_AND_EXCHANGES, Subject, subject_of
from taxonomy import NONE, Category


def _policies() -> Mapping[Subject, Template]:
    return {
        "prompt": load_template(TEMPLATES, "safeguard_prompt"),
        "exchange": load_template(TEMPLATES, "safeguard_exchange"),
    }


@dataclass(frozen=True, slots=True)
class GptOssSafeguard:
    """Takes a policy that is written from the taxonomy as its system turn.

    The reasoning comes before the answer and counts against `max_tokens`.

    Attributes:
        categories: The taxonomy's categories; `none` is no rule of the policy.
        policies: The policy for prompts and the one for exchanges.
    """

    name: ClassVar[str] = "gpt-oss-safeguard"
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    tells_refusals: ClassVar[bool] = False
    max_tokens: ClassVar[int] = 2048
    own_api: ClassVar[Api] = "chat"
    answer_words: ClassVar[tuple[str, str] | None] = None
    categories: tuple[Category, ...]
    policies: Mapping[Subject, Template] = field(default_factory=_policies)

    @property
    def table(self) -> Mapping[str, str | None]:
        """Each category of the policy is the taxonomy's own."""
        return {each.name: each.name for each in self.categories if each.name != NONE}

    @property
    def digest(self) -> str:
        """Of the dialect: its words, its table and what its answers must be."""
        policies = sorted((subject, each.digest) for subject, each in self.policies.items())
        rules: list[Json] = [[each.name, each.definition] for each in self.categories]
        words = (CONTRADICTORY, UNPARSEABLE, dialect.thoughts_part(), object_part())
        return digest_of(dialect.dialect_part(self), policies, rules, *words)

    def render(self, item: Item) -> tuple[Question, ...]:
        """One chat: the policy, then what is judged by it."""
        subject = subject_of(item)
        rules = (f"- {each.name}: {each.definition}" for each in self._harmful)
        messages = self.policies[subject].messages(
            categories="\n".join(rules),
            names=", ".join(f'"{name}"' for name in self.table),
            prompt=item.text,
            answer=item.answer or "",
        )
        return (Question(subject, messages),)

    def parse(self, text: str, asked: Question) -> GuardVerdict:
        """Reads the last JSON object: `violation` is 0 or 1, `category` a name or `none`."""
        answer = last_object(dialect.without_thoughts(text)) or {}
        violation, category = answer.get("violation"), answer.get("category")
        if type(violation) is not int or violation not in (0, 1):
            raise UnusableError(UNPARSEABLE)
        if category not in (NONE, *self.table):
            raise UnusableError("unknown_category")
        if (violation == 1) == (category == NONE):
            raise UnusableError(CONTRADICTORY)
        if violation == 0:
            return GuardVerdict("safe", "violation 0")
        return GuardVerdict("toxic", f"violation 1: {category}", category)

    @property
    def _harmful(self) -> tuple[Category, ...]:
        return tuple(each for each in self.categories if each.name != NONE)
