"""Whether a row of a review table still is the row that was exported."""

from __future__ import annotations

_COMPARED = 200


def same_text(shown: str, found: str) -> bool:
    """Whether two texts agree in their plain letters and digits.

    A spreadsheet may change quotes, spaces and all that its encoding lacks; what is left still
    tells two prompts apart, so that ids which slipped by a line are noticed.
    """
    return _bones(shown) == _bones(found)


def _bones(text: str) -> str:
    plain = (letter for letter in text if letter.isascii() and letter.isalnum())
    return "".join(plain)[:_COMPARED].lower()
