"""What an encoding is, and what comes of reading an answer in it."""

import re
from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import log
from string import ascii_letters
from typing import Literal, Protocol

from base.digests import Json, pattern_part
from generators.errors import NotEncodableError

_HALF = re.compile("[\ud800-\udfff]")


def halves_part() -> Json:
    """What a half of a surrogate pair is, for a digest."""
    return pattern_part(_HALF)


def utf8(text: str) -> bytes:
    """The text in UTF-8.

    Raises:
        NotEncodableError: It holds half of a surrogate pair.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        found = f"U+{ord(text[error.start]):04X} at character {error.start + 1}"
        raise NotEncodableError("a text must hold no half of a surrogate pair", found) from None


def whole(text: str) -> str:
    """The text itself.

    Raises:
        NotEncodableError: It holds half of a surrogate pair.
    """
    utf8(text)
    return text


def has_halves(text: str) -> bool:
    """Whether the text holds half of a surrogate pair."""
    return _HALF.search(text) is not None


def without_halves(text: str) -> str:
    """The text with U+FFFD in place of each half."""
    return _HALF.sub("\ufffd", text)


def character(code: int) -> str | None:
    """The character of a code point, or None where there is none that a file can hold."""
    if 0xD800 <= code <= 0xDFFF or not 0 <= code <= 0x10FFFF:
        return None
    return chr(code)


Mode = Literal["canonical", "compat"]
"""`canonical` is correct and can be undone; `compat` has the quirks of the published files, as
they follow from the code that those were made with. The files themselves were not seen."""


_LATIN = frozenset(ascii_letters)


def latin_part() -> Json:
    """What `latin_share` depends on, for a digest."""
    return sorted(_LATIN)


def latin_share(text: str) -> float:
    """Share of the letters of a text that are A to Z or a to z; 0 for a text without letters.

    Example:
        >>> latin_share("Café 7")
        0.75
    """
    if text.isascii():  # most are, and this is a hot path
        return float(not _LATIN.isdisjoint(text))
    return share_of([sign for sign in text if sign.isalpha()], _LATIN)


def share_of(signs: Sequence[str], known: Container[str]) -> float:
    """Share of the signs that are known; 0 where there are none."""
    return sum(sign in known for sign in signs) / len(signs) if signs else 0.0


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
            NotEncodableError: It holds half of a surrogate pair.
        """

    def decode(self, text: str, mode: Mode = "canonical") -> str:
        """Undoes `encode`; what is no code stays as it is."""

    def carries(self, text: str, mode: Mode = "canonical") -> str | None:
        """The text as decoding gives it back, or None where it does not come back."""

    def coded_share(self, text: str) -> float:
        """Share of the text's letters that are in code once it is encoded, 0 to 1.

        Digits count where the code has any for them; 0 for a text with nothing that counts.
        """

    def decoded(self, text: str) -> Decoded:
        """Reads a model's answer, in either mode, with plain text around the code."""


# Letters in a thousand of English prose, A to Z.
_FREQUENCIES = (
    82, 15, 28, 43, 127, 22, 20, 61, 70, 1.5, 7.7, 40, 24,
    67, 75, 19, 1, 60, 63, 91, 28, 9.8, 24, 1.5, 20, 0.7,
)  # fmt: skip
_WEIGHTS = {
    letter: log(share / 1000 * len(_FREQUENCIES))
    for place, share in enumerate(_FREQUENCIES)
    for letter in (chr(ord("a") + place), chr(ord("A") + place))
}
_FEW = 25  # of fewer letters nothing can be told


def reading_part() -> Json:
    """What tells how much of an answer can be read, for a digest."""
    return [_WEIGHTS, _FEW]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an answer.

    Attributes:
        text: As plain text.
        weight: Visible characters that it had in the answer.
        read: Share of it that means something.
        coded: Whether it stood in code.
    """

    text: str
    weight: int
    read: float
    coded: bool


def together(parts: Iterable[Part]) -> Decoded:
    """The parts as one text, with the shares by weight."""
    given = list(parts)
    whole = sum(part.weight for part in given) or 1
    return Decoded(
        "".join(part.text for part in given),
        sum(part.weight * part.read for part in given) / whole,
        sum(part.weight for part in given if part.coded) / whole,
    )


def plain(text: str) -> Part:
    """A part that is no code; it counts as read unless its letters are no prose's."""
    return Part(text, visible(text), float(like_prose(text)), coded=False)


def visible(text: str) -> int:
    """Characters that are no white space."""
    return sum(map(len, text.split()))


def likelihood(text: str) -> float:
    """Nats by which its letters A to Z are likelier in English prose than letters by chance.

    Of 15,000 glosses of WordNet 0.2 % are below 0, of their Caesar code 0.1 % above.
    """
    return sum([_WEIGHTS[letter] for letter in text if letter in _WEIGHTS])


def like_prose(text: str) -> bool:
    """Whether the letters A to Z are those of prose; of few letters it is taken on trust."""
    return likelihood(text) >= 0 or sum(letter in _WEIGHTS for letter in text) < _FEW
