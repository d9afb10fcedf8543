"""Whether a row of a review table still is the row that was exported."""

from __future__ import annotations

import unicodedata

_COMPARED = 200
_LATIN = "cp1252"


def same_text(shown: str, found: str) -> bool:
    """Whether two texts agree in their plain letters and digits.

    A spreadsheet may change quotes, spaces and all that its encoding lacks; what is left still
    tells two prompts apart, so that ids which slipped by a line are noticed. Letters that Latin-1
    lacks count where the spreadsheet has kept any of them.
    """
    shown, found = (unicodedata.normalize("NFC", text) for text in (shown, found))
    if _bones(shown) != _bones(found):
        return False
    others = _others(shown)
    return not others or others == _others(found)


def _bones(text: str) -> str:
    plain = (letter for letter in text if letter.isascii() and letter.isalnum())
    return "".join(plain)[:_COMPARED].lower()


def _others(text: str) -> str:
    """The letters of other scripts."""
    letters = (letter for letter in text if letter.isalnum() and not _is_latin(letter))
    return "".join(letters)[:_COMPARED]


def _is_latin(letter: str) -> bool:
    try:
        letter.encode(_LATIN)
    except UnicodeEncodeError:
        return False
    return True
