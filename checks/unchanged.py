"""Mutations in which their base stands unchanged: whole, or in a row of its words."""

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from inference.types import Item


@dataclass(frozen=True, slots=True)
class SameAsBase:
    """Objects to the base text again: in other case, spacing or punctuation it is still the same.

    A base without letters or digits is compared as it stands.
    """

    name: ClassVar[str] = "same_as_base"

    @property
    def digest(self) -> str:
        """Of its name: there is nothing else to it."""
        return digest_of(self.name)

    def __call__(self, item: Item, text: str) -> str | None:
        """`same_as_base`, or None; the base is `item.text`."""
        return "same_as_base" if _bare(text) == _bare(item.text) else None


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(each for each in folded if unicodedata.category(each)[0] in "LMN")
    return kept or folded


_RUN_OF_BASE = 5


@dataclass(frozen=True, slots=True)
class Untranslated:
    """Objects to a translation in which five words of its base stand in a row, or all of them."""

    name: ClassVar[str] = "untranslated"

    @property
    def digest(self) -> str:
        """Of how many words are too many."""
        return digest_of(self.name, _RUN_OF_BASE)

    def __call__(self, item: Item, text: str) -> str | None:
        """`copied`, or None; the base is `item.text`."""
        base, words = item.text.casefold().split(), text.casefold().split()
        size = min(_RUN_OF_BASE, len(base))
        runs = {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}
        starts = range(len(base) - size + 1)
        return "copied" if any(tuple(base[at : at + size]) in runs for at in starts) else None
