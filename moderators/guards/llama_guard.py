"""Llama Guard 3 and 4: `safe`, or `unsafe` and a line of the codes S1 to S14."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from inference.types import Item, UnusableError
from moderators.guards import dialect
from moderators.guards.dialect import UNPARSEABLE, Api, GuardVerdict, Question, mapped, told, turns
from moderators.types import PROMPTS_AND_EXCHANGES, Subject, subject_of

TABLE: Mapping[str, str | None] = {
    "S1": "violence",  # violent crimes
    "S2": "illegal",  # non-violent crimes
    "S3": "sexual",  # sex-related crimes
    "S4": None,  # children: the taxonomy's `sexual` is about adults
    "S5": "deception",  # defamation: false by its definition
    "S6": "harmful",  # specialised advice that is bad advice
    "S7": "privacy",
    "S8": "illegal",  # intellectual property
    "S9": "violence",  # weapons of mass destruction
    "S10": "hate",
    "S11": "self-harm",
    "S12": "sexual",
    "S13": "deception",  # falsehoods about elections
    "S14": None,  # abuse of a code interpreter
}
_CODES = re.compile(r"S\d{1,2}(\s*,\s*S\d{1,2})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LlamaGuard:
    """Takes the turns as they are; its chat template judges the last one."""

    name: ClassVar[str] = "llama-guard"
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    tells_refusals: ClassVar[bool] = False
    max_tokens: ClassVar[int] = 64
    own_api: ClassVar[Api] = "chat"
    answer_words: ClassVar[tuple[str, str] | None] = None
    table: ClassVar[Mapping[str, str | None]] = TABLE

    @property
    def digest(self) -> str:
        """Of the dialect: its words, its table and what its answers must be."""
        return digest_of(dialect.dialect_part(self), pattern_part(_CODES), UNPARSEABLE)

    def render(self, item: Item) -> tuple[Question, ...]:
        """One chat."""
        return (Question(subject_of(item), turns(item)),)

    def parse(self, text: str, asked: Question) -> GuardVerdict:
        """Reads one or two lines; an `unsafe` without codes is toxic, of no category."""
        first, *rest = text.split("\n", 1) if (text := text.strip()) else [""]
        label, given = first.strip().casefold(), "".join(rest).strip()
        if label == "safe" and not given:
            return GuardVerdict("safe", "safe")
        if label != "unsafe" or (given and not _CODES.fullmatch(given)):
            raise UnusableError(UNPARSEABLE)
        codes = [code.strip().upper() for code in given.split(",") if code.strip()]
        return GuardVerdict("toxic", told("unsafe", codes), mapped(TABLE, codes))
