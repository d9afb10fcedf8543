"""A Messages API on loopback: the OpenAI double's behaviours and faults behind another protocol.

`with serve_anthropic(Router({...})) as server:`; in a recipe
`{provider: anthropic, base_url: "<server.base_url>", model: ...}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import web

from tests.servers.anthropic_faults import error_body
from tests.servers.chat import ApiError, Behaviour
from tests.servers.counting import Call
from tests.servers.faults import JSON
from tests.servers.messages import PromptCache, as_chat, message
from tests.servers.messages_validation import validate
from tests.servers.openai_server import Server
from tests.servers.running import running
from tests.servers.schedules import Schedule, never

_WITHOUT_SAMPLING = "2026-10-21"  # from this version of the API on
_SAMPLING = frozenset({"temperature", "top_p", "top_k"})
_KINDS = {401: "authentication_error", 404: "not_found_error"}


@dataclass(slots=True)
class AnthropicServer(Server):
    """A running server of the Messages protocol; `extra` counts for nothing here.

    Attributes:
        headers: Headers of every answer of a model, such as `anthropic-ratelimit-*`.
        cache: Its prompt cache.
    """

    path: ClassVar[str] = "/v1/messages"

    headers: Mapping[str, str] = field(default_factory=dict)
    cache: PromptCache = field(default_factory=PromptCache)

    def _payload(self, body: object, call: Call, headers: Mapping[str, str]) -> dict[str, Any]:
        checked = validate(body)
        sampling = _SAMPLING & set(checked)
        if sampling and headers["anthropic-version"] >= _WITHOUT_SAMPLING:
            raise ApiError(400, f"{min(sampling)}: Extra inputs are not permitted")
        chat = as_chat(checked)
        answer = self.behaviour(chat)
        tokens = message(chat, answer, call.digest)["usage"]["input_tokens"]
        return message(chat, answer, call.digest, self.cache.counted(checked, tokens))

    def _headers(self, call: Call) -> dict[str, str]:
        return {"request-id": f"req_{call.order}", **self.headers}

    def _refuse(self, error: ApiError) -> web.Response:
        kind = _KINDS.get(error.status, "invalid_request_error")
        body = error_body(kind, str(error))
        return web.Response(status=error.status, body=body, headers={"Content-Type": JSON})

    def _check_key(self, request: web.BaseRequest) -> None:
        if "anthropic-version" not in request.headers:
            raise ApiError(400, "anthropic-version: header is required")
        given = request.headers.get("x-api-key") or request.headers.get("Authorization", "")
        if self.key is not None and given.removeprefix("Bearer ") != self.key:
            raise ApiError(401, "invalid x-api-key")

    def _models(self) -> dict[str, object]:
        entry = {"type": "model", "created_at": "2026-01-01T00:00:00Z"}
        data = [{"id": name, "display_name": name, **entry} for name in self._names()]
        first = data[0]["id"] if data else None
        last = data[-1]["id"] if data else None
        return {"data": data, "has_more": False, "first_id": first, "last_id": last}


@contextmanager
def serve_anthropic(
    behaviour: Behaviour,
    *,
    faults: Schedule = never,
    latency_s: float = 0.0,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[AnthropicServer]:
    """Runs a server in a thread on a free port of 127.0.0.1, until the block ends."""
    server = AnthropicServer(behaviour, faults, latency_s, key, headers=headers or {})
    with running(server):
        yield server
