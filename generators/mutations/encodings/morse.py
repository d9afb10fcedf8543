"""Morse code, and Morse as models write it: other dots and dashes, any spacing, prose around it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from base.digests import Json, digest_of, pattern_part, table_part
from generators.mutations.encodings import types
from generators.mutations.encodings.types import Decoded, Mode, Part, halves_part, has_halves, plain

_DOTS, _DASHES = ".·•∙⋅", "-−–—"  # noqa: RUF001 - what models write for dots and dashes
_SIGNS = str.maketrans(_DOTS + _DASHES, "." * len(_DOTS) + "-" * len(_DASHES))
_WORD = re.compile(r"[/|]|[^\s/|]+")
_TOKEN = re.compile(r"(?P<line>\s*\n\s*)|(?P<gap>\s*/[\s/]*|\s{2,})|(?P<code>[^\s/]+)")
_FEWEST = 3
_LONGEST = 7  # signs of the longest code
_UNREAD = "\ufffd"

Span = tuple[int, int]


def parts_part() -> Json:
    """What `parts` depends on besides the codes, for a digest."""
    patterns = map(pattern_part, (_WORD, _TOKEN))
    return [table_part(_SIGNS), *patterns, _FEWEST, _LONGEST, _UNREAD, types.reading_part()]


def parts(text: str, symbols: Mapping[str, str]) -> Iterator[Part]:
    """The stretches in code, as text, and what stands between them.

    Args:
        text: An answer.
        symbols: Code to symbol.
    """
    end = 0
    for first, last in _stretches(text):
        found = text[first:last]
        if _is_code(found, everything=found == text.strip()):
            yield plain(text[end:first])
            yield _stretch(found, symbols)
            end = last
    yield plain(text[end:])


def _stretches(text: str) -> Iterator[Span]:
    """What stands between words of prose and has a code in it.

    Slashes and bars may stand among the codes, and symbols that have none, each by itself: any but
    the letters and digits of ASCII.
    """
    first, last, coded = -1, -1, False
    for word in _WORD.finditer(text):
        token = word.group()
        is_code = not token.translate(_SIGNS).strip(".-")
        if is_code or (len(token) == 1 and not (token.isalnum() and token.isascii())):
            first, last = (word.start() if first < 0 else first), word.end()
            coded = coded or is_code
            continue
        if coded:
            yield first, last
        first, coded = -1, False
    if coded:
        yield first, last


def _is_code(text: str, everything: bool) -> bool:
    """Dots and dashes together, at least three codes; or nothing but codes that may exist."""
    signs = text.translate(_SIGNS)
    codes = re.findall("[.-]+", signs)
    if len(codes) >= _FEWEST and "." in signs and "-" in signs:
        return True
    return everything and all(len(code) <= _LONGEST for code in codes)


def _stretch(text: str, symbols: Mapping[str, str]) -> Part:
    out: list[str] = []
    codes = unread = 0
    weight = types.visible(text)
    if "/" not in text:
        text = text.replace("|", "/")
    if not ("." in text and "-" in text):  # else other dots and dashes are symbols without a code
        text = text.translate(_SIGNS)
    for token in _TOKEN.finditer(text):
        if token["code"] is None:
            out.append(" " if token["line"] is None else "\n")
            continue
        code = token["code"]
        found = symbols.get(code, code if code.strip(".-") else _UNREAD)
        codes, unread = codes + 1, unread + (found == _UNREAD)
        out.append(found)
    return Part("".join(out), weight, 1 - unread / codes, coded=True)


_DATA: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "morse.yaml").read_bytes()
)
PUBLISHED = _DATA["letters"] | _DATA["digits"] | _DATA["published_marks"]
"""What the published files encode: symbol to code."""
TABLE = PUBLISHED | _DATA["more_marks"]
"""International Morse code: symbol to code."""
GAP = "/"
"""What stands between words in `canonical`, with a space on either side."""

_CODED = frozenset(symbol for symbol in PUBLISHED if symbol.isalnum())
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
        codes = (_CANONICAL, _COMPAT, _SYMBOLS, GAP, sorted(_CODED))
        return digest_of(self.name, *codes, halves_part())

    @property
    def decoding_digest(self) -> str:
        """Of the code, and of how answers in it are read."""
        return digest_of(self.name, _SYMBOLS, parts_part(), halves_part())

    def encode(self, text: str, mode: Mode = "canonical") -> str:
        """Codes for symbols; raises `NotEncodableError` for half of a surrogate pair."""
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

    def coded_share(self, text: str) -> float:
        """Letters A-Z and digits, in either case, of all letters and digits."""
        return types.share_of([sign for sign in text.upper() if sign.isalnum()], _CODED)

    def decoded(self, text: str) -> Decoded:
        """Stretches of codes become text; dots and dashes of prose stay."""
        return types.together(parts(types.without_halves(text), _SYMBOLS))


def _line(line: str, codes: list[str]) -> str:
    """A line in code, with a space after each symbol."""
    if line.isascii():
        return "".join([codes[byte] for byte in line.encode()])
    upper = types.whole(line).upper()
    return "".join([codes[ord(each)] if each.isascii() else f"{each} " for each in upper])


def _undone(line: str, mode: Mode) -> str:
    """A line as text; a space of the text stands as a slash, or as nothing between two spaces."""
    if not line:
        return ""
    codes = line.removesuffix(" ").split(" ")
    space = "" if mode == "compat" else GAP
    return "".join([" " if code == space else _SYMBOLS.get(code, code) for code in codes])
