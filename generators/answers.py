"""Reading a writer's answer: the texts in it, or why there are none; and the seeds of its draws.

Another edition draws anew: the same recipe then gives other texts, whatever server it asks.
"""

import contextlib
import hashlib
import json
import re

from base.digests import Json, pattern_part
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
    named = f"{edition}\n{row}".encode()
    return int.from_bytes(hashlib.sha256(named).digest()[:8]) % (_BELOW - 10_000)


_REFUSED = WriterRefused()
_STRING = re.compile(r'[\s,]*("(?:[^"\\]|\\.)*")', re.DOTALL)


def willing_part() -> Json:
    """What tells that a writer declined, for a digest."""
    return _REFUSED.digest


def texts_part() -> Json:
    """What the texts in a JSON answer depend on, for a digest."""
    return [willing_part(), tidy_part(), pattern_part(_STRING)]


def texts_schema(key: str, count: int) -> str:
    """The JSON schema of an object whose `key` holds `count` texts, as canonical JSON."""
    texts = {"type": "array", "items": {"type": "string"}, "minItems": count, "maxItems": count}
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
    require_willing(item, reply)
    found = _whole_texts(reply.text, key) if reply.parsed is None else reply.parsed
    values = found.get(key) if isinstance(found, dict) else found
    if not isinstance(values, list):
        raise UnusableError("unparseable")
    given = (valid_text(value) for value in values if isinstance(value, str))
    texts = tuple(tidied for text in given if (tidied := tidy(text)))
    if not texts:
        raise UnusableError("empty")
    return texts


def _whole_texts(text: str, key: str) -> list[str] | None:
    """The strings that the last list named `key` opens with; None where there is no such list."""
    lists = list(re.finditer(rf'"{key}"\s*:\s*\[', text))
    if not lists:
        return None
    texts: list[str] = []
    place = lists[-1].end()
    while next_text := _STRING.match(text, place):
        with contextlib.suppress(json.JSONDecodeError):
            texts.append(json.loads(next_text[1], strict=False))
        place = next_text.end()
    return texts


def require_willing(item: Item, reply: Reply) -> None:
    """Refuses an answer in which the writer, or its server, declined to write.

    Raises:
        UnusableError: `writer_refused`.
    """
    if reply.refusal is not None or _REFUSED(item, reply.text) is not None:
        raise UnusableError("writer_refused")
