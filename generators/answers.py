"""Reading a writer's answer: the texts in it, or why there are none."""

from __future__ import annotations

import json

from checks.clean import tidy
from checks.refusal_phrases import WriterRefused
from inference.types import Item, Reply, Unusable

_REFUSED = WriterRefused()


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

    Raises:
        Unusable: `writer_refused`, `unparseable` or `empty`.
    """
    require_willing(item, reply)
    found = reply.parsed
    values = found.get(key) if isinstance(found, dict) else found
    if not isinstance(values, list):
        raise Unusable("unparseable")
    texts = tuple(tidied for value in values if isinstance(value, str) and (tidied := tidy(value)))
    if not texts:
        raise Unusable("empty")
    return texts


def require_willing(item: Item, reply: Reply) -> None:
    """Refuses an answer in which the writer, or its server, declined to write.

    Raises:
        Unusable: `writer_refused`.
    """
    if reply.refusal is not None or _REFUSED(item, reply.text) is not None:
        raise Unusable("writer_refused")
