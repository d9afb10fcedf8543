"""The Completions API's two forms: a `ChatRequest` as bare text, an answer as a `Reply`.

For models that are served without a chat template, or that want their own layout to the letter: a
fine-tuned judge behind vLLM. The server adds nothing to the text but its first token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference.models import ModelSpec
from inference.providers.blocks import finish_of
from inference.providers.completion import usage_of
from inference.types import ChatRequest, Reply, TokenLogprobs

PATH = "completions"
"""Where bare texts go, below a server's address."""

_BETWEEN = "\n\n"


def body_of(spec: ModelSpec, request: ChatRequest) -> dict[str, Any]:
    """The request's body. Turns are joined by empty lines; a schema is left out: there is none."""
    body: dict[str, Any] = {
        "model": spec.model,
        "prompt": _BETWEEN.join(message.content for message in request.messages),
    }
    if not spec.fixed_sampling:
        body["temperature"] = request.temperature
    if request.max_tokens is not None:
        body["max_tokens"] = request.max_tokens
    if request.top_p is not None and not spec.fixed_sampling:
        body["top_p"] = request.top_p
    if request.seed is not None:
        body["seed"] = request.seed
    if request.stop:
        body["stop"] = list(request.stop)
    if request.top_logprobs is not None:
        body["logprobs"] = request.top_logprobs
    return body


def read(answer: Mapping[str, Any]) -> Reply:
    """The reply in a text completion's JSON, without its price.

    Raises:
        KeyError, IndexError, TypeError, AttributeError, ValueError: It is no text completion.
    """
    choice = answer["choices"][0]
    finish, filtered = finish_of(choice.get("finish_reason"))
    return Reply(
        text=choice["text"] or "",
        finish=finish,
        refusal=filtered,
        usage=usage_of(answer.get("usage") or {}),
        logprobs=_logprobs(choice.get("logprobs") or {}),
        model=str(answer.get("model") or ""),
    )


def _logprobs(field: Mapping[str, Any]) -> tuple[TokenLogprobs, ...]:
    tokens = field.get("tokens") or ()
    alternatives = field.get("top_logprobs") or [{}] * len(tokens)
    each = zip(tokens, field.get("token_logprobs") or (), alternatives, strict=True)
    return tuple(
        TokenLogprobs(token, float(logprob), tuple((top or {}).items()))
        for token, logprob, top in each
    )
