"""Refusals that a server signals beside the model's words: blocked prompts, blocked answers.

Every server has its own way: Azure answers a blocked prompt with HTTP 400 and the code
`content_filter`, Gemini with no choices and a block reason, Mistral's guardrails with HTTP 403.
Each signal keeps the field it was read from; nothing of the prompt's text is kept.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from inference.providers.failures import said, spoken
from inference.types import ChatRequest, Finish, Refusal

_BLOCKED_STATUSES = frozenset({400, 403, 422, 451})
_FINISHES: Mapping[str, Finish] = {
    "STOP": "stop",
    "EOS": "stop",
    "END_TURN": "stop",
    "STOP_SEQUENCE": "stop",
    "LENGTH": "length",
    "MAX_TOKENS": "length",
    "MODEL_LENGTH": "length",
    "TOOL_CALLS": "tool_calls",
    "TOOL_USE": "tool_calls",
    "FUNCTION_CALL": "tool_calls",
}
_GEMINI = frozenset(
    {
        "SAFETY",
        "PROHIBITED_CONTENT",
        "BLOCKLIST",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
    }
)
# Gemini stops for these too, and what it stops is a quotation or a language, not a harm.
_NO_HARM = frozenset({"RECITATION", "IMAGE_RECITATION", "LANGUAGE"})
_GEMINI_WORD = re.compile(r"\b(PROHIBITED_CONTENT|BLOCKLIST|SPII|SAFETY)\b")
_OPENAI_CODES = frozenset({"content_policy_violation", "content_filter"})
_LONGEST_RAW = 200
_MOST_REASONS = 20


def finish_of(reason: object) -> tuple[Finish, Refusal | None]:
    """Why the model stopped, and the refusal where a filter stopped it.

    Args:
        reason: The `finish_reason` as it came: OpenAI's words, Gemini's in any letter case, or
            both ("content_filter: PROHIBITED_CONTENT").
    """
    told = reason[:_LONGEST_RAW] if isinstance(reason, str) else ""
    words = [word.strip().upper() for word in told.split(":")]
    if words[-1] in _NO_HARM:
        return "other", None
    if words[0] == "CONTENT_FILTER" or words[-1] in _GEMINI:
        refusal = Refusal("provider_output_block", "finish_reason", told)
        return "content_filter", refusal
    return _FINISHES.get(words[0], "other"), None


def prompt_block(answer: Mapping[str, Any]) -> Refusal | None:
    """The refusal in an answer of HTTP 200 that holds no choice (Gemini's blocked prompts)."""
    if answer.get("choices"):
        return None
    feedback = answer.get("promptFeedback") or answer.get("prompt_feedback")
    if not isinstance(feedback, dict):
        return None
    reason = feedback.get("blockReason") or feedback.get("block_reason")
    if not isinstance(reason, str) or not reason:
        return None
    raw = reason[:_LONGEST_RAW]
    return Refusal("provider_input_block", "prompt_feedback.block_reason", raw)


def input_block(status: int, field: Mapping[str, Any], request: ChatRequest) -> Refusal | None:
    """The refusal in an HTTP failure, or None where it is a failure and nothing more.

    Args:
        status: The HTTP status.
        field: The error object.
        request: What was asked; a message is not searched where it repeats the request.
    """
    if status not in _BLOCKED_STATUSES:
        return None
    for source, raw in _signals(field, request):
        return Refusal("provider_input_block", source, raw[:_LONGEST_RAW])
    return None


def _signals(field: Mapping[str, Any], request: ChatRequest) -> Iterator[tuple[str, str]]:
    """Each signal in an error object: the field it stands in, and the server's words for it."""
    code = said(field, "code")
    message = spoken(field, request)
    inner = _object(field.get("innererror") or field.get("inner_error"))
    if code in _OPENAI_CODES or inner.get("code") == "ResponsibleAIPolicyViolation":
        yield (
            "error.code",
            " ".join(filter(None, (code, said(inner, "code"), _hit(inner)))),
        )
    if code == "invalid_prompt" and re.search(r"flagged|usage polic", message):
        yield "error.code", code
    reasons = _object(field.get("metadata")).get("reasons")
    if isinstance(reasons, list) and "flagged_input" in _object(field.get("metadata")):
        words = (reason for reason in reasons[:_MOST_REASONS] if isinstance(reason, str))
        yield "error.metadata.reasons", " ".join(words)
    for name in ("status", "reason", "code"):
        if said(field, name).upper() in _GEMINI:
            yield f"error.{name}", said(field, name)
    found = _GEMINI_WORD.search(message)
    if found is not None and re.search(r"block|filter", message, re.IGNORECASE):
        yield "error.message", found[0]
    kind = said(field, "type")
    if "guardrail" in f"{kind} {code} {message}".lower():
        yield "error", " ".join(filter(None, (kind, code))) or "guardrail"


def _hit(inner: Mapping[str, Any]) -> str:
    """Azure's categories that struck, with their severity: "violence:medium"."""
    found = _object(inner.get("content_filter_result") or inner.get("content_filter_results"))
    struck = {name: each for name, each in found.items() if _object(each).get("filtered")}
    words = (f"{name}:{said(each, 'severity') or 'filtered'}" for name, each in struck.items())
    return " ".join(words)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
