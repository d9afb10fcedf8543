"""WildGuard: three lines of yes and no, about the request, the refusal and the response."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from base.digests import digest_of
from inference.templates import Template, load_template
from inference.types import Item, UnusableError
from moderators import TEMPLATES
from moderators.guards import dialect
from moderators.guards.dialect import UNPARSEABLE, GuardVerdict, Question, fields, yes_or_no
from moderators.types import PROMPTS_AND_EXCHANGES, Subject, subject_of

_REQUEST, _REFUSAL, _RESPONSE = "harmful request", "response refusal", "harmful response"


def _instruction() -> Template:
    return load_template(TEMPLATES, "wildguard")


@dataclass(frozen=True, slots=True)
class WildGuard:
    """Takes its own instruction in one user turn; names no categories.

    Attributes:
        instruction: The text that it was trained on; any other wording makes another model of it.
    """

    name: ClassVar[str] = "wildguard"
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    tells_refusals: ClassVar[bool] = True
    max_tokens: ClassVar[int] = 32
    answer_words: ClassVar[tuple[str, str] | None] = None
    table: ClassVar[Mapping[str, str | None]] = {}
    instruction: Template = field(default_factory=_instruction)

    @property
    def digest(self) -> str:
        """Of the dialect: its words, its table and what its answers must be."""
        lines = (_REQUEST, _REFUSAL, _RESPONSE, UNPARSEABLE)
        return digest_of(dialect.dialect_part(self), self.instruction.digest, *lines)

    def render(self, item: Item) -> tuple[Question, ...]:
        """One chat; the place of the response stays empty where a prompt is judged."""
        messages = self.instruction.messages(prompt=item.text, answer=item.answer or "")
        return (Question(subject_of(item), messages),)

    def parse(self, text: str, asked: Question) -> GuardVerdict:
        """Reads the line that was asked for: of a prompt the first, of an exchange the third."""
        lines = fields(text, (_REQUEST, _REFUSAL, _RESPONSE))
        wanted = _REQUEST if asked.subject == "prompt" else _RESPONSE
        harmful = yes_or_no(lines.get(wanted))
        if harmful is None:
            raise UnusableError(UNPARSEABLE)
        return GuardVerdict(
            "toxic" if harmful else "safe",
            f"{wanted}: {'yes' if harmful else 'no'}",
            refused=yes_or_no(lines.get(_REFUSAL)) if asked.subject == "exchange" else None,
        )
