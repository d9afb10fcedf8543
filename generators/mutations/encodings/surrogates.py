"""Halves of surrogate pairs: neither JSON in UTF-8 nor Parquet can hold them."""

from __future__ import annotations

import re

from base.digests import Json, pattern_part
from generators.errors import NotEncodable

_HALF = re.compile("[\ud800-\udfff]")


def halves_part() -> Json:
    """What a half of a surrogate pair is, for a digest."""
    return pattern_part(_HALF)


def utf8(text: str) -> bytes:
    """The text in UTF-8.

    Raises:
        NotEncodable: It holds half of a surrogate pair.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        found = f"U+{ord(text[error.start]):04X} at character {error.start + 1}"
        raise NotEncodable("a text must hold no half of a surrogate pair", found) from None


def whole(text: str) -> str:
    """The text itself.

    Raises:
        NotEncodable: It holds half of a surrogate pair.
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
