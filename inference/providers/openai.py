"""Chat Completions at any address: OpenAI, vLLM, Ollama, llama.cpp, Gemini, Mistral."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import openai
import orjson

from inference.canonical import Identity
from inference.endpoints import endpoint_label
from inference.errors import KeyMissing
from inference.models import ModelSpec
from inference.prices import price_usd
from inference.providers.base import Headers, Refused
from inference.providers.openai_client import ChatClient
from inference.providers.openai_errors import translate
from inference.types import ChatRequest, Finish, Refusal, Reply, TokenLogprobs, Usage

if TYPE_CHECKING:
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

PUBLIC_URL = "https://api.openai.com/v1"
PUBLIC_KEY = "OPENAI_API_KEY"
_SEED_NAMES = {"api.mistral.ai": "random_seed"}  # it refuses parameters that it does not know
_FINISHES = frozenset({"stop", "length", "content_filter", "tool_calls"})


class OpenAIProvider:
    """One model behind an OpenAI-compatible server.

    Raises:
        KeyMissing: The environment variable that should hold the key is not set.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Reads the key from the environment; nothing is sent yet."""
        self._spec = spec
        self.address = spec.base_url or PUBLIC_URL
        self.identity = Identity(
            "openai", spec.label or endpoint_label(spec.name, self.address), spec.model
        )
        self._host = urlsplit(self.address).hostname or ""
        self._is_public = self._host == urlsplit(PUBLIC_URL).hostname
        self._client = ChatClient(self.address, key_of(spec), spec.timeout_s)
        self.on_headers: Headers | None = None

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt; see `Provider.call`."""
        try:
            answer = await self._client.post(self.params(request), self.on_headers)
        except openai.APIError as error:
            raise translate(error, request, self._spec.name) from None
        return self._read(answer)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    def params(self, request: ChatRequest) -> CompletionCreateParamsNonStreaming:
        """The request's body in the SDK's own type."""
        body: dict[str, Any] = {
            "model": self._spec.model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
            "temperature": request.temperature,
        }
        if request.max_tokens is not None:
            # The public API's newer models refuse the old name; compatible servers know only it.
            body["max_completion_tokens" if self._is_public else "max_tokens"] = request.max_tokens
        if request.top_p is not None:
            body["top_p"] = request.top_p
        if request.seed is not None:
            body[_SEED_NAMES.get(self._host, "seed")] = request.seed
        if request.stop:
            body["stop"] = list(request.stop)
        if request.top_logprobs is not None:
            body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
        if request.json_schema is not None:
            schema = {"name": "answer", "strict": True, "schema": orjson.loads(request.json_schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return cast("CompletionCreateParamsNonStreaming", body)

    def _read(self, answer: dict[str, Any]) -> Reply:
        try:
            choice = answer["choices"][0]
            message = choice["message"]
            finish = choice.get("finish_reason")
            usage = _usage(answer.get("usage") or {})
            return Reply(
                text=message.get("content") or "",
                finish=cast("Finish", finish if finish in _FINISHES else "other"),
                refusal=_refusal(message, finish),
                usage=usage,
                price_usd=price_usd(self._spec, usage),
                logprobs=_logprobs(choice.get("logprobs") or {}),
                model=str(answer.get("model") or ""),
            )
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            detail = "the answer is JSON, but no chat completion"
            raise Refused("no_completion", detail) from None


def key_of(spec: ModelSpec) -> str | None:
    """The API key from the environment; None where the server wants none."""
    variable = spec.key_env or (PUBLIC_KEY if spec.base_url is None else None)
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise KeyMissing(f"model `{spec.name}` needs its key in the environment", f"no {variable}")
    return key


def _refusal(message: dict[str, Any], finish: object) -> Refusal | None:
    if message.get("refusal"):
        return Refusal("model_refusal", "message.refusal", str(message["refusal"]))
    if finish == "content_filter":
        return Refusal("provider_output_block", "finish_reason", "content_filter")
    return None


def _usage(fields: dict[str, Any]) -> Usage:
    cached = (fields.get("prompt_tokens_details") or {}).get("cached_tokens")
    reasoning = (fields.get("completion_tokens_details") or {}).get("reasoning_tokens")
    return Usage(
        input_tokens=int(fields.get("prompt_tokens") or 0),
        output_tokens=int(fields.get("completion_tokens") or 0),
        cached_tokens=int(cached or 0),
        reasoning_tokens=int(reasoning or 0),
    )


def _logprobs(field: dict[str, Any]) -> tuple[TokenLogprobs, ...]:
    return tuple(
        TokenLogprobs(
            token["token"],
            float(token["logprob"]),
            tuple((top["token"], float(top["logprob"])) for top in token.get("top_logprobs") or ()),
        )
        for token in field.get("content") or ()
    )
