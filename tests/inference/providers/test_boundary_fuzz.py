"""Any bytes, JSON, headers and status, for all protocols: a reply or an error of ours."""

from __future__ import annotations

import asyncio
import gzip
import json
import string
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from inference.ledger_schema import dump, load
from inference.limits.headers import read as read_limits
from inference.models import ModelSpec, Price
from inference.providers.anthropic import AnthropicProvider
from inference.providers.base import PermanentError, TransientError
from inference.providers.boundary import Answer, Boundary, HttpClient
from inference.providers.failures import retry_after
from inference.providers.openai import OpenAIProvider
from inference.types import ChatRequest, Message, Reply
from tests.servers.named_faults import http
from tests.servers.running import running

ASKED = ChatRequest("m", (Message("user", "How do I boil water?"),), stop=("\n",), max_tokens=9)
SPEC = partial(ModelSpec, "m", price=Price(1.0, 2.0), base_url="http://127.0.0.1:9/v1")
BOUNDARIES: tuple[Boundary, ...] = (
    OpenAIProvider(SPEC("openai", "any"))._boundary,
    OpenAIProvider(SPEC("openai", "any", completion=True))._boundary,
    AnthropicProvider(SPEC("anthropic", "any"))._boundary,
)
SURPRISING = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

numbers = st.integers() | st.integers(2**52, 2**66) | st.floats() | st.just(10**400)
words = st.text(max_size=20) | st.sampled_from(["error", "abort", "stop", "SAFETY", "text", "429"])
leaves = st.none() | st.booleans() | numbers | words
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


def either(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what is usual, else anything."""
    return usual | usual | usual | values


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of the fields, each usual or not."""
    return st.fixed_dictionaries({}, optional={name: either(kind) for name, kind in fields.items()})


counts = st.integers(0, 10**6) | numbers
details = objects(cached_tokens=counts, reasoning_tokens=counts, thinking_tokens=counts)
usages = objects(
    prompt_tokens=counts,
    completion_tokens=counts,
    total_tokens=counts,
    input_tokens=counts,
    output_tokens=counts,
    cache_read_input_tokens=counts,
    cache_creation_input_tokens=counts,
    prompt_tokens_details=details,
    completion_tokens_details=details,
    output_tokens_details=details,
)
parts = objects(type=words, text=words, refusal=words)
tokens = objects(token=words, logprob=numbers, top_logprobs=st.lists(values, max_size=2))
logprobs = objects(
    content=st.lists(tokens, max_size=2),
    tokens=st.lists(words, max_size=2),
    token_logprobs=st.lists(numbers, max_size=2),
    top_logprobs=st.lists(st.dictionaries(words, numbers, max_size=2), max_size=2),
)
errors = objects(
    code=words | numbers,
    status=words | numbers,
    type=words,
    message=words,
    metadata=objects(reasons=st.lists(words), flagged_input=words),
    innererror=objects(code=words, content_filter_result=st.dictionaries(words, values)),
    details=objects(error_code=words),
)
messages = objects(
    content=words | st.none() | st.lists(parts, max_size=3),
    refusal=words | st.none(),
    tool_calls=values,
)
choices = objects(
    message=messages, text=words, finish_reason=words, logprobs=logprobs, error=errors
)
answers = objects(
    choices=st.lists(choices, max_size=2),
    content=st.lists(parts, max_size=3),
    stop_reason=words,
    stop_details=objects(category=words),
    usage=usages,
    model=words,
    error=errors,
    promptFeedback=objects(blockReason=words),
)
jsons = st.one_of(answers, answers, values).map(lambda value: json.dumps(value).encode())
bodies = st.one_of(
    jsons,
    jsons.map(lambda body: body[: len(body) // 2]),
    jsons.map(gzip.compress),
    st.binary(max_size=200),
    st.integers(90, 2000).map(lambda depth: b'{"choices":' + b"[" * depth + b"]" * depth + b"}"),
)
dates = st.sampled_from(["Fri, 31 Dec 99999 23:59:59 GMT", "Thu, 09 Oct 2025 08:53:20 GMT", "²"])
header_names = st.sampled_from(
    [
        "retry-after",
        "retry-after-ms",
        "date",
        "content-encoding",
        "content-type",
        "set-cookie",
        "location",
        "ratelimit-remaining",
        "ratelimit-reset",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset",
    ]
)
header_values = st.one_of(
    st.text(max_size=30),
    st.text(string.digits + ".-:TZhmsu+ ", max_size=30),
    st.integers(0, 5000).map(lambda length: "9" * length),
    dates,
    st.sampled_from(["gzip", "deflate", "gzip, gzip", "br", "inf", "nan", "-1", "6m0s"]),
)
headers = st.lists(st.tuples(header_names, header_values), max_size=4)
statuses = st.sampled_from([200, 200, 200, 400, 401, 403, 404, 413, 422, 429, 451, 500, 529])


def require_a_reply_or_an_error_of_ours(boundary: Boundary, answer: Answer) -> None:
    try:
        reply = boundary.reply(answer, ASKED)
    except (TransientError, PermanentError) as error:
        assert error.reason
        str(error).encode()
        return
    assert isinstance(reply, Reply)
    assert load(dump(reply), ASKED, "") == reply
    assert 0 <= reply.usage.input_tokens < 2**53
    assert 0 <= reply.usage.output_tokens < 2**53
    assert reply.price_usd is None or reply.price_usd >= 0


def read_all(status: int, stated: list[tuple[str, str]], body: bytes) -> None:
    named = CIMultiDict(stated)
    for left in read_limits(named, 1_760_000_000.0):
        assert 0 <= left.left < float("inf")
        assert 0 <= left.reset_s < float("inf")
    wait = retry_after(named)
    assert wait is None or 0 <= wait < float("inf")
    for boundary in BOUNDARIES:
        require_a_reply_or_an_error_of_ours(boundary, Answer(status, named, body))


@settings(max_examples=40, suppress_health_check=SURPRISING)
@given(statuses, headers, bodies)
def test_any_answer_is_a_reply_or_an_error_of_ours(
    status: int, stated: list[tuple[str, str]], body: bytes
) -> None:
    read_all(status, stated, body)


@pytest.mark.slow
@settings(max_examples=2000, suppress_health_check=SURPRISING)
@given(st.integers(0, 999), headers, bodies)
def test_thousands_of_answers_are_replies_or_errors_of_ours(
    status: int, stated: list[tuple[str, str]], body: bytes
) -> None:
    read_all(status, stated, body)


class Wire:
    """A server that answers whatever it is asked with the same bytes."""

    def __init__(self) -> None:
        self.data = b""
        self.url = ""
        self._stopping = asyncio.Event()

    async def run(self, started: Future[str]) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        started.set_result(self.url)
        await self._stopping.wait()
        server.close()

    def stop(self) -> None:
        self._stopping.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.data)
        writer.close()


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with running(Wire()) as server:
        yield server


def _line(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape").replace(b"\r", b"").replace(b"\n", b"")


@st.composite
def sent(draw: st.DrawFn) -> bytes:
    """Bytes on the wire: HTTP, nearly HTTP, or none."""
    body = draw(bodies)
    named = [(name, _line(value)) for name, value in draw(headers)]
    named += draw(st.lists(st.tuples(st.just("x-any"), st.binary(max_size=20)), max_size=1))
    length = draw(st.sampled_from([None, None, len(body) + 5, max(0, len(body) - 5)]))
    whole = http(draw(st.integers(100, 999) | statuses), body, named, length)
    kept = draw(st.sampled_from([len(whole), len(whole), len(whole) // 2, 5]))
    return draw(st.sampled_from([whole[:kept], whole, whole, body]))


def ask(wire: Wire, data: bytes) -> None:
    wire.data = data

    async def asked() -> None:
        client = HttpClient({}, 30.0)
        try:
            answer = await client.send("GET", wire.url)
        finally:
            await client.close()
        for boundary in BOUNDARIES:
            require_a_reply_or_an_error_of_ours(boundary, answer)

    try:
        asyncio.run(asked())
    except (TransientError, PermanentError) as error:
        assert error.reason


@settings(max_examples=20, suppress_health_check=SURPRISING)
@given(sent())
def test_any_bytes_on_the_wire_are_an_answer_or_an_error_of_ours(wire: Wire, data: bytes) -> None:
    ask(wire, data)


@pytest.mark.slow
@settings(max_examples=1000, suppress_health_check=SURPRISING)
@given(sent())
def test_thousands_of_bytes_on_the_wire_are_answers_or_errors_of_ours(
    wire: Wire, data: bytes
) -> None:
    ask(wire, data)
