"""Replies as the ledger stores them: JSON out, JSON in, nothing lost but latency and address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from inference.types import ChatRequest, Refusal, Reply, TokenLogprobs, Usage


def dump(reply: Reply) -> bytes:
    """A chat reply as JSON. `parsed` and `key` follow from the text and the request."""
    return orjson.dumps(
        {
            "text": reply.text,
            "finish": reply.finish,
            "refusal": reply.refusal,
            "usage": reply.usage,
            "price_usd": reply.price_usd,
            "model": reply.model,
            "logprobs": [(token.token, token.logprob, token.top) for token in reply.logprobs],
        }
    )


def load(stored: bytes, request: ChatRequest, key: str) -> Reply:
    """The reply that `dump` wrote, as it was first seen for `request`."""
    fields: dict[str, Any] = orjson.loads(stored)
    reply = Reply(
        text=fields["text"],
        finish=fields["finish"],
        refusal=None if fields["refusal"] is None else Refusal(**fields["refusal"]),
        usage=Usage(**fields["usage"]),
        price_usd=fields["price_usd"],
        model=fields["model"],
        logprobs=tuple(
            TokenLogprobs(token, logprob, tuple((text, value) for text, value in top))
            for token, logprob, top in fields["logprobs"]
        ),
    )
    return settle(reply, request, key)


def settle(reply: Reply, request: ChatRequest, key: str) -> Reply:
    """The reply with its ledger key, and its text parsed where a schema was asked for."""
    return replace(reply, key=key, parsed=_parsed(reply.text) if request.json_schema else None)


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """The JSON value in `text`, with or without a Markdown fence around it; None if there is none.

    Servers that ignore `response_format` often fence what they answer.
    """
    body = text.strip()
    if body.startswith("```"):
        body = body.removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
