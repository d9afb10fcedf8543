"""What a writer of a style is shown: requests in its style, and which variant of it is wanted.

Two demonstrations are drawn for each row, and of a style with variants (dialects, jargons, roles)
one of these. Both follow from row, edition and style alone: not from shards, order or replies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from base.digests import bytes_digest, digest_of
from generators.errors import ExamplesInvalidError

_FILES = Path(__file__).parent / "data" / "demonstrations"
_DrawnT = TypeVar("_DrawnT")


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the dialects, jargons, roles or slangs that a style has.

    Attributes:
        name: What it is called in a column: `Geordie`.
        marks: What it is known by, in a few words.
    """

    name: str
    marks: str

    @property
    def label(self) -> str:
        """What a request calls it: `Geordie (why aye, gan, divvent, wor, hyem)`."""
        return f"{self.name} ({self.marks})"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A request, and the same request in a style.

    Attributes:
        base: The request.
        text: The request in the style.
        variant: Which variant of the style that is; None where it has none.
    """

    base: str
    text: str
    variant: Variant | None = None


@dataclass(frozen=True, slots=True)
class Demonstrations:
    """The demonstrations of a style.

    Attributes:
        style: The style's name.
        each: All of them, in the order of their file.
        variants: The variants that rows are written in; none for most styles.
        digest: SHA-256 of their file, in hex.
    """

    style: str
    each: tuple[Demonstration, ...]
    variants: tuple[Variant, ...]
    digest: str

    def variant(self, row: str, edition: str) -> Variant | None:
        """The variant that a row is to be written in; None where the style has none.

        Args:
            row: The base row's key.
            edition: The release version that is written for.
        """
        drawn = self._number("variant", row, edition)
        return _at(self.variants, drawn) if self.variants else None

    def two(self, row: str, edition: str) -> tuple[Demonstration, Demonstration]:
        """The two that a row's writer is shown, in their order; never one of them twice.

        Args:
            row: The base row's key.
            edition: The release version that is written for.

        Example:
            >>> first, second = load_demonstrations("slang").two("r17", "2026.11.0")
            >>> first == second
            False
        """
        drawn = self._number("demonstrations", row, edition)
        first = _at(self.each, drawn)
        others = [each for each in self.each if each != first]
        return first, _at(others, drawn // len(self.each))

    def _number(self, purpose: str, row: str, edition: str) -> int:
        return int(digest_of(purpose, self.style, edition, row), 16)


def _at(things: Sequence[_DrawnT], number: int) -> _DrawnT:
    return things[number % len(things)]


@cache
def load_demonstrations(style: str) -> Demonstrations:
    """The shipped demonstrations of a style.

    Raises:
        ExamplesInvalidError: There are none, or fewer than the two that a row is shown.
    """
    path = _FILES / f"{style}.yaml"
    if not path.is_file():
        raise ExamplesInvalidError("a written style must have demonstrations", style)
    data = path.read_bytes()
    content: dict[str, Any] = yaml.safe_load(data)
    variants = {name: Variant(name, marks) for name, marks in content.get("variants", {}).items()}
    each = tuple(
        Demonstration(entry["base"], entry["text"], variants.get(entry.get("variant")))
        for entry in content["demonstrations"]
    )
    if len(set(each)) < 2:
        raise ExamplesInvalidError("a written style must have at least two demonstrations", style)
    return Demonstrations(style, each, tuple(variants.values()), bytes_digest(data))
