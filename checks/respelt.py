"""The same words as the base in another spelling."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import isqrt
from typing import ClassVar

from base.digests import digest_of
from inference.types import Item

_LEAST_WORDS, _LEAST_LETTERS = 0.8, 0.7
_READ_CHARACTERS = 2_000
# Places where the two texts have the same letter, which is what comparing them takes. 2,000
# characters of English have 330,000; of one letter, 4 million, and minutes for some orders.
_MOST_PAIRS = 400_000


@dataclass(frozen=True, slots=True)
class Respelt:
    """Objects to a text with other words than its base, not the same ones in another spelling.

    The number of words may change by a fifth, and seven tenths of the letters stay in their order.
    """

    name: ClassVar[str] = "respelt"

    @property
    def digest(self) -> str:
        """Of how much may change."""
        return digest_of(self.name, _LEAST_WORDS, _LEAST_LETTERS, _READ_CHARACTERS, _MOST_PAIRS)

    def __call__(self, item: Item, text: str) -> str | None:
        """`reworded`, or None."""
        base, other = item.text[:_READ_CHARACTERS].lower(), text[:_READ_CHARACTERS].lower()
        counts = sorted((len(base.split()), len(other.split())))
        if counts[0] < _LEAST_WORDS * counts[1]:
            return "reworded"
        matcher = SequenceMatcher(None, *_comparable(base, other), autojunk=False)
        if matcher.quick_ratio() < _LEAST_LETTERS:  # it is never the smaller of the two
            return "reworded"
        return "reworded" if matcher.ratio() < _LEAST_LETTERS else None


def _comparable(base: str, other: str) -> tuple[str, str]:
    """The two texts, or as much of their beginnings as can be compared in bounded time."""
    count = Counter(other)
    pairs = sum(times * count[letter] for letter, times in Counter(base).items())
    if pairs <= _MOST_PAIRS:
        return base, other
    longest = isqrt(_READ_CHARACTERS**2 * _MOST_PAIRS // pairs)
    return base[:longest], other[:longest]
