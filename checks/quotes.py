"""Curly quotes and apostrophes, which writers use as they please."""

from __future__ import annotations

from base.digests import Json, table_part

_STRAIGHT = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'}
)


def quotes_part() -> Json:
    """What `straight` depends on, for a digest."""
    return table_part(_STRAIGHT)


def straight(text: str) -> str:
    """The text with straight quotes and apostrophes, as patterns are written."""
    return text.translate(_STRAIGHT)
