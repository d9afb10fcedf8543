"""Morse code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from base.digests import digest_of
from generators.mutations.encodings.morse_reading import parts, parts_part
from generators.mutations.encodings.reading import together
from generators.mutations.encodings.surrogates import halves_part, has_halves, whole, without_halves
from generators.mutations.encodings.types import Decoded, Mode

_DATA: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "morse.yaml").read_bytes()
)
PUBLISHED = _DATA["letters"] | _DATA["digits"] | _DATA["published_marks"]
"""What the published files encode: symbol to code."""
TABLE = PUBLISHED | _DATA["more_marks"]
"""International Morse code: symbol to code."""
GAP = "/"
"""What stands between words in `canonical`, with a space on either side."""

_SYMBOLS = {code: symbol for symbol, code in TABLE.items()}


def _by_byte(table: dict[str, str], gap: str) -> list[str]:
    codes = [table.get(chr(byte).upper(), chr(byte)) + " " for byte in range(128)]
    codes[ord(" ")] = gap
    return codes


_CANONICAL = _by_byte(TABLE, f"{GAP} ")
_COMPAT = _by_byte(PUBLISHED, " ")


@dataclass(frozen=True, slots=True)
class Morse:
    """Symbols in Morse code, a space between them, lines as they are.

    Between words stands a slash in `canonical`, one more space in `compat`, where also each line
    ends by a space and a break and a comma is never encoded (see the data file).
    """

    name: str = "morse"
    limits: str = (
        "Carries no case: a text comes back in upper case. Symbols without a code stay as they are "
        "between the codes; in compat these are all but A-Z, 0-9 and . ? / - ( )."
    )

    @property
    def digest(self) -> str:
        """Of the code, there and back in either mode."""
        return digest_of(self.name, _CANONICAL, _COMPAT, _SYMBOLS, GAP, halves_part())

    @property
    def decoding_digest(self) -> str:
        """Of the code, and of how answers in it are read."""
        return digest_of(self.name, _SYMBOLS, parts_part(), halves_part())

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """Codes for symbols; raises `NotEncodable` for half of a surrogate pair."""
        if mode == "canonical":
            if "\n" not in text:  # most have one line, and this is a hot path
                return _line(text, _CANONICAL)[:-1]
            return "\n".join([_line(part, _CANONICAL)[:-1] for part in text.split("\n")])
        if "\n" not in text:
            return _line(text, _COMPAT) + "\n"
        return "".join([_line(part, _COMPAT) + "\n" for part in text.split("\n")])

    def decode(self, text: str, mode: Mode = "canonical") -> str:
        """Symbols for codes, in upper case."""
        if mode == "compat":
            lines = text.removesuffix("\n").split("\n")
            return "\n".join([_undone(line, mode) for line in lines])
        return "\n".join([_undone(line, mode) for line in text.split("\n")])

    def carries(self, text: str, mode: Mode = "canonical") -> str | None:
        """The text in upper case, or None with half of a surrogate pair."""
        return None if has_halves(text) else text.upper()

    def decoded(self, text: str) -> Decoded:
        """Stretches of codes become text; dots and dashes of prose stay."""
        return together(parts(without_halves(text), _SYMBOLS))


def _line(line: str, codes: list[str]) -> str:
    """A line in code, with a space after each symbol."""
    if line.isascii():
        return "".join([codes[byte] for byte in line.encode()])
    upper = whole(line).upper()
    return "".join([codes[ord(each)] if each.isascii() else f"{each} " for each in upper])


def _undone(line: str, mode: Mode) -> str:
    """A line as text; a space of the text stands as a slash, or as nothing between two spaces."""
    if not line:
        return ""
    codes = line.removesuffix(" ").split(" ")
    space = "" if mode == "compat" else GAP
    return "".join([" " if code == space else _SYMBOLS.get(code, code) for code in codes])
