"""The Messages API, through Anthropic's own SDK, at its public address or another."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import anthropic
import orjson
from anthropic import AsyncAnthropic, DefaultAioHttpClient

from inference.canonical import Identity
from inference.endpoints import endpoint_label
from inference.models import ModelSpec
from inference.prices import price_usd
from inference.providers.anthropic_errors import blocked, translate
from inference.providers.base import Fault, Headers, Refused
from inference.providers.keys import api_key
from inference.providers.messages import body_of, read
from inference.types import ChatRequest, Reply, Usage

PUBLIC_URL = "https://api.anthropic.com"
PUBLIC_KEY = "ANTHROPIC_API_KEY"
# Arguments that the SDK's `create` does not have, though the API does.
_BESIDE = ("temperature", "top_p")
# Later versions of the API, one of which the SDK asks for, refuse these two arguments.
_WITH_SAMPLING = {"anthropic-version": "2023-06-01"}


class AnthropicProvider:
    """One model behind the Messages API.

    Raises:
        KeyMissing: The environment variable that should hold the key is not set.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Reads the key from the environment; nothing is sent yet."""
        self._spec = spec
        self.address = spec.base_url or PUBLIC_URL
        label = spec.label or endpoint_label(spec.name, self.address)
        self.identity = Identity("anthropic", label, spec.model)
        self._client = _client(spec, self.address)
        self.on_headers: Headers | None = None

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt; see `Provider.call`."""
        if request.top_logprobs is not None:
            raise Refused("no_logprobs", "the Messages API offers no log-probabilities")
        try:
            async with asyncio.timeout(self._spec.timeout_s):
                answer = await self._post(body_of(self._spec.model, request))
        except TimeoutError:
            raise Fault("timeout", "no answer in time") from None
        except anthropic.APIError as error:
            return self._failed(error, request)
        return self._read(answer, request)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def _post(self, body: dict[str, Any]) -> bytes:
        beside = {name: body.pop(name) for name in _BESIDE if name in body}
        if self._spec.fixed_sampling:
            beside = {}
        raw = await self._client.messages.with_raw_response.create(**body, extra_body=beside)
        if self.on_headers is not None:
            self.on_headers(raw.headers)
        content: bytes = await raw.read()
        return content

    def _failed(self, error: anthropic.APIError, request: ChatRequest) -> Reply:
        """What an SDK error is: a filter's verdict is a reply, all else is raised."""
        if isinstance(error, anthropic.APIStatusError) and self.on_headers is not None:
            self.on_headers(error.response.headers)
        block = blocked(error)
        if block is None:
            raise translate(error, request, self._spec.name) from None
        free = price_usd(self._spec, Usage())
        return Reply(finish="content_filter", refusal=block, price_usd=free)

    def _read(self, answer: bytes, request: ChatRequest) -> Reply:
        try:
            message = orjson.loads(answer)
        except orjson.JSONDecodeError:
            raise Refused("no_json", f"the answer is {len(answer)} bytes, not JSON") from None
        try:
            reply = read(message, request)
        except (KeyError, TypeError, AttributeError, ValueError):
            raise Refused("no_completion", "the answer is JSON, but no message") from None
        return replace(reply, price_usd=price_usd(self._spec, reply.usage))


def _client(spec: ModelSpec, address: str) -> AsyncAnthropic:
    """The SDK's client without its retries and tracing; those of the engine are above it."""
    key = api_key(spec, PUBLIC_KEY)
    # Without a key the SDK would take whatever the environment holds, and send it to any server.
    headers: dict[str, Any] = {} if spec.fixed_sampling else dict(_WITH_SAMPLING)
    if not key:
        headers |= {"X-Api-Key": anthropic.omit, "Authorization": anthropic.omit}
    return AsyncAnthropic(
        api_key=key or "none",
        base_url=address.rstrip("/").removesuffix("/v1"),
        timeout=spec.timeout_s,
        max_retries=0,
        default_headers=headers,
        open_telemetry=False,  # its spans may hold texts
        http_client=DefaultAioHttpClient(timeout=spec.timeout_s),
    )
