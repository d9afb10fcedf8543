"""Whether what was encoded can be read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from inference.types import Item


class Encoded(Protocol):
    """An encoding that can say why a prompt does not give its base back."""

    def reason(self, base: str, prompt: str) -> str | None:
        """A reason, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Decodes:
    """Objects to an encoded prompt from which its base does not come back.

    Attributes:
        style: The encoding, with its mode and wrapper.
    """

    name: ClassVar[str] = "decodes"
    style: Encoded

    def __call__(self, item: Item, text: str) -> str | None:
        """`does_not_decode`, `not_encodable`, or None; the base is `item.text`."""
        return self.style.reason(item.text, text)
