"""Loops: what a small model writes when it has nothing more to say."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.quotes import quotes_part, straight
from inference.types import Item

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
        return digest_of(self.name, *patterns, _SAME_WORD, _RUNS, quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`repetition`, or None."""
        lowered = straight(text).lower()
        words = _WORD.findall(lowered)
        loops = (
            _SAME_CHARACTER.search(lowered) is not None
            or any(len(set(run)) == 1 for run in _runs(words, _SAME_WORD))
            or any(_most_frequent(words, length) >= times for length, times in _RUNS)
        )
        return "repetition" if loops else None


def _runs(words: list[str], length: int) -> zip[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)


def _most_frequent(words: list[str], length: int) -> int:
    return max(Counter(_runs(words, length)).values(), default=0)
