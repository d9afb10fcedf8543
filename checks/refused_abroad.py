"""A writer that declines in the language it should have translated into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.quotes import quotes_part, straight
from inference.types import Item

# Openings that mean no in an answer, and with which no request begins.
_COMMA = "[,\uff0c]"
_OPENINGS = {
    "fr": (
        r"(?:je suis |je suis vraiment )?désolée?,? (?:mais )?je|je ne (?:peux|suis) pas"
        r"|je (?:m'excuse|regrette)|en tant qu'(?:ia|assistant|intelligence|modèle)"
    ),
    "ml": "ക്ഷമിക്കണം|എനിക്ക് (?:കഴിയില്ല|സാധിക്കില്ല)",
    "mr": "माफ करा,? (?:पण )?मी|क्षमस्व",
    "ta": "மன்னிக்கவும்",
    "zh": (
        f"(?:很|非常)?抱歉{_COMMA}?|对不起{_COMMA} ?我|我(?:无法|不能)"
        "|作为(?:一个|一名)?(?:ai|人工智能)"
    ),
}
_REFUSED = {
    code: re.compile(rf"\W{{0,3}}(?:{opening})", re.IGNORECASE)
    for code, opening in _OPENINGS.items()
}


@dataclass(frozen=True, slots=True)
class RefusedAbroad:
    """Objects to a text that opens as a refusal does in its language.

    Attributes:
        code: The language's code; one without openings objects to nothing.
    """

    name: ClassVar[str] = "writer_refused"
    code: str

    @property
    def digest(self) -> str:
        """Of the language and its openings."""
        return digest_of(self.name, self.code, pattern_part(_REFUSED.get(self.code)), quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`writer_refused`, or None."""
        found = _REFUSED.get(self.code)
        return "writer_refused" if found and found.match(straight(text)) else None
