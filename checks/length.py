"""How long a text may be, by itself and measured by its base."""

from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.errors import OptionInvalidError
from inference.types import Item


@dataclass(frozen=True, slots=True)
class Length:
    """Objects to a text that is empty, too short or too long.

    The published OR-Bench-Hard prompts have 48 to 269 characters, 18 words in the median.

    Attributes:
        min_chars: The fewest characters, white space at the ends not counted.
        max_chars: The most characters.
        min_words: The fewest words, as white space parts them.
    """

    name: ClassVar[str] = "length"
    min_chars: int = 8
    max_chars: int = 600
    min_words: int = 3

    def __post_init__(self) -> None:
        """Refuses bounds that no text can meet."""
        if not 0 <= self.min_chars <= self.max_chars:
            bounds = f"{self.min_chars}..{self.max_chars}"
            raise OptionInvalidError("length: 0 <= min_chars <= max_chars", bounds)

    @property
    def digest(self) -> str:
        """Of the bounds."""
        return digest_of(self.name, self.min_chars, self.max_chars, self.min_words)

    def __call__(self, item: Item, text: str) -> str | None:
        """`empty`, `too_long`, `too_short`, or None."""
        stripped = text.strip()
        if not stripped:
            return "empty"
        if len(stripped) > self.max_chars:
            return "too_long"
        if len(stripped) < self.min_chars or len(stripped.split()) < self.min_words:
            return "too_short"
        return None


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
            raise OptionInvalidError("length: 0 <= low < high", f"{self.low}..{self.high}")

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
