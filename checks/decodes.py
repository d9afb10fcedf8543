"""Encoded prompts that give their base back."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from base.digests import digest_of, require_digest
from inference.types import Item


class Encoding(Protocol):
    """An encoding that can say why a prompt does not give its base back."""

    @property
    def name(self) -> str:
        """Its published prompt style."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its prompts depend on."""
        ...

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
    style: Encoding

    @property
    def digest(self) -> str:
        """Of the encoding."""
        return digest_of(self.name, require_digest("encoding", self.style.name, self.style))

    def __call__(self, item: Item, text: str) -> str | None:
        """`does_not_decode`, `not_encodable`, or None; the base is `item.text`."""
        return self.style.reason(item.text, text)
