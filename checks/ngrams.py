"""Texts as sets of character n-grams, for languages that no encoder at hand knows.

Two texts are compared by the Jaccard index of these sets: the n-grams that both have among those
that either has. Before, a text is brought to one width and case (NFKC), and what is no letter,
number or symbol goes.
"""

import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.drift import published, published_part
from checks.errors import OptionInvalidError
from checks.language import READ_CHARACTERS
from checks.language_table import tongues
from checks.shown import EXAMPLE_COPY, Shows, shown_part, texts_shown
from inference.types import Item, Score

NEAR = 0.6
"""The Jaccard index from which on two texts are near, unless a recipe says otherwise."""

NEAR_WITHOUT_SPACES = 0.5
"""The same where no spaces part words: of ten characters two may be others, one word."""

WITHOUT_SPACES = frozenset({"ja", "km", "lo", "my", "th", "zh", "zh-Hant"})
"""CLD2's codes of languages whose words no space parts."""

_SHORT = 2
_LONG = 5
_KEPT = "LMNS"
_VERSION = 1


def has_spaces(code: str | None) -> bool:
    """Whether spaces part the words of a language; they do of one that nobody named."""
    known = tongues().get(code or "")
    return known.spaces if known is not None else code not in WITHOUT_SPACES


@dataclass(frozen=True, slots=True)
class Ngrams:
    """How texts of a language are cut.

    Attributes:
        length: Characters of an n-gram.
        spaces: Whether a space between two words is a character.
    """

    length: int
    spaces: bool

    @classmethod
    def of_language(cls, code: str | None) -> "Ngrams":
        """Two characters where no spaces part words, else five."""
        spaces = has_spaces(code)
        return cls(_LONG if spaces else _SHORT, spaces)

    @property
    def near(self) -> float:
        """The Jaccard index from which on two texts are near, unless a recipe says otherwise."""
        return NEAR if self.spaces else NEAR_WITHOUT_SPACES

    @property
    def digest(self) -> str:
        """Of all that the n-grams of a text depend on."""
        return digest_of("ngrams", _VERSION, self.length, self.spaces, _KEPT, READ_CHARACTERS)

    def cut(self, text: str) -> frozenset[str]:
        r"""The n-grams of a text; the whole of one that is too short for any.

        Example:
            >>> sorted(Ngrams(2, False).cut("A\uff22, c!"))
            ['ab', 'bc']
        """
        bare = self._bare(text)
        places = range(max(1, len(bare) - self.length + 1))
        return frozenset(bare[start : start + self.length] for start in places)

    def _bare(self, text: str) -> str:
        folded = unicodedata.normalize("NFKC", text[:READ_CHARACTERS]).casefold()
        signs = (each if unicodedata.category(each)[0] in _KEPT else " " for each in folded)
        return (" " if self.spaces else "").join("".join(signs).split())


def jaccard(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """What two sets have in common, from 0 to 1; 1 for two empty ones."""
    either = len(one | other)
    return len(one & other) / either if either else 1.0


@dataclass(frozen=True, slots=True)
class SeedOverlap:
    """Objects to a rewrite that is nearly its seed, by characters: the near side of a drift band.

    How far a rewrite has moved away cannot be told from its characters.

    Attributes:
        ngrams: How texts are cut.
        limit: The Jaccard index from which on a text is too near.
    """

    name: ClassVar[str] = "drift"
    ngrams: Ngrams
    limit: float

    def __post_init__(self) -> None:
        """Refuses a limit that means nothing."""
        _require_share(self.name, self.limit)

    @property
    def digest(self) -> str:
        """Of the n-grams and the limit."""
        return digest_of("seed-overlap", self.ngrams.digest, self.limit, published_part())

    def __call__(self, item: Item, text: str) -> Score:
        """The index of `text` and the seed `item.text`: `drift_near` or no reason."""
        value = jaccard(self.ngrams.cut(text), self.ngrams.cut(item.text))
        return Score(self.name, published(value), "drift_near" if value >= self.limit else None)


@dataclass(frozen=True, slots=True)
class ExampleOverlap:
    """Objects to a rewrite that is nearly one of the examples shown to its writer, by characters.

    Attributes:
        ngrams: How texts are cut.
        examples: The examples' texts, or who knows which of them a row's writer was shown.
        limit: The Jaccard index from which on a text is a copy.
    """

    name: ClassVar[str] = "example"
    ngrams: Ngrams
    examples: tuple[str, ...] | Shows
    limit: float

    def __post_init__(self) -> None:
        """Refuses a limit that means nothing, and an empty list of examples."""
        _require_share(self.name, self.limit)
        if self.examples == ():
            raise OptionInvalidError("example: at least one example", 0)

    @property
    def digest(self) -> str:
        """Of the n-grams, the examples and the limit."""
        how = (self.ngrams.digest, self.limit, published_part(), EXAMPLE_COPY)
        return digest_of("example-overlap", *how, shown_part(self.examples))

    def __call__(self, item: Item, text: str) -> Score | None:
        """The largest index of `text` and an example: `example_copy` or no reason."""
        shown = texts_shown(self.examples, item)
        if not shown:
            return None
        own = self.ngrams.cut(text)
        value = max(jaccard(own, self.ngrams.cut(each)) for each in shown)
        return Score(self.name, published(value), EXAMPLE_COPY if value >= self.limit else None)


def _require_share(name: str, limit: float) -> None:
    if not 0.0 < limit <= 1.0:
        raise OptionInvalidError(f"{name}: 0 < limit <= 1", limit)
