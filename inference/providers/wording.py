"""Servers' messages in words that any server uses; every other word may be somebody's text or key.

Servers repeat what they were sent: prompts in a 400, the key in a 401. A message is shown so that
a person can act on it, and an error line is the last place for a prompt. So only words of a fixed
vocabulary and numbers are kept, and whatever else stands between them becomes one ellipsis.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_PIECES = re.compile(r"[A-Za-z]+(?:['\u2019][a-z]+)?|\d+(?:[.,:]\d+)*|\S")
_LONGEST_NUMBER = 9  # digits; a longer one may be a key or a telephone number
_HIDDEN = "…"
_LOOSE = frozenset(".,:;!?)(")


def plain(message: str, longest: int) -> str:
    """The message with unknown words hidden, at most `longest` characters; "" if little is left.

    Args:
        message: What a server said.
        longest: Characters.
    """
    shown: list[str] = []
    known = 0
    for word in message.split():
        piece = _shown(word)
        known += piece != _HIDDEN
        if not (piece == _HIDDEN and shown and shown[-1] == _HIDDEN):
            shown.append(piece)
    return " ".join(shown)[:longest] if 2 * known > len(shown) else ""


def _shown(word: str) -> str:
    """The word, if all of it is known; punctuation around a known word stays."""
    for piece in _PIECES.findall(word):
        if piece[0].isdigit():
            if sum(each.isdigit() for each in piece) > _LONGEST_NUMBER:
                return _HIDDEN
        elif piece[0].isascii() and piece[0].isalpha():
            if piece.lower().replace("\u2019", "'") not in _vocabulary():
                return _HIDDEN
        elif piece not in _LOOSE and piece not in "'\"`/-_":
            return _HIDDEN
    return word


@cache
def _vocabulary() -> frozenset[str]:
    text = (files("inference.providers") / "error_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
