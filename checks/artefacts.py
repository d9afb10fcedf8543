"""What no prompt is written with: control codes, a writer's left-overs, loops."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from base.foreign_text import INVISIBLE, without_invisible
from checks.clean import quotes_part, straight
from checks.language import READ_CHARACTERS
from inference.types import Item

_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control codes but tab and the line ends
    "\u202a-\u202e\u2066-\u2069"  # marks that turn the writing direction, and so hide text
    "\ud800-\udfff"  # halves of a surrogate pair, which no UTF-8 file can hold
    "\ufdd0-\ufdef\ufffd-\uffff"  # non-characters, and what stands for undecodable bytes
    "]"
)
_TAG = re.compile("[\U000e0000-\U000e0fff]")  # and selectors: what hides whole texts


@dataclass(frozen=True, slots=True)
class ControlCharacters:
    """Objects to a text with control codes or hidden ones, or that was decoded from binary data.

    `tidy` takes out of a text what cannot be seen; this is for texts that are taken as they stand.
    The tags of a flag are no hidden text.
    """

    name: ClassVar[str] = "control_characters"

    @property
    def digest(self) -> str:
        """Of the characters."""
        return digest_of(self.name, *map(pattern_part, (_FORBIDDEN, _TAG, *INVISIBLE)))

    def __call__(self, item: Item, text: str) -> str | None:
        """`control_characters`, or None."""
        forbidden = _FORBIDDEN.search(text) or _hides(text)
        return "control_characters" if forbidden else None


def _hides(text: str) -> bool:
    return bool(tags := _TAG.findall(text)) and tags != _TAG.findall(without_invisible(text))


# Each pattern is anchored or starts with a fixed character, so that 1 MB is read in linear time.
_LEFTOVERS: dict[str, str] = {
    "several lines": r"\n",
    "code fence": r"```|~~~",
    "bold words": r"\*\*\w[^*]{1,200}\*\*",
    "chat markup": r"<\|\w{1,40}\|>|</?s>|\[/?INST\]|<<SYS>>|</?think>|<(?:start|end)_of_turn>",
    "JSON": r"\A[\[{]|[\]}],?\Z|\"\s?:\s?[\"\[{]|\\\"|\\u[0-9a-fA-F]{4}",
    "HTML entity": r"&(?:quot|apos|amp|lt|gt|nbsp|#\d{1,5});",
    "template placeholder": (
        r"\{\w{1,40}\}|(?-i:\[[A-Z][A-Z _]{1,40}\])"
        r"|[\[<](?:insert|your|seed|topic|category|name|prompt|text)\b[^\]>]{0,80}[\]>]"
    ),
    "opening words": (
        r"\A(?:sure|certainly|of course|absolutely)(?:[,!.:]| here\b| i\b)"
        r"|\A(?:okay|ok|great)[,!.] (?:here|i\b|let)"
        r"|\Ahere(?:'s| is| are) .{0,60}\b"
        r"(?:rewrit\w{1,5}|rephras\w{1,5}|questions?|prompts?|versions?|examples?)\b"
    ),
    "label": r"\b(?:re-?written|rephrased|revised) (?:question|prompt|request|version)s?:",
    "next item of a list": r"[?!][\"']? \(?\d{1,3}[.)] ",
    "closing note": (
        r"\((?:note|explanation|this (?:is|question|prompt)|rewritten)\b[^)]{0,400}\)\Z"
    ),
    "quote that does not close": r"\A\"[^\"]*\Z|\A«[^»]*\Z",
}
_ANY = re.compile("|".join(_LEFTOVERS.values()), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Objects to a text in which something remains that `tidy` cannot safely take off."""

    name: ClassVar[str] = "leftovers"

    @property
    def digest(self) -> str:
        """Of all that may be left over."""
        return digest_of(self.name, pattern_part(_ANY), READ_CHARACTERS, quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`leftover`, or None."""
        return "leftover" if _ANY.search(straight(text.strip()[:READ_CHARACTERS])) else None


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SAME_CHARACTER = re.compile(r"([^\W\d_])\1{5}")
_SAME_WORD = 3
# How often a run of so many words may not occur: (words, times).
_RUNS = ((2, 4), (3, 3), (5, 2))


@dataclass(frozen=True, slots=True)
class Repetition:
    """Objects to a text that goes round in circles.

    Out are a letter six times running, a word three times running, and a run of two words that
    occurs four times, of three words three times or of five words twice.
    """

    name: ClassVar[str] = "repetition"

    @property
    def digest(self) -> str:
        """Of the patterns, and of how often is too often."""
        patterns = map(pattern_part, (_WORD, _SAME_CHARACTER))
        read = (READ_CHARACTERS, quotes_part())
        return digest_of(self.name, *patterns, _SAME_WORD, _RUNS, *read)

    def __call__(self, item: Item, text: str) -> str | None:
        """`repetition`, or None."""
        lowered = straight(text[:READ_CHARACTERS]).lower()
        words = _WORD.findall(lowered)
        loops = (
            _SAME_CHARACTER.search(lowered) is not None
            or any(len(set(run)) == 1 for run in _runs(words, _SAME_WORD))
            or any(_most_frequent(words, length) >= times for length, times in _RUNS)
        )
        return "repetition" if loops else None


def _runs(words: list[str], length: int) -> "zip[tuple[str, ...]]":
    return zip(*(words[start:] for start in range(length)), strict=False)


def _most_frequent(words: list[str], length: int) -> int:
    return max(Counter(_runs(words, length)).values(), default=0)
