"""The JSON of a chat completion: tokens, stops, log-probabilities and usage."""

from __future__ import annotations

import re
from typing import Any

from tests.servers.chance import share
from tests.servers.chat import Answer, Body, text_of
from tests.servers.sentences import THINGS

_TOKEN = re.compile(r"\s*[^\W_]{1,6}|\s*[^\w\s]|\s*_|\s+")
_CREATED = 1_760_000_000


def tokens(text: str) -> list[str]:
    """The text in pieces of at most six letters, about as many as a real tokenizer makes."""
    return _TOKEN.findall(text)


def completion(body: Body, answer: Answer, digest: str) -> dict[str, Any]:
    """The body of the HTTP answer, after stops and the largest number of tokens."""
    content, finish, pieces = _cut(body, answer)
    choice: dict[str, Any] = {
        "index": 0,
        "message": {"role": "assistant", "content": content, "refusal": answer.refusal},
        "finish_reason": finish,
        "logprobs": None,
    }
    if body.get("logprobs"):
        choice["logprobs"] = {"content": _logprobs(body, answer, pieces), "refusal": None}
    return {
        "id": f"chatcmpl-{digest[:24]}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": body["model"],
        "choices": [choice],
        "usage": _usage(body, len(pieces)),
        "system_fingerprint": "fp_loopback",
    }


def _cut(body: Body, answer: Answer) -> tuple[str | None, str, list[str]]:
    """The content as far as it is sent, why it ends, and its tokens."""
    if answer.content is None:
        return None, answer.finish, tokens(answer.refusal or "")
    stops = body.get("stop") or ()
    places = [answer.content.find(stop) for stop in ([stops] if isinstance(stops, str) else stops)]
    content = answer.content[: min((place for place in places if place >= 0), default=None)]
    pieces = tokens(content)
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    if limit is not None and len(pieces) > limit:
        pieces = pieces[:limit]
        return "".join(pieces), "length", pieces
    return content, answer.finish, pieces


def _usage(body: Body, output: int) -> dict[str, Any]:
    prompt = sum(4 + len(text_of(message)) // 4 for message in body["messages"])
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def _logprobs(body: Body, answer: Answer, pieces: list[str]) -> list[dict[str, Any]]:
    """One entry a token. The behaviour's own alternatives stand at the first."""
    number = body.get("top_logprobs") or 0
    entries = []
    for place, piece in enumerate(pieces):
        own = -2 * share("logprob", body, place)
        top = [(piece, own), *((f" {word}", own - 1 - n) for n, word in enumerate(THINGS[:20]))]
        if place == 0 and answer.first:
            top = sorted(answer.first, key=lambda pair: -pair[1])
            own = dict(top).get(piece, own)
        entry = {**_token(piece, own), "top_logprobs": [_token(*pair) for pair in top[:number]]}
        entries.append(entry)
    return entries


def _token(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}
