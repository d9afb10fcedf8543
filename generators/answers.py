"""Reading a writer's answer: the texts in it, or why there are none; and the seeds of its draws.

Another edition draws anew: the same recipe then gives other texts, whatever server it asks.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from base.digests import Json, lines_key, pattern_part
from base.foreign_text import valid_text
from checks.clean import tidy, tidy_part
from checks.refusal_phrases import WriterRefused
from inference.types import Item, Reply, UnusableError

_BELOW = 2**31  # what every server takes as a seed


def drawing_part() -> Json:
    """What a row's sampling seed depends on besides the row, for a digest."""
    return _BELOW


def seed_of(row: str, edition: str) -> int:
    """A row's sampling seed in an edition; further attempts count up from it."""
    return int.from_bytes(lines_key(edition, row)[:8]) % (_BELOW - 10_000)


_REFUSED = WriterRefused()
_BETWEEN = re.compile(r"[\s,]*+")
_FLAT = re.compile(r'"(?:[^"\\]|\\.)*+"|\{(?:[^"{}]|"(?:[^"\\]|\\.)*+")*+\}', re.DOTALL)


def willing_part() -> Json:
    """What tells that a writer declined, for a digest."""
    return _REFUSED.digest


def texts_part() -> Json:
    """What the texts in a JSON answer depend on, for a digest."""
    return [willing_part(), tidy_part(), *_pieces_part()]


def objects_part() -> Json:
    """What the objects in a JSON answer depend on, for a digest."""
    return [willing_part(), tidy_part(), *_pieces_part()]


def _pieces_part() -> list[Json]:
    return [pattern_part(_BETWEEN), pattern_part(_FLAT)]


def texts_schema(key: str, count: int) -> str:
    """The JSON schema of an object whose `key` holds `count` texts, as canonical JSON."""
    return list_schema(key, count, {"type": "string"})


def list_schema(key: str, count: int, each: Mapping[str, Json]) -> str:
    """The JSON schema of an object whose `key` holds `count` values, each of a schema."""
    texts = {"type": "array", "items": each, "minItems": count, "maxItems": count}
    schema = {
        "type": "object",
        "properties": {key: texts},
        "required": [key],
        "additionalProperties": False,
    }
    return json.dumps(schema, sort_keys=True)


def texts_in(item: Item, reply: Reply, key: str) -> tuple[str, ...]:
    """The texts of a JSON answer, tidied; what is no text is left out, its siblings stay.

    Of an answer that was cut, or has words around its JSON, the texts that are whole are taken.

    Raises:
        UnusableError: `writer_refused`, `unparseable` or `empty`.
    """
    values = _values_in(item, reply, key)
    given = (valid_text(value) for value in values if isinstance(value, str))
    texts = tuple(tidied for text in given if (tidied := tidy(text)))
    if not texts:
        raise UnusableError("empty")
    return texts


def objects_in(item: Item, reply: Reply, key: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The texts of a JSON answer, tidied, each with the object that it came in.

    An object has its text in `text`; a text that stands alone has an object without a key. What is
    neither is left out, its siblings stay. Of an answer that was cut, what is whole is taken.

    Raises:
        UnusableError: `writer_refused`, `unparseable` or `empty`.
    """
    found: list[tuple[str, Mapping[str, Any]]] = []
    for value in _values_in(item, reply, key):
        text = value.get("text") if isinstance(value, dict) else value
        if isinstance(text, str) and (tidied := tidy(valid_text(text))):
            found.append((tidied, value if isinstance(value, dict) else {}))
    if not found:
        raise UnusableError("empty")
    return tuple(found)


def _values_in(item: Item, reply: Reply, key: str) -> list[Any]:
    """The list of an answer; of one that is no JSON, what is whole of its list."""
    require_willing(item, reply)
    found = _whole_values(reply.text, key) if reply.parsed is None else reply.parsed
    values = found.get(key) if isinstance(found, dict) else found
    if not isinstance(values, list):
        raise UnusableError("unparseable")
    return values


def _whole_values(text: str, key: str) -> list[Any] | None:
    """The values that the last list named `key` opens with; None where there is no such list.

    A string or a flat object that is broken in itself is left out. What is cut ends the list.
    """
    lists = list(re.finditer(rf'"{key}"\s*:\s*\[', text))
    if not lists:
        return None
    decoder, values = json.JSONDecoder(strict=False), list[Any]()
    place = _past_commas(text, lists[-1].end())
    while place < len(text):
        try:
            # Each by itself where that is all: an error counts the lines of the text before it.
            if flat := _FLAT.match(text, place):
                place = flat.end()
                values.append(json.loads(flat[0], strict=False))
            else:
                value, place = decoder.raw_decode(text, place)
                values.append(value)
        except (ValueError, RecursionError):
            if flat is None:
                break
        place = _past_commas(text, place)
    return values


def _past_commas(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return place if found is None else found.end()


def require_willing(item: Item, reply: Reply) -> None:
    """Refuses an answer in which the writer, or its server, declined to write.

    Raises:
        UnusableError: `writer_refused`.
    """
    if reply.refusal is not None or _REFUSED(item, reply.text) is not None:
        raise UnusableError("writer_refused")
