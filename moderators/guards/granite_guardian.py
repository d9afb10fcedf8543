"""Granite Guardian: Yes or No, from version 3.3 on in a score tag, perhaps after thoughts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from inference.types import Item, UnusableError
from moderators.guards import dialect
from moderators.guards.dialect import (
    UNPARSEABLE,
    Api,
    GuardVerdict,
    Question,
    turns,
    without_thoughts,
)
from moderators.types import PROMPTS_AND_EXCHANGES, Subject, subject_of

_WORD = re.compile(
    r"(?P<word>yes|no)\s*(?:<confidence>\s*(?P<sure>high|low)\s*</confidence>)?", re.IGNORECASE
)
_SCORE = re.compile(r"<score>\s*(?P<word>yes|no)\s*</score>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GraniteGuardian:
    """Takes the turns as they are; its chat template judges the last one for general harm.

    General harm is the criterion of the template where none is given (versions 3.0 to 3.3, and
    4.1 where its server adds the criterion); it names no category.
    """

    name: ClassVar[str] = "granite-guardian"
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    tells_refusals: ClassVar[bool] = False
    max_tokens: ClassVar[int] = 2048
    own_api: ClassVar[Api] = "chat"
    answer_words: ClassVar[tuple[str, str] | None] = None
    table: ClassVar[Mapping[str, str | None]] = {}

    @property
    def digest(self) -> str:
        """Of the dialect: its words, its table and what its answers must be."""
        patterns = map(pattern_part, (_WORD, _SCORE))
        return digest_of(
            dialect.dialect_part(self), *patterns, UNPARSEABLE, dialect.thoughts_part()
        )

    def render(self, item: Item) -> tuple[Question, ...]:
        """One chat."""
        return (Question(subject_of(item), turns(item)),)

    def parse(self, text: str, asked: Question) -> GuardVerdict:
        """Reads the word or the score tag, which must be all that follows the thoughts."""
        answer = without_thoughts(text)
        found = _SCORE.fullmatch(answer) or _WORD.fullmatch(answer)
        if found is None:
            raise UnusableError(UNPARSEABLE)
        word, sure = found["word"].casefold(), found.groupdict().get("sure")
        native = f"harm: {word}" + (f", confidence {sure.casefold()}" if sure else "")
        return GuardVerdict("toxic" if word == "yes" else "safe", native)
