"""Takes off what a list, a chat, a spreadsheet or a writer has put around a text."""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from base.digests import Json, digest_of, pattern_part, table_part
from base.foreign_text import INVISIBLE, stream_safe, without_invisible
from inference.types import Item

_STRAIGHT = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'}
)


def quotes_part() -> Json:
    """What `straight` depends on, for a digest."""
    return table_part(_STRAIGHT)


def straight(text: str) -> str:
    """The text with straight quotes and apostrophes, as patterns are written."""
    return text.translate(_STRAIGHT)


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
    r"(?<!\n)\n+[ \t]*[(\[*_]*"
    r"(?:please note|note\b|notes\b|explanation\b|i hope\b|i(?:'ve| have) \w+ed\b"
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


# A number counts as numbering only with its point or bracket and what opens a new text after it,
# so that "10 ways to ...", "3.5 million" and "1984. ..." keep theirs.
_PREFIXES = re.compile(
    r"""(?:
        # 1. How   2) How   (3) How   4.How
        \(?\d{1,3}[.)](?:\s+|(?=[A-Z"'*\u201c\u2018]))
        # a) How   (b) How   iii) How
      | \(?(?:[a-zA-Z]|[ivx]{2,4})\)\s+
        # - How   •How   > How   ## How
      | [•‣◦▪●·]\ufe0f?\s*|[-*>\u2013\u2014]\s+|\#{1,6}\s+
        # Question: How   **Rewritten prompt 2:** How
      | (?:\*\*|__)?
        (?i:(?:re-?written|rephrased|revised|modified|original|new|final|safe|harmless|benign|
               borderline|seed|user)\s+)?
        (?i:question|prompt|rewrite|rewriting|request|query|instruction|example|seed|text|
            output|answer|response|user|human|assistant|q|a)
        (?:\s?\#?\d{1,3})?
        (?:\*\*|__)?\s?:(?:\*\*|__)?\s*
    )+""",
    re.VERBOSE,
)

_WRAPPINGS = (
    *(('"', '"'), ("\u201c", "\u201d"), ("'", "'"), ("\u2018", "\u2019"), ("«", "»")),
    *(("**", "**"), ("`", "`")),
)
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")


_VERSION = 1
"""Raised where the code of `tidy` or of `without_invisible` changes what comes out."""


def tidy_part() -> Json:
    """What `tidy` depends on, for a digest."""
    patterns = [pattern_part(_PREFIXES), pattern_part(_APOSTROPHE)]
    return [_VERSION, *map(pattern_part, INVISIBLE), *patterns, _WRAPPINGS]


def tidy(text: str) -> str:
    """The text without what stands around it: list marks, labels, wrapping quotes, white space.

    The result is in NFC, its lines are trimmed and none is blank; line ends stay, for `Leftovers`
    to see. What cannot be seen is taken out where no writing needs it (see `without_invisible`),
    and halves of characters are U+FFFD. A number that belongs to the text ("10 ways to ...")
    stays. Tidying twice changes nothing more.
    """
    tidied = _plain(text)
    while (shorter := _plain(_unwrapped(_unprefixed(tidied)))) != tidied:
        tidied = shorter
    return tidied


def _plain(text: str) -> str:
    # Before, as what stands beside an invisible sign decides on it; after, as letters may meet.
    return _spaced(_composed(without_invisible(_composed(text))))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", stream_safe(text))


def _spaced(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _unprefixed(text: str) -> str:
    found = _PREFIXES.match(text)
    return text[found.end() :] if found else text


def _unwrapped(text: str) -> str:
    # A list in JSON leaves its comma behind the closing quote.
    body = text[:-1] if text.endswith(('",', "',", "\u201d,")) else text
    for opening, closing in _WRAPPINGS:
        if body.startswith(opening) and body.endswith(closing):
            inside = body[len(opening) : -len(closing)]
            if len(body) >= len(opening + closing) and not _holds(inside, opening, closing):
                return inside.strip()
    return text


def _holds(inside: str, opening: str, closing: str) -> bool:
    """Whether one of the marks stands inside, so that the outer two need not be a pair."""
    if closing in ("'", "\u2019"):
        inside = _APOSTROPHE.sub("", inside)
    return opening in inside or closing in inside
