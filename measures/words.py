"""A text as words, for figures that compare wordings."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache


def words(text: str) -> Iterator[str]:
    """The words of a text: split at white space, case-folded, punctuation at their ends off.

    What is punctuation alone is no word. Scripts written without spaces give one word a clause.
    """
    marks = _punctuation()
    for piece in text.casefold().split():
        if piece.isalnum():  # most are, and stripping is slow
            yield piece
        elif word := piece.strip(marks):
            yield word


@cache
def _punctuation() -> str:
    """Punctuation and symbols of every script up to the surrogates, and the full-width forms."""
    ranges = (range(0xD800), range(0xFE00, 0x10000))
    marks = (chr(code) for codes in ranges for code in codes)
    return "".join(mark for mark in marks if unicodedata.category(mark)[0] in "PS")
