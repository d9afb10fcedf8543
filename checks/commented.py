"""Words of a writer about its task: taken off where that is safe, objected to where it is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import Json, digest_of, pattern_part
from checks.quotes import quotes_part, straight
from inference.types import Item

_READY = (
    r"(?:sure|certainly|of course|absolutely|definitely|gladly|okay|ok|alright|got it|no problem"
    r"|here(?:'s| is| are| you go)|below is|the following is|this is|my|the|i(?:'ve| have))\b"
)
_TASK = (
    r"(?:re-?writ\w+|re-?word\w+|rephras\w+|reformulat\w+|version|variant|translat\w+|paraphras\w+"
    r"|mutat\w+|transformed|misspelled|misspelt|misspellings?|request|prompt|instruction|question"
    r"|sentence|text|slang|dialect)\b"
)
# A comment is at most one line before the text, and ends in a colon: only then is it plain where
# the text begins.
_HEAD = re.compile(
    rf"\A(?=[^\n:]{{0,160}}?{_TASK}){_READY}[^\n:]{{0,200}}:(?:\*\*)?[ \t]*(?:\n+|(?=\S))",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\A(?:\*\*)?(?:in )?(?:(?:simplified )?chinese|french|fran\u00e7ais|malayalam|marathi|tamil"
    r"|english|slang|dialect|role-?play|misspelled|misspelt|technical|persuasive|translated)"
    r"(?: (?:translation|version|text|request|prompt|question|instruction))?"
    r"(?:\*\*)?[ \t]?:(?:\*\*)?\s*|\A(?:\*\*)?translation(?:\*\*)?[ \t]?:(?:\*\*)?\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\n+[ \t]*[(\[*_]*(?:please note|note\b|notes\b|explanation\b|i hope\b|i(?:'ve| have) \w+ed\b"
    r"|let me know\b|feel free\b|would you like\b|this (?:version|rewrit\w+|translat\w+|sentence)\b"
    r"|in this (?:version|rewrit\w+|translation)\b|disclaimer\b|changes made\b|literal(?:ly)?\b"
    r"|(?:word-for-word |back-?)translat\w+\b|transliterat\w+\b|pronunciation\b|pinyin\b)"
    r"[\s\S]*\Z",
    re.IGNORECASE,
)
_REMAINS = re.compile(
    rf"\A(?:sure|certainly|of course|absolutely|okay|ok|alright|got it|no problem)[,!.]? "
    rf"(?:here\b|i\b|let me\b|below\b)"
    rf"|\A(?:here(?:'s| is| are)|below is|the following is) [^\n]{{0,80}}?{_TASK}"
    r"|\Ai(?:'ve| have)? (?:re-?wr|rephras|translat|reword|transform)"
    rf"|\A(?:the|my|this) (?:re-?written|rephrased|translated|original) {_TASK}"
    r"|(?:let me know if|i hope this helps|feel free to ask|is there anything else)\b"
    r"|\((?:note|translation|explanation|literally|lit\.)[:,]? [^)]{0,400}\)\W{0,2}\Z"
    r"|\bnote: (?:i|this|the|in)\b"
    r"|\b(?:original|re-?written|rephrased) (?:request|text|prompt|sentence|version)\b",
    re.IGNORECASE,
)


def uncommented_part() -> Json:
    """What `uncommented` depends on, for a digest."""
    return [pattern_part(each) for each in (_TAIL, _HEAD, _LABEL)]


def uncommented(text: str) -> str:
    """The text without a comment on its own line before it, a label, or notes after it.

    What would leave nothing is left alone, for `Commented` to see.
    """
    shorter = _TAIL.sub("", _straight_openings(text.strip()))
    for opening in (_HEAD, _LABEL):
        shorter = opening.sub("", shorter, count=1)
    return shorter.strip() or text


def _straight_openings(text: str) -> str:
    """The text with a straight apostrophe in the words that a comment opens with ("Here's")."""
    return re.sub(r"\A(here|i)\u2019(s|ve)\b", r"\1'\2", text, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commented:
    """Objects to a text that speaks of its own writing, unless its base does too."""

    name: ClassVar[str] = "commented"

    @property
    def digest(self) -> str:
        """Of what it objects to."""
        return digest_of(self.name, pattern_part(_REMAINS), quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`commented`, or None."""
        if not _REMAINS.search(straight(text)):
            return None
        return None if _REMAINS.search(straight(item.text)) else "commented"
