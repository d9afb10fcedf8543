"""The Messages API, through Anthropic's own SDK, at its public address or another."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import anthropic
import orjson
from anthropic import AsyncAnthropic, DefaultAioHttpClient, transform_schema

from inference.canonical import Identity
from inference.models import ModelSpec, endpoint_label
from inference.prices import price_usd
from inference.providers.base import Headers, PermanentError, TransientError, api_key
from inference.providers.failures import describe, failure, lost_connection, no_credit, was_sent
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


# Sent as 400 or 403 among bad requests and refused keys, and no waiting helps.
_NO_CREDIT = re.compile(r"credit balance|spend(?:ing)? limit|usage limits", re.IGNORECASE)
_OUTPUT_BLOCK = "output blocked by content filtering policy"


def translate(
    error: anthropic.APIError, request: ChatRequest, name: str
) -> TransientError | PermanentError:
    """Which of the two ways an SDK error goes; `name` is the model's name in the recipe."""
    if isinstance(error, anthropic.APITimeoutError):
        return TransientError("timeout", "no answer in time", sent=was_sent(error))
    if not isinstance(error, anthropic.APIStatusError):
        return lost_connection(error)
    field = _field(error)
    detail = describe(error.status_code, field, request)
    if error.status_code == 402 or _is_unpaid(error, field):
        return no_credit(name, detail)
    return failure(error.status_code, error.response.headers, detail, name, field)


def blocked(error: anthropic.APIError) -> Refusal | None:
    """The refusal, where the failure is the API's own filter on what the model wrote."""
    if not isinstance(error, anthropic.APIStatusError) or error.status_code != 400:
        return None
    if _OUTPUT_BLOCK not in str(_field(error).get("message") or "").lower():
        return None
    return Refusal("provider_output_block", "error.message", _OUTPUT_BLOCK)


def _is_unpaid(error: anthropic.APIStatusError, field: dict[str, Any]) -> bool:
    code = error.error_code or ""
    if field.get("type") == "billing_error" or code.endswith("spend_limit_reached"):
        return True
    return error.status_code in (400, 403) and bool(_NO_CREDIT.search(str(field.get("message"))))


def _field(error: anthropic.APIStatusError) -> dict[str, Any]:
    field = error.body.get("error", error.body) if isinstance(error.body, dict) else {}
    return field if isinstance(field, dict) else {}


# Arguments that the SDK's `create` does not have, though the API does.
_BESIDE = ("temperature", "top_p")
# Later versions of the API, one of which the SDK asks for, refuse these two arguments.
_WITH_SAMPLING = {"anthropic-version": "2023-06-01"}


class AnthropicProvider:
    """One model behind the Messages API.

    Raises:
        KeyMissingError: The environment variable that should hold the key is not set.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Reads the key from the environment; nothing is sent yet."""
        self._spec = spec
        self.address = spec.address
        label = spec.label or endpoint_label(spec.name, self.address)
        self.identity = Identity("anthropic", label, spec.model)
        self._client = _client(spec, self.address)
        self.on_headers: Headers | None = None

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt; see `Provider.call`."""
        if request.top_logprobs is not None:
            raise PermanentError("no_logprobs", "the Messages API offers no log-probabilities")
        try:
            async with asyncio.timeout(self._spec.timeout_s):
                answer = await self._post(body_of(self._spec.model, request))
        except TimeoutError:
            raise TransientError("timeout", "no answer in time") from None
        except anthropic.APIError as error:
            return self._failed(error, request)
        return self._read(answer, request)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def _post(self, body: dict[str, Any]) -> bytes:
        beside = {name: body.pop(name) for name in _BESIDE if name in body}
        if self._spec.fixed_sampling:
            beside = {}
        raw = await self._client.messages.with_raw_response.create(**body, extra_body=beside)
        if self.on_headers is not None:
            self.on_headers(raw.headers)
        content: bytes = await raw.read()
        return content

    def _failed(self, error: anthropic.APIError, request: ChatRequest) -> Reply:
        """What an SDK error is: a filter's verdict is a reply, all else is raised."""
        if isinstance(error, anthropic.APIStatusError) and self.on_headers is not None:
            self.on_headers(error.response.headers)
        block = blocked(error)
        if block is None:
            raise translate(error, request, self._spec.name) from None
        free = price_usd(self._spec, Usage())
        return Reply(finish="content_filter", refusal=block, price_usd=free)

    def _read(self, answer: bytes, request: ChatRequest) -> Reply:
        try:
            message = orjson.loads(answer)
        except orjson.JSONDecodeError:
            raise PermanentError(
                "no_json", f"the answer is {len(answer)} bytes, not JSON"
            ) from None
        try:
            reply = read(message, request)
        except (KeyError, TypeError, AttributeError, ValueError):
            raise PermanentError("no_completion", "the answer is JSON, but no message") from None
        return replace(reply, price_usd=price_usd(self._spec, reply.usage))


def _client(spec: ModelSpec, address: str) -> AsyncAnthropic:
    """The SDK's client without its retries and tracing; those of the engine are above it."""
    key = api_key(spec)
    # Without a key the SDK would take whatever the environment holds, and send it to any server.
    headers: dict[str, Any] = {} if spec.fixed_sampling else dict(_WITH_SAMPLING)
    if not key:
        headers |= {"X-Api-Key": anthropic.omit, "Authorization": anthropic.omit}
    return AsyncAnthropic(
        api_key=key or "none",
        base_url=address.rstrip("/").removesuffix("/v1"),
        timeout=spec.timeout_s,
        max_retries=0,
        default_headers=headers,
        open_telemetry=False,  # its spans may hold texts
        http_client=DefaultAioHttpClient(timeout=spec.timeout_s),
    )
