"""Atbash: the alphabet backwards."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase as alphabet

from base.digests import digest_of, table_part
from generators.mutations.encodings.alphabets import alphabets_part, read, replaced, table
from generators.mutations.encodings.surrogates import halves_part, has_halves, whole
from generators.mutations.encodings.types import Decoded, Mode

_TURNED = table(alphabet[::-1])
_MIRROR = ord("a") + ord("z")
_CAPITALS = {_MIRROR - ord(letter): letter for letter in alphabet.upper()}
_SMALL = {ord(letter): alphabet[-1 - place] for place, letter in enumerate(alphabet)}
# The published code has 219 - n for every letter n, which is right for a-z alone. Of a letter
# above 219 it ends with an error, so no published row can hold one: such letters stay here.
_PUBLISHED = {n: _MIRROR - n for n in range(_MIRROR + 1) if chr(n).isalpha()}
_PUBLISHED_BYTES = bytes(_PUBLISHED.get(n, n) for n in range(256))
_PUBLISHED_BACK = _SMALL | _CAPITALS
# What `_PUBLISHED` makes of neither comes back, nor what already looked like a capital in code.
_LOST = {chr(n) for n in _PUBLISHED if n > ord("z")} | set(map(chr, _CAPITALS))


@dataclass(frozen=True, slots=True)
class Atbash:
    """Turns A-Z and a-z round; `compat` makes control characters of the capitals."""

    name: str = "atbash"
    limits: str = (
        "Carries every text exactly; only the letters A-Z and a-z are in code. In compat, capitals "
        "become U+0081-U+009A; texts that hold those, or letters from U+00AA to U+00DB, are lost."
    )

    @property
    def digest(self) -> str:
        """Of the code, there and back in either mode."""
        published = (table_part(_PUBLISHED), _PUBLISHED_BYTES.hex(), table_part(_PUBLISHED_BACK))
        return digest_of(self.name, _TURNED.hex(), *published, sorted(_LOST), halves_part())

    @property
    def decoding_digest(self) -> str:
        """Of the code, and of how answers in it are read."""
        return digest_of(self.name, _TURNED.hex(), table_part(_CAPITALS), alphabets_part())

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """A to Z, Z to A; raises `NotEncodable` for half of a surrogate pair."""
        if mode == "compat":
            if text.isascii():  # several times faster than `str.translate`
                return text.encode().translate(_PUBLISHED_BYTES).decode("latin-1")
            return whole(text).translate(_PUBLISHED)
        return replaced(text, _TURNED)

    def decode(self, text: str, mode: Mode = "canonical") -> str:
        """The same again; in `compat` also the capitals come back."""
        if mode == "compat":
            return text.translate(_PUBLISHED_BACK)
        return replaced(text, _TURNED)

    def carries(self, text: str, mode: Mode = "canonical") -> str | None:
        """The text itself, or None where it is lost."""
        lost = mode == "compat" and not _LOST.isdisjoint(text)
        return None if lost or has_halves(text) else text

    def decoded(self, text: str) -> Decoded:
        """Turned round wherever that makes a sentence more like English; capitals of both modes."""
        return read(text, _either)


def _either(text: str) -> str:
    return replaced(text, _TURNED).translate(_CAPITALS)
