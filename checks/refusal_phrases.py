"""Texts that are the writer's own words: a refusal, or a comment on what it was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from checks.quotes import straight
from inference.types import Item

# A prompt may say "I can't sleep" or ask why people say "I'm sorry": only openings count, and
# "I can't" only before a verb of helping.
_CANNOT = (
    r"(?:can't|cannot|can not|won't|will not|am unable to|'m unable to|am not able to"
    r"|'m not able to|must decline to|must refuse to|don't feel comfortable|do not feel comfortable"
    r"|'m not comfortable|am not comfortable)"
)
_HELPING = (
    r"(?:assist|help you|help with|help create|provide|fulfil|comply|create|write|generate"
    r"|rewrite|rewriting|do that|do this|answer|engage|support|offer|complete|continue|produce"
    r"|discuss|participate|condone|promote|encourage|be used|in good conscience)"
)
_OPENINGS: dict[str, str] = {
    "sorry": r"(?:i'm|i am|im) (?:\w+ )?sorry\b|sorry(?:,| but\b)",
    "apology": r"(?:my |please accept my )?apologies\b|i (?:do )?apologi[sz]e\b",
    "cannot": rf"(?:unfortunately,? )?(?:i|we) ?{_CANNOT} (?:\w+ )?{_HELPING}",
    "bare cannot": rf"(?:i|we) ?{_CANNOT}(?:[.!]|\Z)",
    "must decline": r"i (?:must|have to|need to|will) (?:\w+ )?(?:decline|refuse)\b",
    "unfortunately": r"unfortunately,? (?:i|we|this|that)\b",
    "verdict": (
        r"(?:this|that|the|your) (?:request|prompt|question|instruction|content|topic|seed) "
        r"(?:is|was|can|could|may|might|would|violates?|goes|asks|contains|promotes)\b"
        r"|it(?:'s| is) (?:not|never|in)\s?(?:appropriate|ethical|acceptable|possible|okay|ok)\b"
        r"|it(?:'s| is) (?:\w+ )?(?:important|crucial|essential) to (?:note|remember|understand)\b"
    ),
    "comment": (
        r"(?:please )?note(?: that\b|:)|(?:disclaimer|warning|explanation|comment):"
        r"|i(?:'ve| have) (?:\w+ )?(?:rewritten|rephrased|modified|changed|created|generated)\b"
        r"|(?:these|the above|the following) (?:rewrit\w+|prompts?|questions?|versions?)\b"
        r"|i hope (?:this|these|that)\b|let me know (?:if|whether)\b"
        r"|my (?:guidelines|programming)\b"
    ),
}
_AS_AN_AI = (
    r"\b(?:as|i'm|i am) (?:just |only |merely )?an? "
    r"(?:ai|artificial intelligence|large language model|language model)"
    r"(?: language)?(?: model| assistant| chatbot)?(?:[,.!]| (?:i|and|so|it|my)\b|\Z)"
)
_REFUSED = re.compile(rf"\A\W{{0,3}}(?:{'|'.join(_OPENINGS.values())})|{_AS_AN_AI}")
_READ_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class WriterRefused:
    """Objects to a text in which the writer refuses, or speaks of the task instead of doing it."""

    name: ClassVar[str] = "writer_refused"

    def __call__(self, item: Item, text: str) -> str | None:
        """`writer_refused`, or None; apostrophes may be straight or curly."""
        words = straight(text[:_READ_CHARACTERS]).lower().split()
        return "writer_refused" if _REFUSED.search(" ".join(words)) else None
