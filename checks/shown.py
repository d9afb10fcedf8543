"""Rewrites that copy what their writer was shown: an example, or a prompt of a finished round."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, Protocol

from base.digests import digest_of
from checks.language import READ_CHARACTERS, is_unspaced, units, units_part
from inference.types import Item

EXAMPLE_COPY = "example_copy"
"""The reason against a copy, told by words here and by an encoder in `checks.drift`."""

_SHARED = 0.9
_SHARED_CHARACTERS = 0.8  # one word of two in a text of ten


class Shows(Protocol):
    """What knows which texts a writer sees when it is asked about a row."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that they depend on."""
        ...

    def shown_with(self, item: Item) -> tuple[str, ...]:
        """The texts."""
        ...


@dataclass(frozen=True, slots=True)
class ShownCopy:
    """Objects to a rewrite that repeats a shown text word for word, or nearly so.

    Case, width, punctuation and the order of words count for nothing, and nine in ten words must be
    the same: of a text of 18 words one may be another. Where no spaces part words, eight in ten
    characters must be: of 200 Chinese prompts of 10 to 19 characters, each with one word of two
    characters changed, 195 are told, and of the prompts themselves none is taken for another.

    Attributes:
        source: Who knows what was shown.
    """

    name: ClassVar[str] = "shown_copy"
    source: Shows

    @property
    def digest(self) -> str:
        """Of what is shown, and of how words are told."""
        told = (units_part(), READ_CHARACTERS, _SHARED, _SHARED_CHARACTERS, EXAMPLE_COPY)
        return digest_of(self.name, self.source.digest, *told)

    def __call__(self, item: Item, text: str) -> str | None:
        """`example_copy`, or None."""
        own = _words(text)
        copies = (_shares(own, _words(shown)) for shown in self.source.shown_with(item))
        return EXAMPLE_COPY if any(copies) else None


def _words(text: str) -> Counter[str]:
    folded = unicodedata.normalize("NFKC", text[:READ_CHARACTERS]).casefold()
    return Counter(units(folded))


def _shares(one: Counter[str], other: Counter[str]) -> bool:
    """Whether nearly all words of two texts are the same."""
    both = one + other
    characters = sum(count for unit, count in both.items() if is_unspaced(unit))
    least = _SHARED_CHARACTERS if 2 * characters > both.total() else _SHARED
    return bool(both) and 2 * (one & other).total() >= least * both.total()
