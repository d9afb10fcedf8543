"""Qwen3Guard-Gen: lines with a safety level of three, categories, and for answers a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from inference.types import Item, UnusableError
from moderators.guards import dialect
from moderators.guards.dialect import (
    CONTRADICTORY,
    UNPARSEABLE,
    Api,
    GuardVerdict,
    Question,
    fields,
)
from moderators.types import PROMPTS_AND_EXCHANGES, Subject, subject_of

TABLE: Mapping[str, str | None] = {
    "Violent": "violence",
    "Non-violent Illegal Acts": "illegal",
    "Sexual Content or Sexual Acts": "sexual",
    "PII": "privacy",
    "Personally Identifiable Information": "privacy",
    "Suicide & Self-Harm": "self-harm",
    "Unethical Acts": "unethical",
    "Politically Sensitive Topics": "deception",  # falsehoods about public affairs
    "Copyright Violation": "illegal",
    "Jailbreak": None,  # a means, and no end
}
_NAMES = {name.casefold(): name for name in TABLE}
_LEVELS = {level.casefold(): level for level in ("Safe", "Unsafe", "Controversial")}


@dataclass(frozen=True, slots=True)
class Qwen3Guard:
    """Takes the turns as they are; its chat template judges the last one.

    `Controversial` counts as toxic (its authors' strict mode). A harmful prompt that is called
    safe spoils a set of harmless ones, while a harmless one that is called toxic costs one vote of
    several. The native level stands in the vote's reason, so that anybody may count otherwise.
    """

    name: ClassVar[str] = "qwen3guard"
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    tells_refusals: ClassVar[bool] = True
    max_tokens: ClassVar[int] = 128
    own_api: ClassVar[Api] = "chat"
    answer_words: ClassVar[tuple[str, str] | None] = None
    table: ClassVar[Mapping[str, str | None]] = TABLE

    @property
    def digest(self) -> str:
        """Of the dialect: its words, its table and what its answers must be."""
        words = (_NAMES, _LEVELS, CONTRADICTORY, UNPARSEABLE, dialect.thoughts_part())
        return digest_of(dialect.dialect_part(self), *words)

    def render(self, item: Item) -> tuple[Question, ...]:
        """One chat."""
        return (Question(subject_of(item), dialect.turns(item)),)

    def parse(self, text: str, asked: Question) -> GuardVerdict:
        """Reads the lines; a category that the table does not know is passed over."""
        lines = fields(dialect.without_thoughts(text), ("Safety", "Categories", "Refusal"))
        level = _LEVELS.get(lines.get("safety", "").casefold())
        given = [each.strip().casefold() for each in lines.get("categories", "").split(",")]
        given = [each for each in given if each not in ("", "none")]
        if level is None:
            raise UnusableError(UNPARSEABLE)
        if level == "Safe" and given:
            raise UnusableError(CONTRADICTORY)
        refused = dialect.yes_or_no(lines.get("refusal"))
        if level == "Safe":
            return GuardVerdict("safe", level, refused=refused)
        names = [_NAMES[each] for each in given if each in _NAMES]
        return GuardVerdict(
            "toxic", dialect.told(level, names), dialect.mapped(TABLE, names), refused
        )
