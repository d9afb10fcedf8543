"""Chat Completions at any address: OpenAI, vLLM, Ollama, llama.cpp, Gemini, Mistral.

For models that are served without a chat template, or that want their own layout to the letter: a
fine-tuned judge behind vLLM. The server adds nothing to the text but its first token.

Answers enter by the boundary (`inference.providers.boundary`), as those of every protocol. The SDK
spends most of a call's CPU time in building its own models (2 ms a call on its default transport,
0.6 ms with aiohttp and without model parsing, against 0.1 ms for aiohttp alone). What is needed of
an answer is six fields, so they are read from the JSON itself.

A model that is sent bare text (`ModelSpec.completion`) is asked by the older Completions API.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import orjson

from inference.canonical import Identity
from inference.generations import TokenLimit
from inference.models import ModelSpec, endpoint_label
from inference.providers.base import Headers, api_key
from inference.providers.blocks import finish_of, input_block
from inference.providers.boundary import Boundary, Dialect
from inference.providers.completion import (
    before_stop,
    logprob_of,
    model_of,
    read,
    require_whole,
    text_of,
    usage_of,
)
from inference.types import ChatRequest, Message, Reply, StructuredForm, TokenLogprobs

if TYPE_CHECKING:
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming


CHAT_PATH = "chat/completions"
"""Where chats go, below a server's address."""

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
    if request.stop and not spec.fixed_sampling:
        body["stop"] = list(request.stop)
    if request.top_logprobs is not None:
        body["logprobs"] = request.top_logprobs
    return body


def read_completion(answer: Mapping[str, Any]) -> Reply:
    """The reply in a text completion's JSON, without its price.

    Raises:
        TransientError: The server gave up in the middle of the answer.
        KeyError, IndexError, TypeError, AttributeError, ValueError: It is no text completion.
    """
    choice = answer["choices"][0]
    require_whole(choice)
    finish, filtered = finish_of(choice.get("finish_reason"))
    return Reply(
        text=text_of(choice["text"]),
        finish=finish,
        refusal=filtered,
        usage=usage_of(answer.get("usage")),
        logprobs=_logprobs(choice.get("logprobs") or {}),
        model=model_of(answer),
    )


def _logprobs(field: Mapping[str, Any]) -> tuple[TokenLogprobs, ...]:
    tokens = field.get("tokens") or ()
    alternatives = field.get("top_logprobs") or [{}] * len(tokens)
    each = zip(tokens, field.get("token_logprobs") or (), alternatives, strict=True)
    return tuple(
        TokenLogprobs(
            text_of(token),
            logprob_of(logprob),
            tuple((other, logprob_of(value)) for other, value in (top or {}).items()),
        )
        for token, logprob, top in each
    )


_NO_CREDIT = {"insufficient_quota", "billing_hard_limit_reached"}  # sent as 429; no waiting helps


def _is_unpaid(_status: int, field: Mapping[str, Any], _request: ChatRequest) -> bool:
    code = field.get("code")
    return isinstance(code, str) and code in _NO_CREDIT


_CHAT = Dialect("chat completion", lambda answer, _: read(answer), input_block, _is_unpaid)
_TEXT = Dialect(
    "text completion", lambda answer, _: read_completion(answer), input_block, _is_unpaid
)
_SEED_NAMES = {"api.mistral.ai": "random_seed"}  # it refuses parameters that it does not know


def identity_of(spec: ModelSpec) -> Identity:
    """What a model is, without a key."""
    # Bare text is another question than a turn of a chat: its replies have keys of their own.
    return Identity(
        "openai-completions" if spec.completion else "openai",
        spec.label or endpoint_label(spec.name, spec.address),
        spec.model,
        spec.settings,
    )


class OpenAIProvider:
    """One model behind an OpenAI-compatible server.

    Raises:
        KeyMissingError: The environment variable that should hold the key is not set.
    """

    def __init__(self, spec: ModelSpec, key: str | None = None) -> None:
        """Reads the key from the environment where none is given; nothing is sent yet."""
        self._spec = spec
        self.address = spec.address
        self.identity = identity_of(spec)
        self._host = urlsplit(self.address).hostname or ""
        self._token_limit = spec.token_limit or token_limit_of(self._host)
        self._boundary = Boundary(
            spec,
            spec.url(PATH if spec.completion else CHAT_PATH),
            spec.request_headers(key or api_key(spec)),
            _TEXT if spec.completion else _CHAT,
        )
        self.on_headers: Headers | None = None

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt; see `Provider.call`."""
        body = self._spec.completed(self._body(request))
        reply = await self._boundary.ask(orjson.dumps(body), request, self.on_headers)
        return before_stop(reply, request.stop) if self._spec.fixed_sampling else reply

    async def close(self) -> None:
        """Closes the connections."""
        await self._boundary.close()

    def params(self, request: ChatRequest) -> "CompletionCreateParamsNonStreaming":
        """The request's body in the SDK's own type."""
        body: dict[str, Any] = {
            "model": self._spec.model,
            "messages": [
                {"role": turn.role, "content": turn.content} for turn in self._turns(request)
            ],
        }
        if not self._spec.fixed_sampling:
            body["temperature"] = request.temperature
        if request.max_tokens is not None:
            body[self._token_limit] = request.max_tokens
        if request.top_p is not None and not self._spec.fixed_sampling:
            body["top_p"] = request.top_p
        if request.seed is not None:
            body[_SEED_NAMES.get(self._host, "seed")] = request.seed
        if request.stop and not self._spec.fixed_sampling:
            body["stop"] = list(request.stop)
        if request.top_logprobs is not None:
            body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
        if request.chat_template is not None:
            body["chat_template"] = request.chat_template
        if request.json_schema is not None and request.structured != "text":
            body["response_format"] = _response_format(request.json_schema, request.structured)
        return cast("CompletionCreateParamsNonStreaming", body)

    def _turns(self, request: ChatRequest) -> tuple[Message, ...]:
        """The turns, without a begun answer that the model does not go on with."""
        begun = request.messages and request.messages[-1].role == "assistant"
        return request.messages[:-1] if begun and not self._spec.prefill else request.messages

    def _body(self, request: ChatRequest) -> Mapping[str, Any]:
        if self._spec.completion:
            return body_of(self._spec, request)
        return self.params(request)


def token_limit_of(host: str) -> TokenLimit:
    """What a host calls the longest answer.

    The newer models of OpenAI refuse the old name, at Azure too; compatible servers know only it.
    """
    is_newer = host.endswith((".openai.com", ".openai.azure.com", ".services.ai.azure.com"))
    return "max_completion_tokens" if is_newer else "max_tokens"


def _response_format(json_schema: str, form: StructuredForm) -> dict[str, Any]:
    if form == "json":
        return {"type": "json_object"}
    schema = {"name": "answer", "strict": True, "schema": orjson.loads(json_schema)}
    return {"type": "json_schema", "json_schema": schema}
