"""Chat Completions at any address: OpenAI, vLLM, Ollama, llama.cpp, Gemini, Mistral.

A model that is sent bare text (`ModelSpec.completion`) is asked by the older Completions API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import openai
import orjson

from inference.canonical import Identity
from inference.endpoints import endpoint_label
from inference.models import ModelSpec
from inference.prices import price_usd
from inference.providers import openai_completions
from inference.providers.base import Headers, Refused
from inference.providers.completion import read
from inference.providers.keys import api_key
from inference.providers.openai_client import CHAT_PATH, ChatClient
from inference.providers.openai_errors import blocked, translate
from inference.types import ChatRequest, Reply, Usage

if TYPE_CHECKING:
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

PUBLIC_URL = "https://api.openai.com/v1"
PUBLIC_KEY = "OPENAI_API_KEY"
_NAMES = {False: "chat completion", True: "text completion"}
_SEED_NAMES = {"api.mistral.ai": "random_seed"}  # it refuses parameters that it does not know


class OpenAIProvider:
    """One model behind an OpenAI-compatible server.

    Raises:
        KeyMissing: The environment variable that should hold the key is not set.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Reads the key from the environment; nothing is sent yet."""
        self._spec = spec
        self.address = spec.base_url or PUBLIC_URL
        # Bare text is another question than a turn of a chat: its replies have keys of their own.
        self.identity = Identity(
            "openai-completions" if spec.completion else "openai",
            spec.label or endpoint_label(spec.name, self.address),
            spec.model,
        )
        self._host = urlsplit(self.address).hostname or ""
        self._is_public = self._host == urlsplit(PUBLIC_URL).hostname
        self._client = ChatClient(
            self.address,
            api_key(spec, PUBLIC_KEY),
            spec.timeout_s,
            openai_completions.PATH if spec.completion else CHAT_PATH,
        )
        self.on_headers: Headers | None = None

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt; see `Provider.call`."""
        try:
            answer = await self._client.post(self._body(request), self.on_headers)
        except openai.APIError as error:
            block = blocked(error, request)
            if block is None:
                raise translate(error, request, self._spec.name) from None
            # A filter's verdict is the answer: asking again brings the same, and resume keeps it.
            free = price_usd(self._spec, Usage())
            return Reply(finish="content_filter", refusal=block, price_usd=free)
        return self._read(answer)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    def params(self, request: ChatRequest) -> CompletionCreateParamsNonStreaming:
        """The request's body in the SDK's own type."""
        body: dict[str, Any] = {
            "model": self._spec.model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
        }
        if not self._spec.fixed_sampling:
            body["temperature"] = request.temperature
        if request.max_tokens is not None:
            # The public API's newer models refuse the old name; compatible servers know only it.
            body["max_completion_tokens" if self._is_public else "max_tokens"] = request.max_tokens
        if request.top_p is not None and not self._spec.fixed_sampling:
            body["top_p"] = request.top_p
        if request.seed is not None:
            body[_SEED_NAMES.get(self._host, "seed")] = request.seed
        if request.stop:
            body["stop"] = list(request.stop)
        if request.top_logprobs is not None:
            body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
        if request.chat_template is not None:
            body["chat_template"] = request.chat_template
        if request.json_schema is not None:
            schema = {"name": "answer", "strict": True, "schema": orjson.loads(request.json_schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return cast("CompletionCreateParamsNonStreaming", body)

    def _body(self, request: ChatRequest) -> Mapping[str, object]:
        if self._spec.completion:
            return openai_completions.body_of(self._spec, request)
        return self.params(request)

    def _read(self, answer: dict[str, Any]) -> Reply:
        try:
            reply = openai_completions.read(answer) if self._spec.completion else read(answer)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            detail = f"the answer is JSON, but no {_NAMES[self._spec.completion]}"
            raise Refused("no_completion", detail) from None
        return replace(reply, price_usd=price_usd(self._spec, reply.usage))
