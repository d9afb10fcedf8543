"""Digests: SHA-256 over values that say themselves all there is to say of them.

What a stage's tables were made from is hashed, so that what changed is made anew and nothing else.
A value's `repr` is no ground for that: a compiled pattern's ends after 200 characters, and it names
classes and fields, whose names decide nothing. So a digest is made of JSON alone, and everything
else says by itself, in JSON, what it depends on.

What is drawn is drawn by digests too: of explicit values (for whom, in which edition, what for), so
that it depends on no order, no shard and no reply.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

from base.errors import RefuseryError

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a digest can be made from: of sequences lists and tuples, of mappings dictionaries alone."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_KeyT = TypeVar("_KeyT", int, str)
_ThingT = TypeVar("_ThingT")


class DigestError(RefuseryError, TypeError):
    """A digest is to be made from what has no one form, or is missing where one is needed."""

    exit_code = 2


def digest_of(*parts: Json) -> str:
    """SHA-256, in hex, of values in their order.

    Args:
        *parts: None, booleans, whole and finite numbers, texts, and lists and mappings of these; a
            mapping's keys are texts, and their order decides nothing. A tuple is a list.

    Raises:
        DigestError: A part is anything else, or holds it.
    """
    for part in parts:
        _require_json(part)
    return bytes_digest(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode("ascii"))


def bytes_digest(data: bytes) -> str:
    """SHA-256, in hex, of bytes: those of a data file that were read."""
    return hashlib.sha256(data).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256, in hex, of a file's bytes.

    Raises:
        OSError: It cannot be read.
    """
    return bytes_digest(path.read_bytes())


def pattern_part(pattern: re.Pattern[str] | None) -> Json:
    """What a compiled pattern is, for a digest; None for none."""
    return None if pattern is None else [pattern.pattern, pattern.flags]


def table_part(table: Mapping[_KeyT, Json]) -> Json:
    """The entries of a table by their keys, which may be numbers: one for `str.translate`."""
    return [[key, table[key]] for key in sorted(table)]


def require_digest(kind: str, name: str, thing: object) -> str:
    """The digest of something that has one.

    Args:
        kind: What it is, such as `check`.
        name: Its name, for the error.
        thing: The thing itself.

    Raises:
        DigestError: It has none, or one that is no SHA-256 in hex.
    """
    digest = getattr(thing, "digest", None)
    if isinstance(digest, str) and _DIGEST.fullmatch(digest):
        return digest
    found = "none" if digest is None else "one that is no SHA-256 in hex"
    raise DigestError(f"a {kind} must have a digest of all that it depends on", f"{name}: {found}")


def digests_of(kind: str, things: Iterable[object]) -> list[Json]:
    """The digests of several things of one kind that have a name each, in their order.

    Raises:
        DigestError: One has none.
    """
    return [require_digest(kind, _name_of(each), each) for each in things]


def draw_key(*what: str | int) -> bytes:
    """SHA-256 of values as a JSON list, to draw by; keys compare as numbers do.

    Example:
        >>> draw_key(7, "a row").hex()[:8]
        '0c041904'
    """
    return hashlib.sha256(json.dumps(what).encode("ascii")).digest()


def lines_key(*what: str | int) -> bytes:
    """The same of values as lines, for draws that were made so before.

    Example:
        >>> lines_key("pilot", "a row").hex()[:8]
        'df15d3a6'
    """
    return hashlib.sha256("\n".join(map(str, what)).encode()).digest()


def drawn(below: int, *what: str | int) -> int:
    """A whole number from 0 to less than `below`: the same for the same values, wherever.

    Example:
        >>> drawn(100, "a row", "2026.11.0", "an age"), drawn(100, "a row", "2026.11.0", "a share")
        (97, 59)
    """
    return int.from_bytes(draw_key(*what)[:8]) % below


def shuffled(things: Iterable[_ThingT], *what: str | int) -> list[_ThingT]:
    """Things in an order that is drawn: each place of theirs has a key."""
    keyed = [(draw_key(*what, place), thing) for place, thing in enumerate(things)]
    return [thing for _, thing in sorted(keyed, key=lambda each: each[0])]


def _name_of(thing: object) -> str:
    return str(getattr(thing, "name", type(thing).__name__))


def _require_json(value: object) -> None:
    # By their very types: a subclass may be written in another way than it is compared.
    if value is None or type(value) in (bool, int, str):
        return
    if type(value) is float:
        if not math.isfinite(value):
            raise DigestError("a number in a digest must be finite", value)
    elif isinstance(value, list | tuple) and type(value) in (list, tuple):
        for each in value:
            _require_json(each)
    elif isinstance(value, dict) and type(value) is dict:
        for key, each in value.items():
            if type(key) is not str:
                raise DigestError("a key in a digest must be a text", _type_of(key))
            _require_json(each)
    else:
        rule = "a digest must be made of None, booleans, numbers, texts, lists and mappings"
        raise DigestError(rule, _type_of(value))


def _type_of(value: object) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
