"""What can go wrong with one call, as values that the server acts on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from tests.servers.chat import ApiError

Payload: TypeAlias = dict[str, Any]

JSON, HTML = "application/json", "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Instead:
    """Another HTTP answer instead of the model's."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is closed before anything, or amid a body whose headers promise more."""

    after_headers: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """The answer comes this much later than others, or never where seconds is None."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class Alter:
    """The model's answer, changed before it is sent."""

    change: Callable[[Payload], Payload]


@dataclass(frozen=True, slots=True)
class Wire:
    """Bytes on the wire, well-formed HTTP or not; then the connection is closed.

    Attributes:
        write: The bytes, from the JSON of the model's answer.
        status: The status that they state; None where they are no whole answer.
        pieces: In how many pieces they go out, the first at once.
        every_s: Seconds between two pieces.
    """

    write: Callable[[bytes], bytes]
    status: int | None = None
    pieces: int = 1
    every_s: float = 0.0


Fault: TypeAlias = Instead | Cut | Wait | Alter | Wire


def api_error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Instead:
    """An error in the API's own form."""
    error = ApiError(status, message, kind=kind, param=param, code=code)
    return Instead(status, error.json(), headers=headers or {})


def rate_limited(seconds: float | None = None, ms: float | None = None) -> Instead:
    """429, with `Retry-After` in seconds, `retry-after-ms`, both or neither."""
    headers = {} if seconds is None else {"Retry-After": f"{seconds:g}"}
    if ms is not None:
        headers["retry-after-ms"] = f"{ms:g}"
    message = "Rate limit reached for requests. Please try again later."
    return api_error(429, message, kind="requests", code="rate_limit_exceeded", headers=headers)


def quota_spent() -> Instead:
    """429 that no waiting mends: the account has no credit."""
    message = "You exceeded your current quota, please check your plan and billing details."
    return api_error(429, message, kind="insufficient_quota", code="insufficient_quota")


def server_error(status: int = 500) -> Instead:
    """A 5xx in the API's form."""
    return api_error(status, "The server had an error. Sorry about that!", kind="server_error")


def key_refused(status: int = 401) -> Instead:
    """401, or 403, for a key that the server does not take."""
    return api_error(status, "Incorrect API key provided.", code="invalid_api_key")


def html(status: int = 200) -> Instead:
    """A proxy's page, where JSON should be."""
    page = b"<!doctype html><html><body><h1>Bad gateway</h1></body></html>"
    return Instead(status, page, HTML)


def half_json() -> Instead:
    """Half a completion, under headers that call it whole."""
    return Instead(200, b'{"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"mess')


def closed_before_headers() -> Cut:
    """The connection is closed instead of an answer."""
    return Cut(after_headers=False)


def closed_after_headers() -> Cut:
    """The connection is closed in the middle of the body."""
    return Cut(after_headers=True)


def hangs() -> Wait:
    """No answer, ever; the connection stays open until the server stops."""
    return Wait(None)


def slow(seconds: float) -> Wait:
    """The answer comes this much later."""
    return Wait(seconds)


def empty() -> Alter:
    """An empty string as content."""
    return message(content="")


def finish(reason: str) -> Alter:
    """Another finish reason: `length`, `content_filter`, or a foreign one such as `SAFETY`."""
    return _choice(finish_reason=reason)


def refusal(text: str = "I am sorry, I cannot help with that.") -> Alter:
    """The model declines, in the field made for it."""
    return message(content=None, refusal=text)


def without_usage() -> Alter:
    """No token counts."""
    return Alter(lambda payload: {key: payload[key] for key in payload if key != "usage"})


def other_model(name: str) -> Alter:
    """The answer names another model than was asked."""
    return Alter(lambda payload: {**payload, "model": name})


def padded(size: int = 1_000_000) -> Alter:
    """Content of this many characters."""
    return message(content="refusal benchmark " * (size // 18) + "x" * (size % 18))


def azure_input_block() -> Instead:
    """Azure's answer to a prompt that its filter blocks: 400, code `content_filter`."""
    severity = {"violence": {"filtered": True, "severity": "medium"}}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": severity}
    error = {
        "message": "The response was filtered due to the prompt triggering a content policy.",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": inner,
    }
    return Instead(400, orjson.dumps({"error": error}))


def azure_output_block() -> Alter:
    """Azure's answer where its filter stops the model: finish reason `content_filter`."""
    found = {"violence": {"filtered": True, "severity": "high"}}
    return _choice(finish_reason="content_filter", content_filter_results=found)


def azure_filter_failed() -> Alter:
    """A whole answer from Azure, whose filter did not run."""
    error = {"code": "content_filter_error", "message": "The contents are not filtered."}
    return _choice(content_filter_results={"error": error})


def gemini_input_block(reason: str = "PROHIBITED_CONTENT") -> Alter:
    """Gemini's answer to a blocked prompt: no choice at all, and the reason beside it."""
    feedback = {"blockReason": reason}
    return Alter(lambda payload: {**payload, "choices": [], "promptFeedback": feedback})


def gemini_output_block(reason: str = "SAFETY") -> Alter:
    """Gemini's answer where its filter stops the model: a choice without content."""

    def change(payload: Payload) -> Payload:
        choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant"}}
        return {**payload, "choices": [choice]}

    return Alter(change)


def gemini_without_choices(reason: str = "SAFETY") -> Alter:
    """The same where the field is left out, and its name is in the other style."""

    def change(payload: Payload) -> Payload:
        rest = {key: payload[key] for key in payload if key != "choices"}
        return {**rest, "prompt_feedback": {"block_reason": reason}}

    return Alter(change)


def gemini_refusing(status: str, message: str = "The prompt was blocked.") -> Instead:
    """Gemini's HTTP 400: the error object in a list."""
    error = {"code": 400, "message": message, "status": status}
    return Instead(400, orjson.dumps([{"error": error}]))


def mistral_guardrail() -> Instead:
    """Mistral's HTTP 403 for a prompt that a guardrail blocks: no `error` around the fields."""
    body = {
        "object": "error",
        "message": "Request blocked by guardrail moderation_llm_v2.",
        "type": "guardrail_violation",
        "code": "3900",
    }
    return Instead(403, orjson.dumps(body))


def router_moderation(flagged: str) -> Instead:
    """A router's HTTP 403 for a prompt that its moderation flags; it repeats the prompt."""
    metadata = {"reasons": ["violence"], "flagged_input": flagged}
    error = {"code": 403, "message": "Your chosen model requires moderation.", "metadata": metadata}
    return Instead(403, orjson.dumps({"error": error}))


def openai_invalid_prompt() -> Instead:
    """OpenAI's HTTP 400 for a prompt that a reasoning model's monitor flags."""
    message = "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
    return api_error(400, message, code="invalid_prompt")


def tool_calls() -> Alter:
    """The model calls a tool instead of answering."""
    call = {"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    return _choice(
        finish_reason="tool_calls",
        message={"role": "assistant", "content": None, "tool_calls": [call]},
    )


def parts(*content: Mapping[str, Any]) -> Alter:
    """Content as a list of parts: text, images, thinking."""
    return message(content=list(content))


def usage(**fields: object) -> Alter:
    """Other token counts, as far as they are given."""
    return Alter(lambda payload: {**payload, "usage": dict(fields)})


def _choice(**fields: object) -> Alter:
    def change(payload: Payload) -> Payload:
        return {**payload, "choices": [{**payload["choices"][0], **fields}]}

    return Alter(change)


def message(**fields: object) -> Alter:
    """Other fields in the message."""

    def change(payload: Payload) -> Payload:
        choice = payload["choices"][0]
        return {**payload, "choices": [{**choice, "message": {**choice["message"], **fields}}]}

    return Alter(change)
