"""Failures of the Messages API, from the SDK's error family to ours."""

from __future__ import annotations

import re
from typing import Any

import anthropic

from inference.providers.base import Fault, Refused
from inference.providers.failures import describe, failure, lost_connection, no_credit, was_sent
from inference.types import ChatRequest, Refusal

# Sent as 400 or 403 among bad requests and refused keys, and no waiting helps.
_NO_CREDIT = re.compile(r"credit balance|spend(?:ing)? limit|usage limits", re.IGNORECASE)
_OUTPUT_BLOCK = "output blocked by content filtering policy"


def translate(error: anthropic.APIError, request: ChatRequest, name: str) -> Fault | Refused:
    """Which of the two ways an SDK error goes; `name` is the model's name in the recipe."""
    if isinstance(error, anthropic.APITimeoutError):
        return Fault("timeout", "no answer in time", sent=was_sent(error))
    if not isinstance(error, anthropic.APIStatusError):
        return lost_connection(error)
    field = _field(error)
    detail = describe(error.status_code, field, request)
    if error.status_code == 402 or _is_unpaid(error, field):
        return no_credit(name, detail)
    return failure(error.status_code, error.response.headers, detail, name)


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
