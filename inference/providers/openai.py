"""Chat Completions at any address: OpenAI, vLLM, Ollama, llama.cpp, Gemini, Mistral.

For models that are served without a chat template, or that want their own layout to the letter: a
fine-tuned judge behind vLLM. The server adds nothing to the text but its first token.

The SDK's exceptions are raised by the client (`openai_client`), so that code which knows the SDK
reads them; the engine sees `TransientError` and `PermanentError`.

The SDK spends most of a call's CPU time in building its own models (2 ms a call on its default
transport, 0.6 ms with aiohttp and without model parsing, against 0.1 ms for aiohttp alone).
What is needed of an answer is six fields, so this path reads them from the JSON itself.

A model that is sent bare text (`ModelSpec.completion`) is asked by the older Completions API.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import aiohttp
import httpx2
import openai
import orjson

from inference.canonical import Identity
from inference.models import PROVIDERS, ModelSpec, endpoint_label
from inference.prices import price_usd
from inference.providers import failures
from inference.providers.base import Headers, PermanentError, TransientError, api_key
from inference.providers.blocks import finish_of, input_block
from inference.providers.completion import read, usage_of
from inference.types import ChatRequest, Refusal, Reply, TokenLogprobs, Usage

if TYPE_CHECKING:
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming


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


def read_completion(answer: Mapping[str, Any]) -> Reply:
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


_BY_STATUS: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
}
_NO_CREDIT = {"insufficient_quota", "billing_hard_limit_reached"}  # sent as 429; no waiting helps


def status_error(
    status: int, headers: Mapping[str, str], body: bytes, url: str
) -> openai.APIStatusError:
    """The SDK's exception for an HTTP status that is no success."""
    request = httpx2.Request("POST", url)
    response = httpx2.Response(status, headers=dict(headers), content=body, request=request)
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = openai.InternalServerError if status >= 500 else openai.APIStatusError
    return kind(f"HTTP {status}", response=response, body=failures.error_field(body))


def translate(
    error: openai.APIError, request: ChatRequest, name: str
) -> TransientError | PermanentError:
    """Which of the two ways an SDK error goes; `name` is the model's name in the recipe."""
    if isinstance(error, openai.APITimeoutError):
        return TransientError("timeout", "no answer in time", sent=failures.was_sent(error))
    if isinstance(error, openai.APIConnectionError):
        return failures.lost_connection(error)
    if isinstance(error, openai.APIResponseValidationError):
        return PermanentError("no_json", str(error.body))
    if not isinstance(error, openai.APIStatusError):
        return TransientError("connection", type(error).__name__)
    detail = failures.describe(error.status_code, _field(error), request)
    if error.code in _NO_CREDIT or error.status_code == 402:
        return failures.no_credit(name, detail)
    headers = error.response.headers
    return failures.failure(error.status_code, headers, detail, name, _field(error))


def blocked(error: openai.APIError, request: ChatRequest) -> Refusal | None:
    """The refusal, where the failure is a server's own filter and not a fault of the request."""
    if not isinstance(error, openai.APIStatusError):
        return None
    return input_block(error.status_code, _field(error), request)


def _field(error: openai.APIStatusError) -> dict[str, object]:
    return error.body if isinstance(error.body, dict) else {}


CHAT_PATH = "chat/completions"
"""Where chats go, below a server's address."""


class ChatClient:
    """Posts to one server's `/chat/completions`, or `/completions`, over kept connections."""

    def __init__(
        self, base_url: str, key: str | None, timeout_s: float, path: str = CHAT_PATH
    ) -> None:
        """Remembers the address; connects when first used."""
        self.url = f"{base_url.rstrip('/')}/{path}"
        self._headers = {"Content-Type": "application/json", "User-Agent": "refusery"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(timeout_s, 30))
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, params: Mapping[str, object], on_headers: Headers | None = None
    ) -> dict[str, Any]:
        """One POST; the answer's JSON object. `on_headers` is told the answer's headers.

        Raises:
            openai.APIError: Every failure, as the SDK would raise it.
        """
        try:
            async with self._open().post(self.url, data=orjson.dumps(params)) as response:
                body = await response.read()
                if on_headers is not None:
                    on_headers(response.headers)
                if response.status >= 300:
                    raise status_error(response.status, response.headers, body, self.url)
                return self._object(body, response.content_type)
        except TimeoutError as error:
            raise openai.APITimeoutError(self._request()) from error
        except (aiohttp.ClientError, OSError) as error:
            raise openai.APIConnectionError(request=self._request()) from error

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(
                connector=connector, headers=self._headers, timeout=self._timeout
            )
        return self._session

    def _object(self, body: bytes, content_type: str) -> dict[str, Any]:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise self._unreadable(f"{content_type}, {len(body)} bytes") from None
        if not isinstance(value, dict):
            raise self._unreadable(f"a JSON {type(value).__name__}")
        return value

    def _unreadable(self, found: str) -> openai.APIResponseValidationError:
        response = httpx2.Response(200, request=self._request())
        return openai.APIResponseValidationError(response, body=f"the answer is {found}, not JSON")

    def _request(self) -> httpx2.Request:
        return httpx2.Request("POST", self.url)


_NAMES = {False: "chat completion", True: "text completion"}
_SEED_NAMES = {"api.mistral.ai": "random_seed"}  # it refuses parameters that it does not know


class OpenAIProvider:
    """One model behind an OpenAI-compatible server.

    Raises:
        KeyMissingError: The environment variable that should hold the key is not set.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Reads the key from the environment; nothing is sent yet."""
        self._spec = spec
        self.address = spec.address
        # Bare text is another question than a turn of a chat: its replies have keys of their own.
        self.identity = Identity(
            "openai-completions" if spec.completion else "openai",
            spec.label or endpoint_label(spec.name, self.address),
            spec.model,
        )
        self._host = urlsplit(self.address).hostname or ""
        self._is_public = self._host == urlsplit(PROVIDERS["openai"].public_api).hostname
        self._client = ChatClient(
            self.address,
            api_key(spec),
            spec.timeout_s,
            PATH if spec.completion else CHAT_PATH,
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

    def params(self, request: ChatRequest) -> "CompletionCreateParamsNonStreaming":
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
            return body_of(self._spec, request)
        return self.params(request)

    def _read(self, answer: dict[str, Any]) -> Reply:
        try:
            reply = read_completion(answer) if self._spec.completion else read(answer)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            detail = f"the answer is JSON, but no {_NAMES[self._spec.completion]}"
            raise PermanentError("no_completion", detail) from None
        return replace(reply, price_usd=price_usd(self._spec, reply.usage))
