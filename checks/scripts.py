"""Which script a text is written in: the share of its letters in a block of Unicode."""

from __future__ import annotations

import re
import unicodedata

from base.digests import Json, pattern_part

READ_CHARACTERS = 10_000

_BLOCKS = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Malayalam": "\u0d00-\u0d7f",
    "Tamil": "\u0b80-\u0bff",
    "Devanagari": "\u0900-\u0963\u0966-\u097f\ua8e0-\ua8ff",
    "Han": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af",
    "Kana": "\u3041-\u3096\u30a1-\u30fa\u30fc",
    "Hangul": "\u1100-\u11ff\uac00-\ud7a3",
}
SCRIPTS = tuple(_BLOCKS)
_LETTERS = {name: re.compile(f"[{block}]") for name, block in _BLOCKS.items()}


def scripts_part(*scripts: str) -> Json:
    """What the shares of these scripts depend on, for a digest."""
    return [READ_CHARACTERS, *(pattern_part(_LETTERS[script]) for script in scripts)]


def script_share(text: str, script: str) -> float:
    """The share of a text's letters and their marks that belong to `script`, 0 without letters.

    Read are the first 10,000 characters.

    Args:
        text: Any text.
        script: One of `SCRIPTS`.
    """
    start = text[:READ_CHARACTERS]
    letters = [each for each in start if unicodedata.category(each)[0] in "LM"]
    found = len(_LETTERS[script].findall("".join(letters)))
    return found / len(letters) if letters else 0.0
