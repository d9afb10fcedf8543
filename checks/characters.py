"""Characters that no prompt is written with: control codes and the marks of binary data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from inference.types import Item

_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control codes but tab and the line ends
    "\u202a-\u202e\u2066-\u2069"  # marks that turn the writing direction, and so hide text
    "\ud800-\udfff"  # halves of a surrogate pair, which no UTF-8 file can hold
    "\ufdd0-\ufdef\ufffd-\uffff"  # non-characters, and what stands for undecodable bytes
    "]"
)


@dataclass(frozen=True, slots=True)
class ControlCharacters:
    """Objects to a text with control codes, or that was decoded from binary data."""

    name: ClassVar[str] = "control_characters"

    @property
    def digest(self) -> str:
        """Of the characters."""
        return digest_of(self.name, pattern_part(_FORBIDDEN))

    def __call__(self, item: Item, text: str) -> str | None:
        """`control_characters`, or None."""
        return "control_characters" if _FORBIDDEN.search(text) else None
