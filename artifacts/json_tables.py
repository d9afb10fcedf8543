"""Rows as JSON: an object a line, or one list of objects; and where one of them is none."""

import json
from collections.abc import Iterator
from contextlib import suppress

import orjson

from base.did_you_mean import repeated
from base.foreign_text import read_json

_KINDS = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
_MIXED = "values of several kinds in one column"
_BLANK = b"\xef\xbb\xbf \t\r\n"
_FIRST_BYTES = 1 << 20


class RowMalformedError(ValueError):
    """A row is no object. It is said where, and never what stands there."""


def lines_of(raw: bytes) -> bytes:
    """The objects of a list, one a line; objects a line are given as they are.

    A file `x.json` is as often the one as the other.

    Raises:
        RowMalformedError: It is neither, or an item of the list is no object.
        ValueError: It is no JSON at all, or nested too deeply.
    """
    text = raw.strip()
    if text[:1] != b"[":
        return raw
    try:
        items = read_json(text)
    except ValueError:
        raise RowMalformedError(_syntax_problem(raw)) from None
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise RowMalformedError(f"item {number}: {_kind(item)}, not an object")
    return b"\n".join(map(orjson.dumps, items))


def twice(raw: bytes) -> str | None:
    """A name that the first object has twice, or None.

    A writer of such objects writes all of them so; of each, readers see one value.
    """
    text = raw[:_FIRST_BYTES].decode("utf-8", "replace").lstrip("[ \t\r\n")
    decoder = json.JSONDecoder(
        strict=False, object_pairs_hook=lambda pairs: repeated([name for name, _ in pairs]) or ""
    )
    with suppress(ValueError, RecursionError):
        return (decoder.raw_decode(text)[0] or None) if text.startswith("{") else None
    return None


def problem_of(raw: bytes) -> str:
    r"""Why objects, one a line, make no table; without their texts.

    Example:
        >>> problem_of(b'{"a": 1}\n\n["b"]\n')
        'line 3: a list, not an object'
    """
    for number, line in _lines(raw):
        try:
            value = read_json(line)
        except ValueError:
            whole = number == 1 and _is_object(raw)
            return "one object, not a list of them" if whole else f"line {number}: no JSON"
        if not isinstance(value, dict):
            return f"line {number}: {_kind(value)}, not an object"
    return _MIXED


def list_problem_of(raw: bytes) -> str:
    """The same of a `.json` table, whose items `lines_of` has looked at where it is a list."""
    return _MIXED if raw.lstrip(_BLANK)[:1] == b"[" else problem_of(raw)


def _is_object(raw: bytes) -> bool:
    with suppress(ValueError):
        return isinstance(read_json(raw), dict)
    return False


def _lines(raw: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.strip():
            yield number, line


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a number")


def _syntax_problem(raw: bytes) -> str:
    """Where a list breaks off: the parser's words are not needed, its place is."""
    try:
        json.loads(raw)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}: no JSON"
    except (ValueError, RecursionError):
        pass
    return "a list that is nested too deeply"
