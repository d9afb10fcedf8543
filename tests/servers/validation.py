"""What a chat request must look like, as strictly as the OpenAI API holds it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from tests.servers.chat import ApiError, Body

ROLES = ("system", "developer", "user", "assistant")


@dataclass(frozen=True, slots=True)
class _Kind:
    """The types that a parameter may have, their name in errors, and its bounds."""

    types: tuple[type, ...]
    name: str
    low: float | None = None
    high: float | None = None


def _number(low: float, high: float) -> _Kind:
    return _Kind((int, float), "decimal", low, high)


_BOOLEAN, _OBJECT = _Kind((bool,), "boolean"), _Kind((dict,), "object")
_STRING, _ARRAY = _Kind((str,), "string"), _Kind((list,), "array")

_PARAMETERS: Mapping[str, _Kind] = {
    "model": _STRING,
    "messages": _ARRAY,
    "temperature": _number(0, 2),
    "top_p": _number(0, 1),
    "frequency_penalty": _number(-2, 2),
    "presence_penalty": _number(-2, 2),
    "max_tokens": _Kind((int,), "integer", 1),
    "max_completion_tokens": _Kind((int,), "integer", 1),
    "n": _Kind((int,), "integer", 1, 1),
    "seed": _Kind((int,), "integer", -(2**63), 2**63 - 1),
    "stop": _Kind((str, list), "string or array"),
    "logprobs": _BOOLEAN,
    "top_logprobs": _Kind((int,), "integer", 0, 20),
    "response_format": _OBJECT,
    "stream": _BOOLEAN,
    "store": _BOOLEAN,
    "user": _STRING,
    "metadata": _OBJECT,
    "service_tier": _STRING,
    "reasoning_effort": _STRING,
    "verbosity": _STRING,
    "logit_bias": _OBJECT,
    "prompt_cache_key": _STRING,
    "safety_identifier": _STRING,
}


def validate(body: object, extra: Collection[str] = ()) -> Body:
    """The request's body, if a real server would take it.

    Args:
        body: The parsed JSON.
        extra: Top-level parameters that the server takes beside OpenAI's.

    Raises:
        ApiError: 400, in the API's words and codes.
    """
    if not isinstance(body, dict):
        _refuse("We could not parse the JSON body of your request.")
    for name in ("messages", "model"):
        if name not in body:
            _refuse(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    for name, value in body.items():
        if name in _PARAMETERS:
            _check(name, value, _PARAMETERS[name])
        elif name not in extra:
            _refuse(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    _check_messages(body["messages"])
    _check_together(body)
    _check_format(body.get("response_format"))
    return body


def _refuse(message: str, param: str | None = None, code: str | None = None) -> NoReturn:
    raise ApiError(400, message, param=param, code=code)


def _check(name: str, value: object, kind: _Kind) -> None:
    if value is None and name not in ("model", "messages"):
        return
    if not isinstance(value, kind.types) or (isinstance(value, bool) and bool not in kind.types):
        got = type(value).__name__
        message = f"Invalid type for '{name}': expected {kind.name}, but got {got} instead."
        _refuse(message, name, "invalid_type")
    if isinstance(value, int | float):
        _check_bounds(name, value, kind)


def _check_bounds(name: str, value: float, kind: _Kind) -> None:
    if kind.low is not None and value < kind.low:
        message = f"Invalid '{name}': expected a value >= {kind.low}, but got {value} instead."
        _refuse(message, name, f"{kind.name}_below_min_value")
    if kind.high is not None and value > kind.high:
        message = f"Invalid '{name}': expected a value <= {kind.high}, but got {value} instead."
        _refuse(message, name, f"{kind.name}_above_max_value")


def _check_messages(messages: list[Any]) -> None:
    if not messages:
        _refuse("Invalid 'messages': empty array.", "messages", "empty_array")
    for place, message in enumerate(messages):
        param = f"messages[{place}]"
        if not isinstance(message, dict):
            _refuse(f"Invalid type for '{param}': expected an object.", param, "invalid_type")
        if message.get("role") not in ROLES:
            text = f"Invalid value: '{message.get('role')}'. Supported values are: {ROLES}."
            _refuse(text, f"{param}.role", "invalid_value")
        if not _is_content(message.get("content")):
            text = f"Invalid type for '{param}.content': expected a string or text parts."
            _refuse(text, f"{param}.content", "invalid_type")


def _is_content(content: object) -> bool:
    if isinstance(content, list):
        return all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content)
    return isinstance(content, str)


def _check_together(body: Body) -> None:
    """What single parameters do not show."""
    if body.get("stream"):
        _refuse("Unsupported value: 'stream' does not support true.", "stream", "unsupported_value")
    if body.get("max_tokens") and body.get("max_completion_tokens"):
        text = "Setting 'max_tokens' and 'max_completion_tokens' at once is not supported."
        _refuse(text, "max_tokens", "invalid_parameter_combination")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        text = "Invalid 'top_logprobs': it is only allowed when 'logprobs' is true."
        _refuse(text, "top_logprobs", "invalid_parameter_combination")
    stop = body.get("stop")
    if isinstance(stop, list) and (len(stop) > 4 or not all(isinstance(one, str) for one in stop)):
        _refuse("Invalid 'stop': expected at most 4 strings.", "stop", "array_above_max_length")


def _check_format(wanted: Mapping[str, Any] | None) -> None:
    if wanted is None:
        return
    kind, name = wanted.get("type"), "response_format"
    if kind not in ("text", "json_object", "json_schema"):
        _refuse(f"Invalid value: '{kind}'.", f"{name}.type", "invalid_value")
    if kind != "json_schema":
        return
    given = wanted.get("json_schema")
    if not isinstance(given, dict) or "name" not in given:
        param = f"{name}.json_schema.name"
        _refuse(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", str(given["name"])):
        text = f"Invalid '{name}.json_schema.name': string does not match pattern."
        _refuse(text, f"{name}.json_schema.name", "invalid_value")
    complaint = _schema_complaint(orjson.dumps(given.get("schema")), bool(given.get("strict")))
    if complaint:
        text = f"Invalid schema for {name} '{given['name']}': {complaint}"
        _refuse(text, name, "invalid_json_schema")


@lru_cache(maxsize=256)
def _schema_complaint(schema: bytes, strict: bool) -> str | None:
    """Why the API would not take the schema, or None."""
    value = orjson.loads(schema)
    if value is None:
        return "schema is missing." if strict else None
    try:
        Draft202012Validator.check_schema(value)
    except SchemaError as error:
        return error.message
    if strict and value.get("type") != "object":
        return 'schema must be of "type": "object".'
    return _strict_complaint(value, ()) if strict else None


def _strict_complaint(schema: object, path: tuple[str, ...]) -> str | None:
    """What strict mode asks of each object in a schema: closed, and every property required."""
    if isinstance(schema, list):
        schema = {str(place): part for place, part in enumerate(schema)}
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            return f"In context={path}, 'additionalProperties' must be supplied and be false."
        if set(schema.get("required", ())) != set(schema.get("properties", {})):
            return f"In context={path}, 'required' must include every key in properties."
    complaints = (_strict_complaint(part, (*path, name)) for name, part in schema.items())
    return next((complaint for complaint in complaints if complaint), None)
