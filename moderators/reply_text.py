"""What is read of a reply: valid text, its two ends where it is long, and the last JSON in it.

A reply may be anything: a loop of brackets, a megabyte of white space, half a character. Every
reading of a verdict begins here, so that its time is bounded by `READ_CHARACTERS` and what it
finds can be written to a table.
"""

import json
import re
from typing import Any

from base.digests import Json, pattern_part
from base.foreign_text import DEEPEST, read_json, valid_text
from inference.types import Reply

READ_CHARACTERS = 20_000
"""Characters of a reply that are read, thoughts aside; no verdict that was asked for is as long."""

_FAR_TOO_DEEP = 3  # objects that Python's own depth does not suffice for
_OPENS = re.compile(r'\{[ \t\r\n]*["}]')


def ends_part() -> Json:
    """What `read_ends` depends on, for a digest."""
    return READ_CHARACTERS


def object_part() -> Json:
    """What `last_object` depends on, for a digest."""
    return [ends_part(), DEEPEST, _FAR_TOO_DEEP, pattern_part(_OPENS)]


def read_ends(text: str) -> str:
    r"""The text, valid; of a longer one than `READ_CHARACTERS` its two ends, on lines of their own.

    A verdict stands first or last, as its judge was asked to think aloud or not.

    Example:
        >>> read_ends("yes \ud83d")
        'yes \ufffd'
        >>> len(read_ends("a" * 1_000_000))
        20001
    """
    if len(text) > READ_CHARACTERS:
        half = READ_CHARACTERS // 2
        text = f"{text[:half]}\n{text[-half:]}"
    return valid_text(text)


def object_in(reply: Reply) -> dict[str, Any] | None:
    """The JSON object that a reply is, or the last one in its text; None where there is none."""
    return reply.parsed if isinstance(reply.parsed, dict) else last_object(reply.text)


def said(value: object) -> str:
    """A text of a JSON object, valid and without white space around it; "" for what is no text."""
    return valid_text(value).strip() if isinstance(value, str) else ""


def last_object(text: str) -> dict[str, Any] | None:
    """The last JSON object in a text; None where it is nested deeper than any answer.

    It may stand in a code fence, or after thoughts: for servers that ignore schemas. Time is
    linear in what is read, the two ends of a long text.
    """
    text = read_ends(text)
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    last: str | None = None
    end = too_deep = failures = 0
    failed_at = -1
    while found := _OPENS.search(text, end):
        start = found.start()
        try:
            _, end = decoder.raw_decode(text, start)
            last, failures = text[start:end], 0
        except RecursionError:
            too_deep, end = too_deep + 1, start + 1
            if too_deep > _FAR_TOO_DEEP:
                return None
        except ValueError as error:
            # Objects that stand open in each other all fail at one place, and each is read up to
            # it: so many of them are nested deeper than what is taken for an answer.
            place: int = getattr(error, "pos", start)
            failures = failures + 1 if place == failed_at else 0
            failed_at, end = place, start + 1
            if failures > DEEPEST:
                end, failures = max(place, end), 0
    return None if last is None else _shallow(last)


def _no_constant(name: str) -> float:
    raise ValueError(f"JSON has no {name}")


def _shallow(text: str) -> dict[str, Any] | None:
    try:
        value = read_json(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
