"""What a Messages request must look like, as strictly as the Anthropic API holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from tests.servers.chat import ApiError, Body, text_of

_TYPES: Mapping[str, tuple[type, ...]] = {
    "model": (str,),
    "messages": (list,),
    "max_tokens": (int,),
    "system": (str, list),
    "temperature": (int, float),
    "top_p": (int, float),
    "top_k": (int,),
    "stop_sequences": (list,),
    "stream": (bool,),
    "metadata": (dict,),
    "output_config": (dict,),
    "service_tier": (str,),
    "thinking": (dict,),
    "tool_choice": (dict,),
    "tools": (list,),
}
_REQUIRED = ("model", "messages", "max_tokens")
_ROLES = ("user", "assistant")
# Keywords that structured outputs do not know; `minItems` may be 0 or 1.
_UNKNOWN = frozenset(
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxItems"
    " uniqueItems oneOf".split()
)


def validate(body: object) -> Body:
    """The request's body, if the real API would take it.

    Raises:
        ApiError: 400 `invalid_request_error`, in about the API's words.
    """
    if not isinstance(body, dict):
        _refuse("The request body is not valid JSON.")
    for name in _REQUIRED:
        if name not in body:
            _refuse(f"{name}: Field required")
    for name, value in body.items():
        if name not in _TYPES:
            _refuse(f"{name}: Extra inputs are not permitted")
        if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and name != "stream"):
            _refuse(f"{name}: Input should be a valid {_TYPES[name][0].__name__}")
    _check_numbers(body)
    _check_messages(body["messages"])
    _check_marks(body)
    _check_format((body.get("output_config") or {}).get("format"), body["messages"])
    return body


def _refuse(message: str) -> NoReturn:
    raise ApiError(400, message)


def _check_numbers(body: Body) -> None:
    if body["max_tokens"] < 1:
        _refuse("max_tokens: Input should be greater than or equal to 1")
    for name in ("temperature", "top_p"):
        if not 0 <= body.get(name, 0) <= 1:
            _refuse(f"{name}: range: 0..1")
    if any(not stop.strip() for stop in body.get("stop_sequences", ())):
        _refuse("stop_sequences: each stop sequence must contain non-whitespace")


def _check_messages(turns: Sequence[Mapping[str, Any]]) -> None:
    if not turns:
        _refuse("messages: at least one message is required")
    for place, turn in enumerate(turns):
        if turn.get("role") not in _ROLES:
            _refuse(f'messages.{place}.role: Unexpected role "{turn.get("role")}".')
        if not isinstance(turn.get("content"), str | list):
            _refuse(f"messages.{place}.content: Field required")
        if not text_of(turn).strip():
            _refuse("messages: text content blocks must contain non-whitespace text")
    if turns[0]["role"] != "user":
        _refuse('messages: first message must use the "user" role')
    final = text_of(turns[-1])
    if turns[-1]["role"] == "assistant" and final != final.rstrip():
        _refuse("messages: final assistant content cannot end with trailing whitespace")


_MOST_MARKS = 4


def _check_marks(body: Body) -> None:
    parts = [
        part
        for content in (body.get("system"), *(turn["content"] for turn in body["messages"]))
        if isinstance(content, list)
        for part in content
    ]
    marks = [part["cache_control"] for part in parts if "cache_control" in part]
    if len(marks) > _MOST_MARKS:
        _refuse(f"A maximum of {_MOST_MARKS} blocks with cache_control may be provided.")
    for mark in marks:
        if mark.get("type") != "ephemeral" or mark.get("ttl", "5m") not in ("5m", "1h"):
            _refuse("cache_control: Input tag does not match any of the expected tags: 'ephemeral'")
    if any("cache_control" in part and not part.get("text") for part in parts):
        _refuse("cache_control cannot be set for empty text blocks")


def _check_format(wanted: Mapping[str, Any] | None, turns: Sequence[Mapping[str, Any]]) -> None:
    if wanted is None:
        return
    if wanted.get("type") != "json_schema" or not isinstance(wanted.get("schema"), dict):
        _refuse("output_config.format: a `json_schema` with its `schema` is required")
    if turns[-1]["role"] == "assistant":
        _refuse("output_config.format: prefilling the answer is not supported beside it")
    for complaint in _complaints(wanted["schema"]):
        _refuse(f"output_config.format.schema: {complaint}")


def _complaints(schema: object) -> Iterator[str]:
    """What in a schema the API does not take."""
    if isinstance(schema, list):
        for part in schema:
            yield from _complaints(part)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield "For 'object' type, 'additionalProperties' must be explicitly set to false"
    for name in sorted(_UNKNOWN & schema.keys()):
        if not isinstance(schema[name], dict):  # else a property of that name
            yield f"property '{name}' is not supported"
    if schema.get("minItems", 0) not in (0, 1):
        yield "'minItems' values other than 0 or 1 are not supported"
    for part in schema.values():
        yield from _complaints(part)
