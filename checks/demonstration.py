"""A writer that repeats the demonstrations in its prompt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.quotes import quotes_part, straight
from checks.scripts import READ_CHARACTERS, script_share, scripts_part
from inference.types import Item

_RUN_WORDS = 6
_RUN_CHARACTERS = 8  # of Chinese, which has no spaces between words
_MARKS = "\"'.,:;!?()\u3002\uff0c\uff01\uff1f\u0964"


@dataclass(frozen=True, slots=True)
class CopiesDemonstration:
    """Objects to a text that shares six words in a row with a demonstration, not with its base.

    Attributes:
        shown: The demonstrations' texts.
    """

    name: ClassVar[str] = "demonstration"
    shown: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Of the demonstrations, and of what counts as a run of words."""
        runs = (_RUN_WORDS, _RUN_CHARACTERS, _MARKS)
        return digest_of(self.name, self.shown, runs, quotes_part(), scripts_part("Han"))

    def __call__(self, item: Item, text: str) -> str | None:
        """`example_copy`, or None."""
        own = set(_runs(text)).difference(_runs(item.text))
        copied = any(not own.isdisjoint(_runs(shown)) for shown in self.shown)
        return "example_copy" if copied else None


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    start = text[:READ_CHARACTERS]
    if script_share(start, "Han") > 0:
        pieces, length = list("".join(start.split())), _RUN_CHARACTERS
    else:
        words = (word.strip(_MARKS) for word in straight(start).casefold().split())
        pieces, length = [word for word in words if word], _RUN_WORDS
    return zip(*(pieces[place:] for place in range(length)), strict=False)
