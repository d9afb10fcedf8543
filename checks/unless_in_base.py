"""Objections that do not count where the base has what they object to as well."""

from dataclasses import dataclass
from typing import Protocol

from base.digests import digest_of, require_digest
from inference.types import Item


class PlainCheck(Protocol):
    """A check that needs no model and measures nothing."""

    @property
    def name(self) -> str:
        """The check's name."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its findings depend on."""
        ...

    def __call__(self, item: Item, text: str) -> str | None:
        """A reason, or None."""
        ...


@dataclass(frozen=True, slots=True)
class UnlessInBase:
    """Objects as another check does, but not to what it finds in the base text as well.

    A request for a JSON object has a brace in it, and so has each honest mutation of it.

    Attributes:
        check: The other check.
    """

    check: PlainCheck

    @property
    def name(self) -> str:
        """The other check's name."""
        return self.check.name

    @property
    def digest(self) -> str:
        """Of the other check."""
        return digest_of("unless-in-base", require_digest("check", self.name, self.check))

    def __call__(self, item: Item, text: str) -> str | None:
        """The other check's reason, or None; the base is `item.text`."""
        reason = self.check(item, text)
        return None if reason == self.check(item, item.text) else reason
