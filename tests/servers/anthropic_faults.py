"""What can go wrong with one call of the Messages API, as values that the server acts on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from tests.servers.faults import Alter, Instead, Payload
from tests.servers.messages import refusal_details


def error_body(kind: str, message: str) -> bytes:
    """An error in the API's own form."""
    error = {"type": kind, "message": message}
    return orjson.dumps({"type": "error", "error": error, "request_id": "req_loopback"})


def api_error(
    status: int, kind: str, message: str, headers: Mapping[str, str] | None = None
) -> Instead:
    """An HTTP failure in the API's own form."""
    return Instead(status, error_body(kind, message), headers=headers or {})


def rate_limited(seconds: float | None = None) -> Instead:
    """429, with `retry-after` and the limits' headers."""
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
    }
    if seconds is not None:
        headers["retry-after"] = f"{seconds:g}"
    message = "This request would exceed your organization's rate limit."
    return api_error(429, "rate_limit_error", message, headers)


def overloaded() -> Instead:
    """529: the API has no room for anybody."""
    return api_error(529, "overloaded_error", "Overloaded")


def server_error(status: int = 500) -> Instead:
    """A 5xx."""
    return api_error(status, "api_error", "Internal server error")


def key_refused(status: int = 401) -> Instead:
    """401 for a key that is not taken, or 403 for one that may not."""
    kind = "authentication_error" if status == 401 else "permission_error"
    return api_error(status, kind, "invalid x-api-key")


def credit_spent() -> Instead:
    """400 that no other request mends: the account has no credit."""
    message = "Your credit balance is too low to access the API."
    return api_error(400, "invalid_request_error", message)


def too_large() -> Instead:
    """413: the request's body is too long."""
    return api_error(413, "request_too_large", "Request exceeds the maximum size")


def output_blocked() -> Instead:
    """400 where the API's filter strikes what the model wrote."""
    return api_error(400, "invalid_request_error", "Output blocked by content filtering policy")


def refusal(category: str | None = "general_harms", text: str = "") -> Alter:
    """Stop reason `refusal`, with whatever had been written until then."""
    content = [{"type": "text", "text": text}] if text else []
    details = refusal_details(category)
    return _message(content=content, stop_reason="refusal", stop_details=details)


def stopped(reason: str) -> Alter:
    """Another stop reason."""
    return _message(stop_reason=reason)


def tool_use() -> Alter:
    """The model calls a tool instead of answering."""
    call = {"type": "tool_use", "id": "toolu_1", "name": "search", "input": {"q": "weather"}}
    return _message(content=[call], stop_reason="tool_use")


def blocks(*content: Mapping[str, Any]) -> Alter:
    """Other content blocks."""
    return _message(content=list(content))


def usage(**fields: object) -> Alter:
    """Other token counts."""
    return Alter(lambda payload: {**payload, "usage": {**payload["usage"], **fields}})


def other_model(name: str) -> Alter:
    """The answer names another model than was asked."""
    return _message(model=name)


def _message(**fields: object) -> Alter:
    def change(payload: Payload) -> Payload:
        return {**payload, **fields}

    return Alter(change)
