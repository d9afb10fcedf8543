"""HTTP failures of an OpenAI-compatible server, as the SDK's error family and as ours.

The SDK's exceptions are raised by the client (`openai_client`), so that code which knows the SDK
reads them; the engine sees `Fault` and `Refused`.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping
from typing import Any

import httpx2
import openai
import orjson

from inference.errors import InferenceError, KeyRefused, RequestRefused
from inference.providers.base import Fault, Refused
from inference.types import ChatRequest

_BY_STATUS: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
}
_WORTH_REPEATING = {408, 409, 425, 429}
_NO_CREDIT = {"insufficient_quota", "billing_hard_limit_reached"}  # sent as 429; no waiting helps
_LONGEST_DETAIL = 160
_ECHO = 16  # characters of a request's text that make a server's message an echo of it


def status_error(
    status: int, headers: Mapping[str, str], body: bytes, url: str
) -> openai.APIStatusError:
    """The SDK's exception for an HTTP status that is no success."""
    request = httpx2.Request("POST", url)
    response = httpx2.Response(status, headers=dict(headers), content=body, request=request)
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = openai.InternalServerError if status >= 500 else openai.APIStatusError
    return kind(f"HTTP {status}", response=response, body=_error_field(body))


def translate(error: openai.APIError, request: ChatRequest, name: str) -> Fault | Refused:
    """Which of the two ways an SDK error goes; `name` is the model's name in the recipe."""
    if isinstance(error, openai.APITimeoutError):
        return Fault("timeout", "no answer in time")
    if isinstance(error, openai.APIConnectionError):
        return Fault("connection", type(error.__cause__ or error).__name__)
    if isinstance(error, openai.APIResponseValidationError):
        return Refused("no_json", str(error.body))
    if not isinstance(error, openai.APIStatusError):
        return Fault("connection", type(error).__name__)
    detail = _detail(error, request)
    status = error.status_code
    if error.code in _NO_CREDIT:
        rule = f"the account of model `{name}` must have credit"
        return Refused("no_credit", detail, ends_model=RequestRefused(rule, detail))
    if status in _WORTH_REPEATING or status >= 500:
        reason = "rate_limited" if status == 429 else "server_error"
        return Fault(reason, detail, retry_after(error.response.headers))
    return Refused(_reason(status), detail, ends_model=_ends(status, name, detail))


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or an HTTP date)."""
    milliseconds = headers.get("retry-after-ms")
    if milliseconds is not None and milliseconds.strip().isdigit():
        return int(milliseconds) / 1000
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        moment = email.utils.parsedate_tz(value)
        if moment is None:
            return None
        return max(0.0, email.utils.mktime_tz(moment) - (time.time() if now is None else now))


def _reason(status: int) -> str:
    if status in (401, 403):
        return "key_refused"
    return "not_found" if status == 404 else "bad_request"


def _ends(status: int, name: str, detail: str) -> InferenceError | None:
    if status in (401, 403):
        return KeyRefused(f"the server of model `{name}` must accept the API key", detail)
    if status == 404:
        return RequestRefused(f"the server of model `{name}` must know the model and path", detail)
    return None


def _error_field(body: bytes) -> object:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value.get("error", value) if isinstance(value, dict) else value


def _detail(error: openai.APIStatusError, request: ChatRequest) -> str:
    """Status, code and message; the message only where it repeats nothing of the request."""
    field = error.body if isinstance(error.body, dict) else {}
    parts = [f"HTTP {error.status_code}"]
    parts.extend(str(field[name]) for name in ("type", "code") if field.get(name))
    message = " ".join(str(field.get("message") or "").split())
    if message and not _echoes(message, request):
        parts.append(message[:_LONGEST_DETAIL])
    return " ".join(parts)


def _echoes(message: str, request: ChatRequest) -> bool:
    """Whether a stretch of the request's text stands in the server's message."""
    texts = [" ".join(turn.content.split()) for turn in request.messages]
    stretches = (message[start : start + _ECHO] for start in range(len(message) - _ECHO + 1))
    return any(len(text) < _ECHO and text in message for text in texts if text) or any(
        stretch in text for stretch in stretches for text in texts
    )
