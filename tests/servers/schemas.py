"""Values that keep a JSON schema, for behaviours that must answer any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeAlias

from tests.servers.sentences import WORDS

Schema: TypeAlias = Mapping[str, Any]


def conform(schema: Schema, rng: Random) -> Any:  # noqa: ANN401 - JSON
    """A value that keeps `schema`; knows what structured outputs allow."""
    return _value(schema, schema, rng)


def texts_property(schema: Schema) -> tuple[str, Schema] | None:
    """The first property of an object schema that is an array of texts, with its schema.

    A text is a string, or an object that has one as its `text`.
    """
    for name, given in schema.get("properties", {}).items():
        found = resolve(schema, given)
        if found.get("type") == "array":
            items = resolve(schema, found.get("items", {}))
            text = items.get("properties", {}).get("text", {})
            if _is_free(items) or _is_free(text):
                return name, found
    return None


def as_asked(array: Schema, texts: Sequence[str], rng: Random) -> list[Any]:
    """Texts as an array's schema has them: as they are, or as objects with labels of any kind."""
    items = array.get("items", {})
    if items.get("type") != "object":
        return list(texts)
    return [{**_value(items, items, rng), "text": text} for text in texts]


def _is_free(schema: Schema) -> bool:
    return schema.get("type") == "string" and "enum" not in schema


def resolve(root: Schema, schema: Schema) -> Schema:
    """The schema that a local `$ref` points to, or the first alternative of an `anyOf`."""
    while True:
        if "$ref" in schema:
            found: Schema = root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        elif "anyOf" in schema:
            schema = schema["anyOf"][0]
        else:
            return schema


def _value(root: Schema, given: Schema, rng: Random) -> Any:  # noqa: ANN401 - JSON
    schema = resolve(root, given)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type", "object")
    return _MAKERS[kind[0] if isinstance(kind, list) else kind](root, schema, rng)


def _object(root: Schema, schema: Schema, rng: Random) -> dict[str, Any]:
    return {name: _value(root, part, rng) for name, part in schema.get("properties", {}).items()}


def _array(root: Schema, schema: Schema, rng: Random) -> list[Any]:
    number = schema.get("minItems", min(2, schema.get("maxItems", 2)))
    return [_value(root, schema.get("items", {"type": "string"}), rng) for _ in range(number)]


def _string(_root: Schema, schema: Schema, rng: Random) -> str:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    text = " ".join(rng.choices(WORDS, k=max(4, shortest)))
    return text[:longest].rstrip().ljust(shortest, "x")


def _integer(_root: Schema, schema: Schema, rng: Random) -> int:
    low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    high = schema.get("maximum", schema.get("exclusiveMaximum", low + 11) - 1)
    return rng.randint(int(low), int(high))


def _number(_root: Schema, schema: Schema, rng: Random) -> float:
    low = float(schema.get("minimum", schema.get("exclusiveMinimum", 0.0)))
    high = float(schema.get("maximum", schema.get("exclusiveMaximum", low + 1.0)))
    return low + (high - low) * (0.25 + rng.random() / 2)


_MAKERS: Mapping[str, Callable[[Schema, Schema, Random], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda _root, _schema, rng: rng.random() < 0.5,
    "null": lambda _root, _schema, _rng: None,
}
