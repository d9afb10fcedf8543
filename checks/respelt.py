"""Whether a misspelt text still has its base's words."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import ClassVar

from base.digests import digest_of
from inference.types import Item

_LEAST_WORDS, _LEAST_LETTERS = 0.8, 0.7
_READ_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Respelt:
    """Objects to a text with other words than its base, not the same ones in another spelling.

    The number of words may change by a fifth, and seven tenths of the letters stay in their order.
    """

    name: ClassVar[str] = "respelt"

    @property
    def digest(self) -> str:
        """Of how much may change."""
        return digest_of(self.name, _LEAST_WORDS, _LEAST_LETTERS, _READ_CHARACTERS)

    def __call__(self, item: Item, text: str) -> str | None:
        """`reworded`, or None."""
        base, other = item.text[:_READ_CHARACTERS].lower(), text[:_READ_CHARACTERS].lower()
        counts = sorted((len(base.split()), len(other.split())))
        if counts[0] < _LEAST_WORDS * counts[1]:
            return "reworded"
        matcher = SequenceMatcher(None, base, other, autojunk=False)
        return "reworded" if matcher.ratio() < _LEAST_LETTERS else None
