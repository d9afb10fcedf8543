"""JSON records as published files have them, one after another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.errors import SourceError

# Published records hold control characters and line breaks inside their strings (encoded prompts),
# so that records are read one after another and never line by line.
_DECODER = json.JSONDecoder(strict=False)
_SPACE = " \t\r\n"


def json_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file, control characters and line breaks in strings included.

    Raises:
        SourceError: The file cannot be read, is not UTF-8, is empty, or holds something else.
    """
    text, place, number = _text(path), 0, 0
    while (place := _skipped(text, place)) < len(text):
        number += 1
        try:
            record, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            rule = "a file of JSON Lines must hold one record after another"
            raise SourceError(rule, f"{path.name}, record {number}")
        yield record
    if not number:
        raise SourceError("a file of JSON Lines must not be empty", path.name)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"a file must be readable: {error.strerror}", path.name) from error
    except UnicodeDecodeError:
        raise SourceError("a file of JSON Lines must be UTF-8", path.name) from None


def _skipped(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place
