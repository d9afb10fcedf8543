"""Caesar and Atbash: an alphabet for another, and telling which one an answer is in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_letters
from string import ascii_lowercase as alphabet

from base.digests import Json, digest_of, pattern_part, table_part
from generators.mutations.encodings import types
from generators.mutations.encodings.types import Decoded, Mode, Part, halves_part, has_halves, whole

# A sentence, or what stands before a colon: with the white space around it.
_SEGMENT = re.compile(r"\s*\S.*?(?:[.!?:](?=\s)|$)\s*|\s+", re.DOTALL)
_SURE = 8.0  # nats between two readings; below, a sentence is read as its line, that as the answer


def alphabets_part() -> Json:
    """What `read` depends on besides the code, for a digest."""
    return [pattern_part(_SEGMENT), _SURE, types.reading_part(), halves_part()]


def table(lower: str) -> bytes:
    """For `bytes.translate`: the letters a to z become those of `lower`, case is kept.

    UTF-8 has no byte of a letter A to Z in any other character, so the rest of Unicode stays.
    """
    return bytes.maketrans(ascii_letters.encode(), (lower + lower.upper()).encode())


def replaced(text: str, letters: bytes) -> str:
    """The text with its letters exchanged by a `table`.

    Raises:
        NotEncodableError: It holds half of a surrogate pair.
    """
    return types.utf8(text).translate(letters).decode()


def read(text: str, undo: Callable[[str], str]) -> Decoded:
    """Undoes a code of letters, sentence by sentence, wherever that makes it more like English."""
    clean = types.without_halves(text)
    return types.together(_parts(clean, undo))


def _parts(text: str, undo: Callable[[str], str]) -> Iterator[Part]:
    whole = _gain(text, undo)
    for line in text.splitlines(keepends=True):
        by_default = _decided(_gain(line, undo), whole)
        for segment in _SEGMENT.findall(line):
            coded = _decided(_gain(segment, undo), by_default) > 0
            out = undo(segment) if coded else segment
            yield Part(out, types.visible(segment), float(types.like_prose(out)), coded)


def _decided(gain: float, otherwise: float) -> float:
    return gain if abs(gain) >= _SURE else otherwise


def _gain(text: str, undo: Callable[[str], str]) -> float:
    """Nats by which undoing the code makes the text more like English; below 0 if less."""
    return types.likelihood(undo(text)) - types.likelihood(text)


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
        letters = (sorted(_LOST), types.latin_part(), halves_part())
        return digest_of(self.name, _TURNED.hex(), *published, *letters)

    @property
    def decoding_digest(self) -> str:
        """Of the code, and of how answers in it are read."""
        return digest_of(self.name, _TURNED.hex(), table_part(_CAPITALS), alphabets_part())

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """A to Z, Z to A; raises `NotEncodableError` for half of a surrogate pair."""
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

    def coded_share(self, text: str) -> float:
        """Letters A-Z and a-z of all letters; digits stand as they are in this code."""
        return types.latin_share(text)

    def decoded(self, text: str) -> Decoded:
        """Turned round wherever that makes a sentence more like English; capitals of both modes."""
        return read(text, _either)


def _either(text: str) -> str:
    return replaced(text, _TURNED).translate(_CAPITALS)


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
        return digest_of(self.name, _ON.hex(), _BACK.hex(), types.latin_part(), halves_part())

    @property
    def decoding_digest(self) -> str:
        """Of the code, and of how answers in it are read."""
        return digest_of(self.name, _BACK.hex(), alphabets_part())

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """Three places on; raises `NotEncodableError` for half of a surrogate pair."""
        return replaced(text, _ON)

    def decode(self, text: str, mode: Mode = "canonical") -> str:
        """Three places back."""
        return replaced(text, _BACK)

    def carries(self, text: str, mode: Mode = "canonical") -> str | None:
        """The text itself, or None with half of a surrogate pair."""
        return None if has_halves(text) else text

    def coded_share(self, text: str) -> float:
        """Letters A-Z and a-z of all letters; digits stand as they are in this code."""
        return types.latin_share(text)

    def decoded(self, text: str) -> Decoded:
        """Three places back wherever that makes a sentence more like English."""
        return read(text, self.decode)
