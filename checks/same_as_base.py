"""A mutation that changed nothing."""

from __future__ import annotations

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
