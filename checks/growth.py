"""How long a mutated text may be, measured by its base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.errors import OptionInvalid
from inference.types import Item


@dataclass(frozen=True, slots=True)
class Growth:
    """Objects to a text that is empty, or far shorter or longer than its base.

    Attributes:
        low: The smallest length in characters, as a multiple of the base's.
        high: The largest, likewise.
        allowance: Characters that a text may have in any case: the base may be a few words long.
    """

    name: ClassVar[str] = "length"
    low: float
    high: float
    allowance: int = 80

    def __post_init__(self) -> None:
        """Refuses bounds that no text can meet."""
        if not 0 <= self.low < self.high:
            raise OptionInvalid("length: 0 <= low < high", f"{self.low}..{self.high}")

    @property
    def digest(self) -> str:
        """Of the bounds."""
        return digest_of(self.name, "growth", self.low, self.high, self.allowance)

    def __call__(self, item: Item, text: str) -> str | None:
        """`empty`, `too_short`, `too_long`, or None."""
        length, base = len(text.strip()), len(item.text.strip())
        if not length:
            return "empty"
        if length < self.low * base:
            return "too_short"
        return "too_long" if length > max(self.high * base, self.allowance) else None
