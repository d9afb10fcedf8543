"""Whether a text is still one request: no list of them, no dialogue, and no answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.quotes import quotes_part, straight
from inference.types import Item

_READ_CHARACTERS = 10_000
_MARK = r"(?:\(?\d{1,2}[.)]|[-*\u2022\u2023\u25e6])[ \t]+\S"
_LIST = re.compile(
    rf"^[ \t]*{_MARK}[^\n]*\n+[ \t]*{_MARK}"  # two lines with list marks
    r"|(?:\A|[\s:])\(?1[.)] \S[^\n]{3,600}?[ \n]\(?2[.)] \S"
    r"|\b(?P<label>option|version|variant|alternative|example|rewrite) (?:1|a|one)\b"
    r"[\s\S]{3,600}?\b(?P=label) (?:2|b|two)\b",
    re.MULTILINE | re.IGNORECASE,
)
_SPEAKER = (
    r"(?:user|human|assistant|ai|bot|chatbot|system|me|you|q|a|b|person [a-z0-9]"
    r"|speaker [a-z0-9]|[A-Z][a-z]{2,15})"
)
_DIALOGUE = re.compile(
    rf"^\W{{0,3}}{_SPEAKER}\W{{0,3}}:[^\n]*\n+\W{{0,3}}{_SPEAKER}\W{{0,3}}:"
    r"|\b(?:user|human): [^\n]{1,600}?\b(?:assistant|ai|bot|chatbot): ",
    re.MULTILINE | re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"\A\W{0,3}(?:dear (?!assistant|ai\b|chat|model|friend)|to whom it may concern|step (?:1|one)\b"
    r"|first(?:ly)?, (?!i\b)|once upon a time|ladies and gentlemen|(?:title|subject|headline): "
    r"|breaking(?: news)?[:!] |there once (?:was|lived)|roses are red|verse 1\b|chapter (?:1|one)\b"
    r"|here(?:'s| is| are) (?:an? |the |some |\d|\w+ (?:\w+ )?(?:ways|steps|tips|ideas|reasons)\b)"
    r"|to \w+ [^.:\n]{3,120}, (?:follow|you (?:can|will|should|need)|start by|begin by)\b)"
    r"|:\s*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OneInstruction:
    """Objects to a text in which a request became several, a conversation, or its own answer.

    What the base has itself (a list in a request, its lines) is no finding.
    """

    name: ClassVar[str] = "one_instruction"

    @property
    def digest(self) -> str:
        """Of the patterns of lists, dialogues and answers."""
        patterns = map(pattern_part, (_LIST, _DIALOGUE, _ANSWERED))
        return digest_of(self.name, _READ_CHARACTERS, *patterns, quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`several_texts`, `dialogue`, `answered`, `several_paragraphs`, or None."""
        read, base = straight(text[:_READ_CHARACTERS]), straight(item.text[:_READ_CHARACTERS])
        for reason, found in (
            ("several_texts", _LIST),
            ("dialogue", _DIALOGUE),
            ("answered", _ANSWERED),
        ):
            if found.search(read) and not found.search(base):
                return reason
        return "several_paragraphs" if _lines(read) > max(_lines(base), 1) else None


def _lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())
