"""Text that others wrote: read in bounds, made valid, shown without doing anything.

Models, servers and files are not trusted: their JSON may be nested without end, and their text
may hold halves of characters. What has passed here can be kept, hashed and written.
"""

import json
import re
from typing import Any

import orjson

DEEPEST = 100
"""Levels of lists and objects that are read; no answer that is asked for has a tenth of them."""

_HALVES = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def valid_text(text: str) -> str:
    r"""The text, with U+FFFD for every half of a surrogate pair: it can be encoded as UTF-8.

    Example:
        >>> valid_text("ends \ud83d")
        'ends \ufffd'
    """
    return _HALVES.sub(_REPLACEMENT, text)


def read_json(data: str | bytes, deepest: int = DEEPEST) -> Any:  # noqa: ANN401 - JSON
    r"""The JSON value, its texts valid, nested no deeper than `deepest` levels.

    Raises:
        ValueError: It is no JSON or no UTF-8, it is nested deeper, or a number of it is too long.

    Example:
        >>> read_json('{"reason": "ends \\ud83d"}')
        {'reason': 'ends \ufffd'}
        >>> read_json("[" * 101 + "]" * 101)
        Traceback (most recent call last):
        ValueError: JSON must be nested at most 100 levels deep
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _lenient(data)
    _require_shallow(value, deepest)
    return value


def _lenient(data: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """What orjson refuses and JSON allows: halves of pairs as escapes, whole numbers over 2^64."""
    try:
        return _valid(json.loads(data, parse_constant=_no_constant))
    except RecursionError:
        raise ValueError("JSON must be nested less deeply") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"JSON has no {name}")


def _valid(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, list):
        return [_valid(part) for part in value]
    if isinstance(value, dict):
        return {valid_text(name): _valid(part) for name, part in value.items()}
    return value


def _require_shallow(value: object, deepest: int) -> None:
    """Level by level, so that the depth of a value is no depth of calls."""
    level: list[object] = [value]
    for _ in range(deepest + 1):
        deeper = [part for part in level if isinstance(part, dict | list)]
        if not deeper:
            return
        level = [
            inner
            for part in deeper
            for inner in (part.values() if isinstance(part, dict) else part)
        ]
    raise ValueError(f"JSON must be nested at most {deepest} levels deep")
