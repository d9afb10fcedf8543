"""HTTP failures of an OpenAI-compatible server, as the SDK's error family and as ours.

The SDK's exceptions are raised by the client (`openai_client`), so that code which knows the SDK
reads them; the engine sees `Fault` and `Refused`.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx2
import openai

from inference.providers.base import Fault, Refused
from inference.providers.blocks import input_block
from inference.providers.failures import (
    describe,
    error_field,
    failure,
    lost_connection,
    no_credit,
    was_sent,
)
from inference.types import ChatRequest, Refusal

_BY_STATUS: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
}
_NO_CREDIT = {"insufficient_quota", "billing_hard_limit_reached"}  # sent as 429; no waiting helps


def status_error(
    status: int, headers: Mapping[str, str], body: bytes, url: str
) -> openai.APIStatusError:
    """The SDK's exception for an HTTP status that is no success."""
    request = httpx2.Request("POST", url)
    response = httpx2.Response(status, headers=dict(headers), content=body, request=request)
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = openai.InternalServerError if status >= 500 else openai.APIStatusError
    return kind(f"HTTP {status}", response=response, body=error_field(body))


def translate(error: openai.APIError, request: ChatRequest, name: str) -> Fault | Refused:
    """Which of the two ways an SDK error goes; `name` is the model's name in the recipe."""
    if isinstance(error, openai.APITimeoutError):
        return Fault("timeout", "no answer in time", sent=was_sent(error))
    if isinstance(error, openai.APIConnectionError):
        return lost_connection(error)
    if isinstance(error, openai.APIResponseValidationError):
        return Refused("no_json", str(error.body))
    if not isinstance(error, openai.APIStatusError):
        return Fault("connection", type(error).__name__)
    detail = describe(error.status_code, _field(error), request)
    if error.code in _NO_CREDIT or error.status_code == 402:
        return no_credit(name, detail)
    return failure(error.status_code, error.response.headers, detail, name)


def blocked(error: openai.APIError, request: ChatRequest) -> Refusal | None:
    """The refusal, where the failure is a server's own filter and not a fault of the request."""
    if not isinstance(error, openai.APIStatusError):
        return None
    return input_block(error.status_code, _field(error), request)


def _field(error: openai.APIStatusError) -> dict[str, object]:
    return error.body if isinstance(error.body, dict) else {}
