"""Texts that copy what their writer was shown: an example, a demonstration, a finished prompt."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from base.digests import Json, digest_of
from checks.clean import quotes_part, straight
from checks.language import READ_CHARACTERS, is_unspaced, units, units_part
from inference.types import Item

EXAMPLE_COPY = "example_copy"
"""The reason against a copy, told by words here and by an encoder in `checks.drift`."""

_SHARED = 0.9
_SHARED_CHARACTERS = 0.8  # one word of two in a text of ten
_RUN_WORDS = 6
_RUN_CHARACTERS = 8  # of scripts without spaces between words
_MOST = 0.5  # of a demonstration's runs, where nobody knows that it was shown
_EDGES = "\"'.,:;!?()\u3002\uff0c\uff01\uff1f\u0964"


class Shows(Protocol):
    """What knows which texts a writer sees when it is asked about a row."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that they depend on."""
        ...

    def shown_with(self, item: Item) -> tuple[str, ...]:
        """The texts."""
        ...


def shown_part(source: tuple[str, ...] | Shows) -> Json:
    """A source's part of a digest."""
    return source if isinstance(source, tuple) else source.digest


def texts_shown(source: tuple[str, ...] | Shows, item: Item) -> tuple[str, ...]:
    """What a row's writer was shown, as a source has it: the same for all, or each row's own."""
    return source if isinstance(source, tuple) else source.shown_with(item)


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


@dataclass(frozen=True, slots=True)
class CopiesDemonstration:
    """Objects to a text that copies a demonstration.

    Six words in a row that are not the base's are a copy of what the text's writer was shown. Where
    nobody knows whether it was shown anything, so few are a phrase that many use: then at least
    half of a demonstration's runs of six words, less the base's, must be in the text.

    Where no spaces part words, eight characters in a row, whatever marks stand between them.

    Attributes:
        shown: The demonstrations' texts, or what says which of them a row's writer was shown.
        most: Whether most of a demonstration must be in a text that is a copy.
    """

    name: ClassVar[str] = "demonstration"
    shown: tuple[str, ...] | Shows
    most: bool = False

    @property
    def digest(self) -> str:
        """Of the demonstrations, and of what counts as a run of words."""
        runs = (_RUN_WORDS, _RUN_CHARACTERS, _EDGES)
        told = (runs, quotes_part(), units_part(), READ_CHARACTERS, EXAMPLE_COPY)
        least = [_MOST] if self.most else []
        return digest_of(self.name, shown_part(self.shown), *told, *least)

    def __call__(self, item: Item, text: str) -> str | None:
        """`example_copy`, or None."""
        base = _written_runs(item.text)
        own = _written_runs(text) - base
        shown = texts_shown(self.shown, item)
        copied = any(self._is_copied(own, _written_runs(each) - base) for each in shown)
        return EXAMPLE_COPY if copied else None

    def _is_copied(self, own: set[tuple[str, ...]], runs: set[tuple[str, ...]]) -> bool:
        both = len(own & runs)
        return both > 0 and (not self.most or both >= _MOST * len(runs))


def _written_runs(text: str) -> set[tuple[str, ...]]:
    written = straight(text[:READ_CHARACTERS]).casefold().split()
    parts = [part for word in written for part in _parts(word)]
    words = (run for run in _runs(parts, _RUN_WORDS) if not any(map(is_unspaced, run)))
    characters = (run for run in _runs(parts, _RUN_CHARACTERS) if any(map(is_unspaced, run)))
    return {*words, *characters}


def _runs(parts: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(parts[start:] for start in range(length)), strict=False)


def _parts(word: str) -> list[str]:
    """What stands between two spaces: a word, or its characters where more than one may."""
    if is_unspaced(word):
        return units(word)
    return [bare] if (bare := word.strip(_EDGES)) else []
