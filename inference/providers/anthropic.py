"""The Messages API, at its public address or another.

Answers enter by the boundary (`inference.providers.boundary`), as those of every protocol. Of the
API's own SDK only the treatment of schemas is used: its client sends whatever the environment holds
(`ANTHROPIC_CUSTOM_HEADERS`, keys, the names of this machine's system) to any server.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson
from anthropic import transform_schema

from inference.canonical import Identity
from inference.errors import RequestRefusedError
from inference.models import ModelSpec, endpoint_label
from inference.providers.base import Headers, PermanentError, api_key
from inference.providers.blocks import input_block
from inference.providers.boundary import Boundary, Dialect
from inference.providers.completion import before_stop, bounded, count_of, model_of
from inference.providers.failures import said, spoken
from inference.providers.prompt_caching import PromptCaching
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


def body_of(model: str, request: ChatRequest, *, prefill: bool = True) -> dict[str, Any]:
    """The request's body. The seed is left out: the API has none.

    System turns become the `system` text, wherever they stood. A final assistant turn is continued
    by the models that allow it, and is left out beside a schema, which no model allows.
    """
    system = "\n\n".join(turn.content for turn in request.messages if turn.role == "system")
    body: dict[str, Any] = {
        "model": model,
        "messages": _turns(request, prefill),
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
    if request.json_schema is not None and request.structured == "schema":
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
    reason = said(answer, "stop_reason")
    finish = "stop" if text != whole else _FINISHES.get(reason, "other")
    others = {block["type"] for block in blocks} - {"text", "tool_use"} - _SILENT
    if not text.strip() and others and finish != "tool_calls":
        finish = "not_text"
    return Reply(
        text=text,
        finish=finish,
        refusal=_refusal(answer) if reason == "refusal" else None,
        usage=_usage(answer.get("usage")),
        model=model_of(answer),
    )


def _turns(request: ChatRequest, prefill: bool) -> list[dict[str, str]]:
    turns = [
        {"role": turn.role, "content": turn.content}
        for turn in request.messages
        if turn.role != "system"
    ]
    if turns and turns[-1]["role"] == "assistant":
        begun = turns[-1]["content"].rstrip()  # the API refuses white space at its end
        if not prefill or request.json_schema is not None or not begun:
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
    category = said(_object(answer.get("stop_details")), "category")
    raw = f"refusal: {category[:_LONGEST_CATEGORY]}" if category else "refusal"
    return Refusal("model_refusal", "stop_reason", raw)


_LONGEST_CATEGORY = 100


def _usage(fields: object) -> Usage:
    """Tokens; the API counts cached ones beside the input, and thinking within the output.

    Where any count is none, nothing is known of the whole.
    """
    if not isinstance(fields, dict):
        return Usage()
    details = fields.get("output_tokens_details")
    try:
        cached = count_of(fields, "cache_read_input_tokens")
        written = count_of(fields, "cache_creation_input_tokens")
        usage = Usage(
            input_tokens=count_of(fields, "input_tokens") + cached + written,
            output_tokens=count_of(fields, "output_tokens"),
            cached_tokens=cached,
            cache_write_tokens=written,
            reasoning_tokens=count_of(_object(details), "thinking_tokens"),
        )
    except ValueError:
        return Usage()
    return bounded(usage)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


# Sent as 400 or 403 among bad requests and refused keys, and no waiting helps.
_NO_CREDIT = re.compile(r"credit balance|spend(?:ing)? limit|usage limits", re.IGNORECASE)
_BLOCK = re.compile(r"\b(output|input|prompt) blocked by content filtering policy", re.IGNORECASE)


def _blocked(status: int, field: Mapping[str, Any], request: ChatRequest) -> Refusal | None:
    """The refusal, where the failure is a filter on what was sent or on what the model wrote."""
    found = _BLOCK.search(spoken(field, request)) if status == 400 else None
    if found is None:
        return input_block(status, field, request)
    raw = found[0].lower()
    if raw.startswith("output"):
        return Refusal("provider_output_block", "error.message", raw)
    return Refusal("provider_input_block", "error.message", raw)


def _is_unpaid(status: int, field: Mapping[str, Any], request: ChatRequest) -> bool:
    code = said(_object(field.get("details")), "error_code")
    if field.get("type") == "billing_error" or code.endswith("spend_limit_reached"):
        return True
    return status in (400, 403) and bool(_NO_CREDIT.search(spoken(field, request)))


# The version that takes `temperature` and `top_p`, and for models that take neither, the newest.
_WITH_SAMPLING, _NEWEST = "2023-06-01", "2026-10-21"
_SAMPLING = frozenset({"temperature", "top_p", "stop_sequences"})
_DIALECT = Dialect("message", read, _blocked, _is_unpaid)


def identity_of(spec: ModelSpec) -> Identity:
    """What a model is, without a key."""
    label = spec.label or endpoint_label(spec.name, spec.address)
    return Identity("anthropic", label, spec.model, spec.settings)


class AnthropicProvider:
    """One model behind the Messages API.

    Raises:
        KeyMissingError: The environment variable that should hold the key is not set.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Reads the key from the environment; nothing is sent yet."""
        self._spec = spec
        self.address = spec.address
        self.identity = identity_of(spec)
        version = _NEWEST if spec.fixed_sampling else _WITH_SAMPLING
        headers = spec.request_headers(api_key(spec))
        at_root = replace(spec, base_url=self.address.rstrip("/").removesuffix("/v1"))
        self._boundary = Boundary(
            spec,
            at_root.url("v1/messages"),
            headers | {"anthropic-version": version} | dict(spec.headers),
            _DIALECT,
        )
        self._caching = PromptCaching()
        self.on_headers: Headers | None = None

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt; see `Provider.call`."""
        if request.top_logprobs is not None:
            raise self._no_logprobs()
        body = body_of(self._spec.model, request, prefill=self._spec.prefill)
        if self._spec.fixed_sampling:
            body = {name: value for name, value in body.items() if name not in _SAMPLING}
        body = self._spec.completed(self._caching.marked(body))
        reply = await self._boundary.ask(orjson.dumps(body), request, self.on_headers)
        return before_stop(reply, request.stop) if self._spec.fixed_sampling else reply

    def _no_logprobs(self) -> PermanentError:
        """Ends the model: nothing was sent, and no other request of its kind can fare better."""
        rule = f"model `{self._spec.name}` must be of an API that offers log-probabilities"
        error = RequestRefusedError(rule, "the Messages API")
        return PermanentError("no_logprobs", "the Messages API has no log-probabilities", error)

    async def close(self) -> None:
        """Closes the connections."""
        await self._boundary.close()
