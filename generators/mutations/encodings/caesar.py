"""Caesar cipher: each letter three places on."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase as alphabet

from base.digests import digest_of
from generators.mutations.encodings.alphabets import alphabets_part, read, replaced, table
from generators.mutations.encodings.surrogates import halves_part, has_halves
from generators.mutations.encodings.types import Decoded, Mode

_SHIFT = 3
_ON = table(alphabet[_SHIFT:] + alphabet[:_SHIFT])
_BACK = table(alphabet[-_SHIFT:] + alphabet[:-_SHIFT])


@dataclass(frozen=True, slots=True)
class Caesar:
    """Moves A-Z and a-z by three; both modes are the same."""

    name: str = "caesar"
    limits: str = "Carries every text exactly; only the letters A-Z and a-z are in code."

    @property
    def digest(self) -> str:
        """Of the code, there and back in either mode."""
        return digest_of(self.name, _ON.hex(), _BACK.hex(), halves_part())

    @property
    def decoding_digest(self) -> str:
        """Of the code, and of how answers in it are read."""
        return digest_of(self.name, _BACK.hex(), alphabets_part())

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """Three places on; raises `NotEncodable` for half of a surrogate pair."""
        return replaced(text, _ON)

    def decode(self, text: str, mode: Mode = "canonical") -> str:
        """Three places back."""
        return replaced(text, _BACK)

    def carries(self, text: str, mode: Mode = "canonical") -> str | None:
        """The text itself, or None with half of a surrogate pair."""
        return None if has_halves(text) else text

    def decoded(self, text: str) -> Decoded:
        """Three places back wherever that makes a sentence more like English."""
        return read(text, self.decode)
