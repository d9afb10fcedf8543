"""ASCII codes: each character as its decimal code point."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category

from base.digests import digest_of, pattern_part
from generators.mutations.encodings import types
from generators.mutations.encodings.types import Decoded, Mode, Part, character, halves_part, plain

_CODES = [f"{byte} " for byte in range(128)]
_NUMBER = re.compile("[0-9]{1,7}")
# Numbers with nothing but spaces, line breaks, commas, semicolons or bars between them.
_STRETCH = re.compile(r"(?<![\w.])[0-9]+(?:[\s,;|]+[0-9]+)*(?!\w|\.[0-9])")
_TOKEN = re.compile(r"[0-9]+|\n")
_FEWEST = 3
# Two printable characters or more run together: 32-99 has two digits, 100-126 three.
_RUN_TOGETHER = re.compile("(?:1(?:[01][0-9]|2[0-6])|3[2-9]|[4-9][0-9])+")
_ONE = re.compile("1[0-2][0-9]|[3-9][0-9]")
_LONGEST_NUMBER = 5  # digits; the emoji's six digits are never two characters run together
_UNREAD = "\ufffd"
_MEANINGLESS = frozenset({"Cc", "Cn", "Co"})  # control codes, unassigned, private


@dataclass(frozen=True, slots=True)
class Ascii:
    """Code points in decimal with spaces between; `compat` ends each line by a space and a break.

    In `canonical` a line break is a character like any other (10); in `compat` it stays.
    """

    name: str = "ascii"
    limits: str = (
        "Carries every text exactly; characters beyond ASCII stand as their decimal code points."
    )

    @property
    def digest(self) -> str:
        """Of the code, there and back in either mode."""
        return digest_of(self.name, _CODES, pattern_part(_NUMBER), _UNREAD, halves_part())

    @property
    def decoding_digest(self) -> str:
        """Of the code, and of how answers in it are read."""
        patterns = map(pattern_part, (_NUMBER, _STRETCH, _TOKEN, _RUN_TOGETHER, _ONE))
        limits = (_FEWEST, _LONGEST_NUMBER, _UNREAD, sorted(_MEANINGLESS))
        return digest_of(self.name, *patterns, *limits, types.reading_part(), halves_part())

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """Numbers for characters; raises `NotEncodableError` for half of a surrogate pair."""
        if mode == "canonical":
            return _numbers(text)[:-1]
        if "\n" not in text:  # most have one line, and this is a hot path
            return _numbers(text) + "\n"
        return "".join([_numbers(line) + "\n" for line in text.split("\n")])

    def decode(self, text: str, mode: Mode = "canonical") -> str:
        """Characters for numbers."""
        if mode == "compat":
            return "\n".join(map(_characters, text.removesuffix("\n").split("\n")))
        return _characters(text)

    def carries(self, text: str, mode: Mode = "canonical") -> str | None:
        """The text itself, or None with half of a surrogate pair."""
        return None if types.has_halves(text) else text

    def coded_share(self, text: str) -> float:
        """All of it: every character has a number."""
        return 1.0

    def decoded(self, text: str) -> Decoded:
        """Stretches of numbers that make letters become text; other numbers stay."""
        return types.together(_parts(types.without_halves(text)))


def _numbers(text: str) -> str:
    """The text in code, with a space after each number."""
    if text.isascii():
        return "".join([_CODES[byte] for byte in text.encode()])
    return "".join([f"{ord(each)} " for each in types.whole(text)])


def _characters(line: str) -> str:
    return "".join([_character(token) for token in line.split()])


def _character(token: str) -> str:
    if not _NUMBER.fullmatch(token):
        return token
    return character(int(token)) or _UNREAD


def _parts(text: str) -> Iterator[Part]:
    end = 0
    for found in _STRETCH.finditer(text):
        part = _stretch(found.group(), everything=found.group() == text.strip())
        if part is not None:
            yield plain(text[end : found.start()])
            yield part
            end = found.end()
    yield plain(text[end:])


def _stretch(text: str, everything: bool) -> Part | None:
    """The stretch as text, or None where its numbers are just numbers."""
    tokens = [one for token in _TOKEN.findall(text) for one in _apart(token)]
    numbers = [token for token in tokens if token != "\n"]
    if len(numbers) < _FEWEST and not everything:
        return None
    wrapped = "10" in numbers  # line breaks are in code, so those of the answer are no part of it
    signs = [_sign(token) for token in tokens if token != "\n" or not wrapped]
    worded = sum(
        sign == " " or (sign.isalpha() and (everything or sign.isascii())) for sign in signs
    )
    if 2 * worded < len(numbers):
        return None
    unread = sum(sign == _UNREAD for sign in signs)
    return Part("".join(signs), types.visible(text), 1 - unread / len(numbers), coded=True)


def _apart(token: str) -> list[str]:
    """A token's numbers: several where the spaces between them are missing."""
    if len(token) > _LONGEST_NUMBER and _RUN_TOGETHER.fullmatch(token):
        return _ONE.findall(token)
    return [token]


def _sign(token: str) -> str:
    if token == "\n":
        return token
    number = token.lstrip("0") or "0"
    read = _character(number) if _NUMBER.fullmatch(number) else _UNREAD
    return _UNREAD if category(read) in _MEANINGLESS and not read.isspace() else read
