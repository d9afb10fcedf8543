"""The stored form of a chat reply: written, read again, and known where it is damaged."""

import math
from dataclasses import asdict, astuple, replace
from typing import Any

import orjson

from base.foreign_text import read_json
from inference.types import ChatRequest, Refusal, Reply, TokenLogprobs, Usage


def dump(reply: Reply) -> bytes:
    """A chat reply as JSON. `parsed` and `key` follow from the text and the request."""
    return orjson.dumps(
        {
            "text": reply.text,
            "finish": reply.finish,
            "refusal": reply.refusal,
            "usage": _counted(reply.usage),
            "price_usd": reply.price_usd,
            "model": reply.model,
            "logprobs": [(token.token, token.logprob, token.top) for token in reply.logprobs],
        }
    )


def _counted(usage: Usage) -> dict[str, int]:
    """The counts; the newest is left out where it is 0, as earlier editions do not know it."""
    counts = asdict(usage)
    if not usage.cache_write_tokens:
        del counts["cache_write_tokens"]
    return counts


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
    return finished(reply, request, key)


def finished(reply: Reply, request: ChatRequest, key: str) -> Reply:
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
        return read_json(body)
    except ValueError:
        return None


def readable(stored: bytes, request: ChatRequest, key: str) -> Reply | None:
    """The reply that `dump` wrote, or None where what is stored is none.

    An older ledger or a damaged one may hold anything; whatever it holds must end no run.
    """
    try:
        reply = load(stored, request, key)
        return reply if _is_sound(reply) else None
    except Exception:  # whatever `load` meets in JSON of another form
        return None


def _is_sound(reply: Reply) -> bool:
    """Whether every field is of its type, so that no reader of the reply is surprised."""
    usage = astuple(reply.usage)
    texts = (reply.text, reply.finish, reply.model)
    refusal = () if reply.refusal is None else astuple(reply.refusal)
    logprobs = [(token.token, token.logprob) for token in reply.logprobs]
    logprobs += [pair for token in reply.logprobs for pair in token.top]
    return (
        all(isinstance(text, str) for text in (*texts, *refusal))
        and all(type(count) is int for count in usage)
        and (reply.price_usd is None or _is_number(reply.price_usd))
        # JSON has no infinity: a token that cannot come has no number.
        and all(
            isinstance(token, str) and (value is None or _is_number(value))
            for token, value in logprobs
        )
    )


def _is_number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value)
