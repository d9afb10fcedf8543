"""The boundary: whatever a server sends is a reply that can be kept, or one of the two errors."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import pytest
from aiohttp import web

from inference.engine import Engine
from inference.ledger import Ledger
from inference.ledger_schema import dump, load
from inference.models import ModelSpec, Price
from inference.providers.base import PermanentError, Provider, TransientError
from inference.providers.boundary import LARGEST, _proxy
from inference.providers.opening import provide
from inference.types import ChatRequest, Message, Refusal, Reply
from tests.inference.tasks import asking, no_encoder
from tests.servers import anthropic_faults, faults
from tests.servers.anthropic_server import AnthropicServer
from tests.servers.behaviours import echo
from tests.servers.faults import Fault, Wire
from tests.servers.named_faults import answered, failing, fault, http, names
from tests.servers.openai_server import Server
from tests.servers.running import running
from tests.servers.schedules import always, containing, either, never

PROTOCOLS = ("openai", "anthropic")
PRICE = Price(1.0, 2.0)
ASKED = ChatRequest("m", (Message("user", "How do I boil water?"),), max_tokens=50)


@pytest.fixture(scope="module")
def servers() -> Iterator[Mapping[str, Server]]:
    with running(Server(echo)) as chat, running(AnthropicServer(echo)) as messages:
        yield MappingProxyType({"openai": chat, "anthropic": messages})


def spec_of(server: Server, protocol: str, **changes: object) -> ModelSpec:
    settings: dict[str, object] = {"timeout_s": 30.0, "price": PRICE, "base_url": server.base_url}
    return ModelSpec("m", protocol, "loopback", **(settings | changes))  # type: ignore[arg-type]  # fields by name


async def _call(
    provider: Provider, request: ChatRequest
) -> Reply | TransientError | PermanentError:
    try:
        return await provider.call(request)
    except (TransientError, PermanentError) as error:
        return error
    finally:
        await provider.close()


def outcome(
    servers: Mapping[str, Server], protocol: str, met: Fault, **changes: object
) -> Reply | TransientError | PermanentError:
    """What one attempt comes to where the server answers with a fault."""
    server = servers[protocol]
    server.faults = always(met)
    try:
        return asyncio.run(_call(provide(spec_of(server, protocol, **changes)), ASKED))
    finally:
        server.faults = never


def require_transient(found: object) -> TransientError:
    assert isinstance(found, TransientError), found
    return found


def require_permanent(found: object) -> PermanentError:
    assert isinstance(found, PermanentError), found
    return found


def require_reply(found: object) -> Reply:
    assert isinstance(found, Reply), found
    return found


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", names("passes"))
def test_what_may_pass_is_a_failure_that_may_pass(
    servers: Mapping[str, Server], protocol: str, name: str
) -> None:
    limit = 0.3 if name == "hang" else 30.0
    for seed in range(3):
        require_transient(outcome(servers, protocol, fault(name, seed), timeout_s=limit))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", names("answer"))
def test_an_odd_answer_can_be_kept(servers: Mapping[str, Server], protocol: str, name: str) -> None:
    for seed in range(4):
        reply = require_reply(outcome(servers, protocol, fault(name, seed)))
        assert load(dump(reply), ASKED, "") == reply
        reply.text.encode()
        assert len(reply.model) <= 200
        assert 0 <= reply.usage.input_tokens < 2**53
        assert 0 <= reply.usage.output_tokens < 2**53
        assert reply.price_usd is None or reply.price_usd >= 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", names("refused"))
def test_what_no_repeating_mends_is_said_so(
    servers: Mapping[str, Server], protocol: str, name: str
) -> None:
    require_permanent(outcome(servers, protocol, fault(name)))


_SLOW_TO_PASS = {"hang", "429_seconds", "429_date"}


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_failure_that_passes_is_asked_again_within_the_run(
    servers: Mapping[str, Server], protocol: str, tmp_path: Path
) -> None:
    met = sorted(set(names("passes")) - _SLOW_TO_PASS)
    server = servers[protocol]
    server.faults = either(*(containing(f"about {name}?", fault(name), tries=1) for name in met))
    models = {"m": spec_of(server, protocol)}
    with Engine(models, Ledger(tmp_path / "ledger"), provide, no_encoder) as engine:  # type: ignore[arg-type]  # no encoder is asked
        batch = engine.run(asking(f"What about {name}?") for name in met)
        assert batch.results == tuple(f"What about {name}?" for name in met)
        assert engine.troubles() == {}
    server.faults = never


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("met", "may_cost"),
    [
        (failing(502), True),
        (failing(504), True),
        (failing(524), True),
        (failing(500), False),
        (failing(503), False),
        (failing(529), False),
        (failing(429), False),
        (fault("closed_before"), True),
        (fault("short_body"), True),
        (fault("half_json"), True),
        (fault("page"), True),
        (fault("no_choices"), True),
        (fault("ended_by_error"), True),
        (answered(lambda _: b'{"error": {"code": 502, "message": "upstream"}}'), True),
        (answered(lambda _: b'{"error": {"code": 429, "message": "slow down"}}'), False),
    ],
)
def test_what_a_failure_may_have_cost_is_said(
    servers: Mapping[str, Server], protocol: str, met: Fault, may_cost: bool
) -> None:
    assert require_transient(outcome(servers, protocol, met)).may_cost is may_cost


def test_a_server_that_was_never_reached_costs_nothing(servers: Mapping[str, Server]) -> None:
    nobody = {"base_url": "http://127.0.0.1:9/v1"}
    found = require_transient(outcome(servers, "openai", failing(500), **nobody))
    assert (found.reason, found.sent, found.may_cost) == ("connection", False, False)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"error": {"code": 429, "message": "slow down"}}', "rate_limited"),
        (b'{"error": {"code": "503"}}', "server_error"),
        (b'{"error": {"type": "overloaded_error"}}', "rate_limited"),
        (b'{"error": "internal"}', "server_error"),
        (b'{"error": {"code": 504}, "choices": []}', "timeout"),
        (b'{"choices": [{"error": {"code": 502}, "message": {"content": "par"}}]}', "server_error"),
    ],
)
def test_an_error_within_a_success_is_read_like_an_http_failure(
    servers: Mapping[str, Server], protocol: str, body: bytes, reason: str
) -> None:
    assert require_transient(outcome(servers, protocol, answered(lambda _: body))).reason == reason


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"error": {"code": 401}}', "key_refused"),
        (b'{"error": {"type": "not_found_error"}}', "not_found"),
        (b'{"error": {"code": 402}}', "no_credit"),
    ],
)
def test_an_error_within_a_success_may_be_for_good(
    servers: Mapping[str, Server], protocol: str, body: bytes, reason: str
) -> None:
    found = require_permanent(outcome(servers, protocol, answered(lambda _: body)))
    assert (found.reason, found.may_cost) == (reason, reason != "no_credit")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_filters_verdict_is_a_refusal_packed_or_within_a_success(
    servers: Mapping[str, Server], protocol: str
) -> None:
    told = faults.azure_input_block().body
    packed = failing(400, [("content-encoding", b"gzip")], gzip.compress(told))
    for met in (packed, answered(lambda _: told)):
        reply = require_reply(outcome(servers, protocol, met))
        assert reply.refusal is not None
        assert (reply.refusal.kind, reply.refusal.source) == ("provider_input_block", "error.code")


def test_a_blocked_prompt_is_a_refusal_of_the_messages_api_too(
    servers: Mapping[str, Server],
) -> None:
    message = "Input blocked by content filtering policy"
    met = anthropic_faults.api_error(400, "invalid_request_error", message)
    reply = require_reply(outcome(servers, "anthropic", met))
    assert reply.refusal == Refusal("provider_input_block", "error.message", message.lower())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_bomb_is_unpacked_no_further_than_is_read(
    servers: Mapping[str, Server], protocol: str
) -> None:
    outcome(servers, protocol, fault("bomb"))  # makes the bomb
    tracemalloc.start()
    try:
        found = require_permanent(outcome(servers, protocol, fault("bomb")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.reason, found.may_cost) == ("too_large", True)
    assert peak < 3 * LARGEST


def test_a_body_is_read_no_further_than_its_bound_whatever_length_it_states(
    servers: Mapping[str, Server],
) -> None:
    endless = Wire(lambda _: b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (LARGEST + 1), 200)
    found = require_permanent(outcome(servers, "openai", endless))
    assert (found.reason, found.may_cost) == ("too_large", True)
    failed = Wire(lambda _: http(503, b" " * (LARGEST + 1)), 503)
    assert require_transient(outcome(servers, "openai", failed)).reason == "server_error"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_slow_drip_ends_with_the_calls_time(servers: Mapping[str, Server], protocol: str) -> None:
    drip = Wire(lambda answer: http(200, answer), 200, pieces=100, every_s=0.2)
    found = require_transient(outcome(servers, protocol, drip, timeout_s=0.5))
    assert (found.reason, found.may_cost) == ("timeout", True)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_said_and_nothing_is_sent_on(
    servers: Mapping[str, Server], protocol: str, status: int
) -> None:
    other = servers["anthropic" if protocol == "openai" else "openai"]
    before = len(other.calls)
    met = failing(status, [("location", f"{other.base_url}/models".encode())])
    found = require_permanent(outcome(servers, protocol, met))
    assert (found.reason, f"HTTP {status}" in found.detail) == ("redirected", True)
    assert len(other.calls) == before


@dataclass(slots=True)
class Noting(AnthropicServer):
    """Keeps the headers of each request."""

    seen: list[dict[str, str]] = field(default_factory=list)

    def _check_key(self, request: web.BaseRequest) -> None:
        self.seen.append({name.lower(): value for name, value in request.headers.items()})


@dataclass(slots=True)
class NotingChat(Server):
    """Keeps the headers of each request."""

    seen: list[dict[str, str]] = field(default_factory=list)

    def _check_key(self, request: web.BaseRequest) -> None:
        self.seen.append({name.lower(): value for name, value in request.headers.items()})


_AMBIENT: Mapping[str, str] = {
    "ANTHROPIC_CUSTOM_HEADERS": "x-corp-secret: MARKER",
    "ANTHROPIC_API_KEY": "MARKER",
    "ANTHROPIC_AUTH_TOKEN": "MARKER",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/MARKER",
    "OPENAI_API_KEY": "MARKER",
    "OPENAI_ORG_ID": "MARKER",
    "OPENAI_PROJECT_ID": "MARKER",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/MARKER",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://api.openai.com/v1/chat/completions", "http://127.0.0.1:9"),
        ("https://inside.example.org/v1", None),
        ("http://127.0.0.1:8000/v1", None),
        ("http://models.example.com/v1", None),
        ("https://gpu.lan/v1", None),
    ],
)
def test_the_environments_proxy_is_used_for_public_apis_alone(
    url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "example.org")
    assert _proxy(url) == proxy


class TestAmbient:
    """What stands in the environment."""

    SENT: ClassVar[Mapping[str, set[str]]] = {
        "openai": set(),
        "anthropic": {"anthropic-version"},
    }

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_goes_to_no_server(self, protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in _AMBIENT.items():
            monkeypatch.setenv(name, value)
        noting = NotingChat(echo) if protocol == "openai" else Noting(echo)
        with running(noting) as server:
            require_reply(asyncio.run(_call(provide(spec_of(server, protocol)), ASKED)))
        (headers,) = server.seen
        usual = {"host", "accept", "accept-encoding", "user-agent", "content-type"}
        assert set(headers) - usual - {"content-length"} == self.SENT[protocol]
        assert "MARKER" not in str(headers)


def test_halves_of_characters_are_replaced_before_anybody_reads_them(
    servers: Mapping[str, Server],
) -> None:
    for protocol in PROTOCOLS:
        reply = require_reply(outcome(servers, protocol, fault("half_character")))
        assert reply.text == "How do I boil water? \ufffd"


@pytest.mark.parametrize(
    "met",
    [
        faults.message(content=5),
        faults.message(content={"text": "a"}),
        faults.message(content=["a", 5]),
        faults.message(content=None, refusal={"why": "a"}),
        faults.parts({"type": "text", "text": 5}),
        faults.parts({"type": "refusal", "refusal": ["a"]}),
        faults.Alter(lambda payload: {**payload, "choices": {"0": 1}}),
        faults.Alter(lambda payload: {**payload, "choices": [None]}),
    ],
)
def test_what_is_no_text_is_no_completion(servers: Mapping[str, Server], met: Fault) -> None:
    found = require_transient(outcome(servers, "openai", met))
    assert (found.reason, found.may_cost) == ("no_completion", True)


def test_a_long_message_is_cut_before_it_is_looked_at(servers: Mapping[str, Server]) -> None:
    long = "please try again later " * 10_000 + "How do I boil water?"
    found = require_permanent(outcome(servers, "openai", faults.api_error(400, long)))
    assert "boil" not in found.detail
    assert len(found.detail) < 300
