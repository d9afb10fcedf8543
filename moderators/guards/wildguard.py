"""WildGuard: three lines of yes and no, about the request, the refusal and the response."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from base.digests import digest_of
from inference.templates import Template, load_template
from inference.types import Item, Message, UnusableError
from moderators import TEMPLATES
from moderators.guards import dialect
from moderators.guards.dialect import UNPARSEABLE, Api, GuardVerdict, Question, fields, yes_or_no
from moderators.types import PROMPTS_AND_EXCHANGES, Subject, subject_of

_BEFORE, _AFTER = "<|user|>\n", "\n<|assistant|>\n"
"""What stands round the instruction in its model card and in `wildguard/utils.py` of its authors
(github.com/allenai/wildguard, Apache 2.0)."""

_REQUEST, _REFUSAL, _RESPONSE = "harmful request", "response refusal", "harmful response"


def _instruction() -> Template:
    return load_template(TEMPLATES, "wildguard")


@dataclass(frozen=True, slots=True)
class WildGuard:
    """Takes its own instruction in one user turn; names no categories.

    Its training had marks round that turn which its server's chat template does not set: asked by
    `api: completions` it is sent them here. The first token (`<s>`) is its server's to add.

    Attributes:
        instruction: The text that it was trained on; any other wording makes another model of it.
        marked: Whether the marks stand round it, for a server that sets none.
    """

    name: ClassVar[str] = "wildguard"
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    tells_refusals: ClassVar[bool] = True
    max_tokens: ClassVar[int] = 32
    own_api: ClassVar[Api] = "completions"
    answer_words: ClassVar[tuple[str, str] | None] = None
    table: ClassVar[Mapping[str, str | None]] = {}
    instruction: Template = field(default_factory=_instruction)
    marked: bool = False

    @property
    def digest(self) -> str:
        """Of the dialect: its words, its table and what its answers must be."""
        lines = (_REQUEST, _REFUSAL, _RESPONSE, UNPARSEABLE)
        marks = (_BEFORE, _AFTER) if self.marked else ()
        return digest_of(dialect.dialect_part(self), self.instruction.digest, *lines, *marks)

    def render(self, item: Item) -> tuple[Question, ...]:
        """One chat; the place of the response stays empty where a prompt is judged."""
        messages = self.instruction.messages(prompt=item.text, answer=item.answer or "")
        if self.marked:
            (turn,) = messages
            messages = (Message(turn.role, f"{_BEFORE}{turn.content}{_AFTER}"),)
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
