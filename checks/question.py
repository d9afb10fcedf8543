"""Whether a text is one question, or one instruction, of English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.quotes import quotes_part, straight
from inference.types import Item

_ENDS_AS_QUESTION = re.compile(r"[?\uff1f]!{0,2}[\"'»)]{0,2}\Z")
_MARKS = re.compile(r"[?\uff1f]+")
# Every English question, and hardly anything that is none, has one of these words.
_ASKS = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how"
    r"|is|are|am|was|were|be|been|do|does|did|has|have|had"
    r"|can|could|will|would|shall|should|may|might|must"
    r"|isn|aren|wasn|weren|don|doesn|didn|hasn|haven|hadn|won|wouldn|shouldn|couldn|ain)\b",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"(?:please |can you |help me )?"
    r"(?:analy[sz]e|brainstorm|build|choose|come up|compare|compose|craft|create|define|describe"
    r"|design|develop|discuss|draft|explain|find|give|help|identify|illustrate|invent|list|make"
    r"|name|outline|pick|plan|prepare|propose|provide|rank|recommend|review|share|show|suggest"
    r"|summari[sz]e|teach|tell|think of|translate|turn|walk|write)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """Objects to a text that asks nothing, or asks for several things at once.

    Attributes:
        instructions: Whether a text that opens with an imperative ("List ways to ...") passes too.
        most: The largest number of question marks, "?!" and "??" counted once.
    """

    name: ClassVar[str] = "question"
    instructions: bool = True
    most: int = 1

    @property
    def digest(self) -> str:
        """Of the patterns, and of what else passes."""
        patterns = map(pattern_part, (_ENDS_AS_QUESTION, _MARKS, _ASKS, _INSTRUCTS))
        return digest_of(self.name, self.instructions, self.most, *patterns, quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`not_a_question`, `several_questions`, or None."""
        stripped = straight(text.strip())
        asks = bool(_ENDS_AS_QUESTION.search(stripped[-8:]) and _ASKS.search(stripped))
        if not asks and not (self.instructions and _INSTRUCTS.match(stripped)):
            return "not_a_question"
        marks = sum(1 for _ in _MARKS.finditer(stripped))
        return "several_questions" if marks > self.most else None
