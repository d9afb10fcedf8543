"""A Completions API on loopback, as vLLM serves it: bare text in, bare text out.

`with serve_text(Said({"bread": "1"})) as server:`; in a recipe
`{provider: openai, base_url: "<server.base_url>", model: ..., api: completions}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.servers.chat import ApiError, Behaviour
from tests.servers.completions import completion
from tests.servers.counting import Call
from tests.servers.openai_server import Server
from tests.servers.running import running
from tests.servers.schedules import Schedule, never

_KNOWN = frozenset(
    {"model", "prompt", "temperature", "top_p", "max_tokens", "seed", "stop", "logprobs"}
)


@dataclass(slots=True)
class TextServer(Server):
    """A running server of the Completions protocol; its behaviour sees the text as one turn."""

    path: ClassVar[str] = "/v1/completions"

    def _payload(self, body: object, call: Call, headers: Mapping[str, str]) -> dict[str, Any]:
        asked = _validated(body)
        chat = {key: value for key, value in asked.items() if key not in ("prompt", "logprobs")}
        chat["messages"] = [{"role": "user", "content": asked["prompt"]}]
        if asked.get("logprobs"):
            chat |= {"logprobs": True, "top_logprobs": asked["logprobs"]}
        return _as_text(completion(chat, self.behaviour(chat), call.digest))


@contextmanager
def serve_text(behaviour: Behaviour, *, faults: Schedule = never) -> Iterator[TextServer]:
    """Runs a server in a thread on a free port of 127.0.0.1, until the block ends."""
    with running(TextServer(behaviour, faults)) as server:
        yield server


def _validated(body: object) -> dict[str, Any]:
    if not isinstance(body, dict) or not isinstance(body.get("prompt"), str):
        raise ApiError(400, "prompt: Input should be a valid string")
    if odd := set(body) - _KNOWN:
        raise ApiError(400, f"{min(odd)}: Extra inputs are not permitted")
    return body


def _as_text(chat: dict[str, Any]) -> dict[str, Any]:
    """A chat completion's fields in the older form."""
    (choice,) = chat["choices"]
    given = (choice["logprobs"] or {}).get("content")
    tokens = given and {
        "tokens": [each["token"] for each in given],
        "token_logprobs": [each["logprob"] for each in given],
        "top_logprobs": [
            {top["token"]: top["logprob"] for top in each["top_logprobs"]} for each in given
        ],
    }
    text = {
        "index": 0,
        "text": choice["message"]["content"],
        "finish_reason": choice["finish_reason"],
        "logprobs": tokens,
    }
    return {**chat, "object": "text_completion", "choices": [text]}
