"""What an encoding is, and what comes of reading an answer in it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal, Protocol

Mode = Literal["canonical", "compat"]
"""`canonical` is correct and can be undone; `compat` has the quirks of the published files, as
they follow from the code that those were made with. The files themselves were not seen."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """An answer with its code undone.

    Attributes:
        text: The answer as plain text; U+FFFD stands for a sign of the code that means nothing.
        share: Share of the answer's visible characters that could be read, in code or plainly;
            0 for an empty answer.
        coded: Share of them that stood in code; 0 says that the model answered in plain text.
    """

    text: str
    share: float
    coded: float


class Encoding(Hashable, Protocol):
    """A code that needs no model: one of SORRY-Bench's four (its appendix on encodings).

    `decode` undoes `encode` to the letter and expects nothing else; `decoded` reads what models
    make of the code.
    """

    @property
    def name(self) -> str:
        """Its published prompt style."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that encoding and decoding depend on."""

    @property
    def decoding_digest(self) -> str:
        """SHA-256, in hex, of all that reading a model's answer depends on."""

    @property
    def limits(self) -> str:
        """What it cannot carry, in a sentence or two."""

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """The text in code.

        Raises:
            NotEncodable: It holds half of a surrogate pair.
        """

    def decode(self, text: str, mode: Mode = "canonical") -> str:
        """Undoes `encode`; what is no code stays as it is."""

    def carries(self, text: str, mode: Mode = "canonical") -> str | None:
        """The text as decoding gives it back, or None where it does not come back."""

    def decoded(self, text: str) -> Decoded:
        """Reads a model's answer, in either mode, with plain text around the code."""
