"""The Messages API's two forms: a `ChatRequest` as a body, an answer as a `Reply`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from anthropic import transform_schema

from inference.types import ChatRequest, Finish, Refusal, Reply, Usage

DEFAULT_MAX_TOKENS = 4096
"""The API wants a bound on every answer; every model that it serves may write this much."""

_FINISHES: Mapping[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}
_SILENT = frozenset({"thinking", "redacted_thinking"})


def body_of(model: str, request: ChatRequest) -> dict[str, Any]:
    """The request's body. The seed is left out: the API has none.

    System turns become the `system` text, wherever they stood. A final assistant turn is continued
    by the models that allow it, and is left out beside a schema, which no model allows.
    """
    system = "\n\n".join(turn.content for turn in request.messages if turn.role == "system")
    body: dict[str, Any] = {
        "model": model,
        "messages": _turns(request),
        "max_tokens": request.max_tokens or DEFAULT_MAX_TOKENS,
        "temperature": request.temperature,
    }
    if system:
        body["system"] = system
    if request.top_p is not None:
        body["top_p"] = request.top_p
    stops = [stop for stop in request.stop if stop.strip()]  # the API refuses white space
    if stops:
        body["stop_sequences"] = stops
    if request.json_schema is not None:
        schema = _schema(request.json_schema)
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    return body


def read(answer: Mapping[str, Any], request: ChatRequest) -> Reply:
    """The reply in a message's JSON, without its price.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: It is no message.
    """
    blocks = answer["content"]
    whole = "".join(block["text"] for block in blocks if block["type"] == "text")
    text = _before(whole, [stop for stop in request.stop if not stop.strip()])
    reason = answer.get("stop_reason")
    finish = "stop" if text != whole else _FINISHES.get(str(reason), "other")
    others = {block["type"] for block in blocks} - {"text", "tool_use"} - _SILENT
    if not text.strip() and others and finish != "tool_calls":
        finish = "not_text"
    return Reply(
        text=text,
        finish=finish,
        refusal=_refusal(answer) if reason == "refusal" else None,
        usage=_usage(answer.get("usage") or {}),
        model=str(answer.get("model") or ""),
    )


def _turns(request: ChatRequest) -> list[dict[str, str]]:
    turns = [
        {"role": turn.role, "content": turn.content}
        for turn in request.messages
        if turn.role != "system"
    ]
    if turns and turns[-1]["role"] == "assistant":
        begun = turns[-1]["content"].rstrip()  # the API refuses white space at its end
        if request.json_schema is not None or not begun:
            return turns[:-1]
        turns[-1]["content"] = begun
    return turns


@lru_cache(maxsize=64)
def _schema(text: str) -> dict[str, Any]:
    """The schema as the API takes it: what it does not know moves into descriptions."""
    return transform_schema(orjson.loads(text))


def _before(text: str, stops: list[str]) -> str:
    """The text up to the first of the stops."""
    return text[: min((place for stop in stops if (place := text.find(stop)) >= 0), default=None)]


def _refusal(answer: Mapping[str, Any]) -> Refusal:
    category = (answer.get("stop_details") or {}).get("category")
    raw = "refusal" if category is None else f"refusal: {category}"
    return Refusal("model_refusal", "stop_reason", raw)


def _usage(fields: Mapping[str, Any]) -> Usage:
    """Tokens; the API counts cached ones beside the input, and thinking within the output."""
    read_ = int(fields.get("cache_read_input_tokens") or 0)
    written = int(fields.get("cache_creation_input_tokens") or 0)
    thinking = (fields.get("output_tokens_details") or {}).get("thinking_tokens")
    return Usage(
        input_tokens=int(fields.get("input_tokens") or 0) + read_ + written,
        output_tokens=int(fields.get("output_tokens") or 0),
        cached_tokens=read_,
        reasoning_tokens=int(thinking or 0),
    )
