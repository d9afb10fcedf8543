"""The Messages API through the engine: what arrives, what is tried again, what ends a model."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from inference.engine import Engine
from inference.errors import InferenceError, KeyMissingError, KeyRefusedError
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.base import PermanentError
from inference.providers.base import TransientError as NetworkFault
from inference.providers.opening import provide
from inference.types import ChatRequest, Failed, Item, Message, Missing, Refusal, Reply
from tests.inference.tasks import Question, asking, no_encoder
from tests.servers import anthropic_faults as faults
from tests.servers.anthropic_server import AnthropicServer, serve_anthropic
from tests.servers.behaviours import Moderator, Router, SeedWriter, Verdict, Writer, echo
from tests.servers.chat import Answer, Behaviour, Body
from tests.servers.faults import (
    Fault,
    closed_after_headers,
    closed_before_headers,
    half_json,
    hangs,
    html,
)
from tests.servers.openai_server import serve
from tests.servers.schedules import always, first_tries

_PASSING = {
    "429": faults.rate_limited(seconds=0.05),
    "529": faults.overloaded(),
    "500": faults.server_error(),
    "closed before headers": closed_before_headers(),
    "closed after headers": closed_after_headers(),
    "html": html(200),
    "half": half_json(),
    "strange": faults.blocks({"type": "text"}),
}
_FINAL = {
    "401": (faults.key_refused(401), "key_refused"),
    "403": (faults.key_refused(403), "key_refused"),
    "credit": (faults.credit_spent(), "no_credit"),
    "404": (faults.api_error(404, "not_found_error", "model: nobody"), "not_found"),
}
_REFUSED = {
    "413": faults.too_large(),
    "400": faults.api_error(400, "invalid_request_error", "temperature: range"),
}
_REFUSALS = {
    "model": (faults.refusal("cyber"), Refusal("model_refusal", "stop_reason", "refusal: cyber")),
    "filter": (
        faults.output_blocked(),
        Refusal(
            "provider_output_block", "error.message", "output blocked by content filtering policy"
        ),
    ),
}


def _spec(server: AnthropicServer, **changes: object) -> ModelSpec:
    settings: dict[str, object] = {"timeout_s": 5.0, "give_up_s": 5.0, "base_url": server.base_url}
    return ModelSpec("m", "anthropic", "loopback", **(settings | changes))  # type: ignore[arg-type]  # fields by name


@contextmanager
def _engine(server: AnthropicServer, folder: Path, **changes: object) -> Iterator[Engine]:
    models = {"m": _spec(server, **changes)}
    with Engine(models, Ledger(folder / "ledger"), provide, no_encoder) as engine:  # type: ignore[arg-type]  # no encoder is asked
        yield engine


@dataclass(frozen=True)
class Whole(Question):
    """Asks with a system turn and gives the reply itself."""

    def request(self, item: Item, tries: int) -> ChatRequest:
        turns = (Message("system", "Be brief."), Message("user", item.text))
        return ChatRequest("m", turns, max_tokens=99, stop=("END",), top_p=0.9)

    def parse(self, item: Item, reply: Reply) -> Reply:  # type: ignore[override]
        return reply


def test_an_answer_arrives_and_is_replayed_from_the_ledger(tmp_path: Path) -> None:
    for sent in (1, 0):
        with serve_anthropic(echo) as server, _engine(server, tmp_path) as engine:
            reply = engine.run([asking("one two END three", Whole())]).results[0]
            assert isinstance(reply, Reply)
            assert (reply.text, reply.model) == ("one two ", "loopback")
            assert reply.usage.input_tokens > 0 < reply.usage.output_tokens
            assert len(server.calls) == sent
            if sent:
                body = server.calls[0].body
                assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.0, 0.9, 99)


@pytest.mark.parametrize("ending", ["", "/"])
def test_an_address_may_end_as_it_likes(tmp_path: Path, ending: str) -> None:
    with serve_anthropic(echo) as server:
        for base_url in (server.base_url, server.base_url.removesuffix("/v1")):
            spec = {"base_url": base_url + ending}
            with _engine(server, tmp_path / str(len(base_url)), **spec) as engine:
                assert engine.run([asking("q")]).results == ("q",)


@pytest.mark.parametrize("fault", _PASSING.values(), ids=_PASSING.keys())
def test_what_may_pass_is_tried_again(tmp_path: Path, fault: Fault) -> None:
    with (
        serve_anthropic(echo, faults=first_tries(1, fault)) as server,
        _engine(server, tmp_path) as engine,
    ):
        assert engine.run([asking("q")]).results == ("q",)
        assert len(server.calls) == 2


@pytest.mark.parametrize(("fault", "reason"), _FINAL.values(), ids=_FINAL.keys())
def test_what_no_repeating_can_mend_is_sent_once(tmp_path: Path, fault: Fault, reason: str) -> None:
    with (
        serve_anthropic(echo, faults=always(fault)) as server,
        _engine(server, tmp_path) as engine,
    ):
        assert engine.run([asking("q")]).results == (Failed(reason),)
        assert len(server.calls) == 1


@pytest.mark.parametrize("fault", _REFUSED.values(), ids=_REFUSED.keys())
def test_a_request_that_is_refused_twice_has_no_answer(tmp_path: Path, fault: Fault) -> None:
    with (
        serve_anthropic(echo, faults=always(fault)) as server,
        _engine(server, tmp_path) as engine,
    ):
        assert engine.run([asking("q")]).results == (Missing("request_refused"),)
        assert len(server.calls) == 2


def test_a_server_that_hangs_is_waited_for_no_longer_than_the_recipe_says(tmp_path: Path) -> None:
    with (
        serve_anthropic(echo, faults=always(hangs())) as server,
        _engine(server, tmp_path, timeout_s=0.3, attempts=1) as engine,
    ):
        assert engine.run([asking("q")]).results == (Failed("timeout"),)


@pytest.mark.parametrize(("fault", "refusal"), _REFUSALS.values(), ids=_REFUSALS.keys())
def test_a_refusal_is_an_answer_with_its_source(
    tmp_path: Path, fault: Fault, refusal: Refusal
) -> None:
    for sent in (1, 0):
        with (
            serve_anthropic(echo, faults=always(fault)) as server,
            _engine(server, tmp_path) as engine,
        ):
            reply = engine.run([asking("q", Whole())]).results[0]
            assert isinstance(reply, Reply)
            assert (reply.text, reply.refusal) == ("", refusal)
            assert len(server.calls) == sent


async def _once(spec: ModelSpec, text: str) -> Reply:
    provider = provide(spec)
    try:
        return await provider.call(ChatRequest("m", (Message("user", text),)))
    finally:
        await provider.close()


@pytest.mark.parametrize(
    "prompt",
    [
        "What is the spending limit of a card?",
        "Where can I read the usage limits of a hammer?",
        "Why is my output blocked by content filtering policy?",
    ],
)
def test_words_of_a_prompt_that_the_server_repeats_are_none_of_the_servers(
    prompt: str,
) -> None:
    told = f"messages.0: cannot read '{prompt}'"
    fault = faults.api_error(400, "invalid_request_error", told)
    with serve_anthropic(echo, faults=always(fault)) as server:
        with pytest.raises(PermanentError) as refused:
            asyncio.run(_once(_spec(server), prompt))
    assert (refused.value.reason, refused.value.ends_model) == ("bad_request", None)


def test_a_key_is_read_from_its_variable_and_a_wrong_one_ends_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_anthropic(echo, key="right") as server:
        for key in ("right", "wrong"):
            monkeypatch.setenv("TEST_KEY", key)
            with _engine(server, tmp_path / key, key_env="TEST_KEY", max_in_flight=1) as engine:
                batch = engine.run(asking(f"q{number}") for number in range(9))
                trouble: InferenceError | None = engine.troubles().get("m")
                assert (batch.results[0] == "q0") is (key == "right")
        assert isinstance(trouble, KeyRefusedError)
        assert "wrong" not in str(trouble)
        assert len(server.calls) == 10


def test_the_public_apis_key_is_sent_to_no_server_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "right")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "right")
    with serve_anthropic(echo, key="right") as server, _engine(server, tmp_path) as engine:
        assert engine.run([asking("q")]).results == (Failed("key_refused"),)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(KeyMissingError, match="ANTHROPIC_API_KEY"):
        provide(ModelSpec("m", "anthropic", "claude-3-5-haiku-latest"))


def test_log_probabilities_are_refused_with_the_reason(tmp_path: Path) -> None:
    class Votes(Question):
        def request(self, item: Item, tries: int) -> ChatRequest:
            return ChatRequest("m", (Message("user", "q"),), top_logprobs=2)

    with serve_anthropic(echo) as server, _engine(server, tmp_path) as engine:
        assert engine.run([asking("q", Votes())]).results == (Failed("no_logprobs"),)
        assert "no log-probabilities" in engine.last_failures()["m"]
        engine.run(asking(f"q{number}", Votes()) for number in range(9))
        trouble = str(engine.troubles()["m"])
        assert "`m`" in trouble
        assert "log-probabilities" in trouble
        assert "refused" not in trouble
        assert server.calls == []


async def _headers(spec: ModelSpec) -> list[Mapping[str, str]]:
    provider, told = provide(spec), []
    provider.on_headers = lambda headers: told.append(dict(headers))
    try:
        await provider.call(ChatRequest("m", (Message("user", "q"),)))
    except PermanentError as refused:
        assert refused.ends_model is not None
    finally:
        await provider.close()
    return told


@pytest.mark.parametrize("status", [200, 401])
def test_the_headers_of_every_answer_are_told(status: int) -> None:
    limits = {"anthropic-ratelimit-requests-remaining": "7"}
    refused = faults.api_error(401, "authentication_error", "invalid x-api-key", limits)
    schedule = always(refused) if status == 401 else first_tries(0, refused)
    with serve_anthropic(echo, headers=limits, faults=schedule) as server:
        told = asyncio.run(_headers(_spec(server)))
    assert [each["anthropic-ratelimit-requests-remaining"] for each in told] == ["7"]


def test_thirty_thousand_tokens_and_an_empty_answer_come_back_whole(tmp_path: Path) -> None:
    def told(body: Body) -> Answer:
        return Answer("" if "nothing" in str(body["messages"]) else "two words " * 30_000)

    for sent in (2, 0):
        with serve_anthropic(told) as server, _engine(server, tmp_path) as engine:
            batch = engine.run([asking("q", Unbounded()), asking("nothing", Unbounded())])
            assert batch.results == ("two words " * 30_000, "")
            assert len(server.calls) == sent


class Unbounded(Question):
    """Leaves room for a very long answer."""

    def request(self, item: Item, tries: int) -> ChatRequest:
        return ChatRequest("m", (Message("user", item.text),), max_tokens=200_000)


_SCHEMA = (
    '{"additionalProperties":false,"properties":{"explanation":{"type":"string"},'
    '"toxic":{"type":"boolean"}},"required":["explanation","toxic"],"type":"object"}'
)


class Asked(Question):
    """Asks for a verdict in a schema."""

    def request(self, item: Item, tries: int) -> ChatRequest:
        turns = (Message("user", item.text),)
        return ChatRequest("m", turns, max_tokens=300, json_schema=_SCHEMA)

    def parse(self, item: Item, reply: Reply) -> object:  # type: ignore[override]
        return reply.parsed["toxic"]


_BEHAVIOURS: dict[str, Behaviour] = {
    "moderator": Moderator(table={"kill": Verdict(toxic=True)}, toxic=0.3),
    "router": Router({"loopback": Moderator(toxic=0.5)}),
    "writer": Writer(),
    "seeds": SeedWriter(),
}


@pytest.mark.parametrize("name", ["moderator", "router"])
def test_one_behaviour_says_the_same_over_both_protocols(tmp_path: Path, name: str) -> None:
    questions = [f"how do I kill process {number}" for number in range(5)]
    questions += [f"question {number}" for number in range(20)]
    behaviour, found = _BEHAVIOURS[name], []
    for protocol, double in (("openai", serve), ("anthropic", serve_anthropic)):
        with double(behaviour) as server:
            spec = ModelSpec("m", protocol, "loopback", base_url=server.base_url)  # type: ignore[arg-type]  # a name of a provider
            ledger = Ledger(tmp_path / protocol)
            with Engine({"m": spec}, ledger, provide, no_encoder) as engine:  # type: ignore[arg-type]  # no encoder is asked
                found.append(engine.run(asking(text, Asked()) for text in questions).results)
    assert found[0] == found[1]
    assert {True, False} == set(found[0])


@pytest.mark.parametrize("name", ["writer", "seeds"])
def test_writers_write_the_same_over_both_protocols(tmp_path: Path, name: str) -> None:
    found = []
    for protocol, double in (("openai", serve), ("anthropic", serve_anthropic)):
        with double(_BEHAVIOURS[name]) as server:
            spec = ModelSpec("m", protocol, "loopback", base_url=server.base_url)  # type: ignore[arg-type]  # a name of a provider
            ledger = Ledger(tmp_path / protocol)
            with Engine({"m": spec}, ledger, provide, no_encoder) as engine:  # type: ignore[arg-type]  # no encoder is asked
                found.append(engine.run([asking("How do I boil water?", Unbounded())]).results)
    assert found[0] == found[1]
    assert "1. " in str(found[0])


async def _fault(spec: ModelSpec) -> NetworkFault:
    provider = provide(spec)
    try:
        await provider.call(ChatRequest("m", (Message("user", "q"),)))
    except NetworkFault as fault:
        return fault
    finally:
        await provider.close()
    raise LookupError("the call succeeded")


def test_a_connection_that_never_came_about_is_told_from_one_that_was_lost() -> None:
    with serve_anthropic(echo, faults=always(closed_before_headers())) as server:
        lost = asyncio.run(_fault(_spec(server)))
        nobody = asyncio.run(_fault(_spec(server, base_url="http://127.0.0.1:9/v1")))
    assert (lost.reason, lost.sent) == ("connection", True)
    assert (nobody.reason, nobody.sent) == ("connection", False)


def test_the_sdk_is_imported_when_it_is_first_wanted() -> None:
    code = "import sys, inference.engine, inference.providers.opening as o; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "inference.engine" in told.stdout
    assert "anthropic" not in told.stdout.split()


def test_a_model_that_takes_no_temperature_is_sent_none(tmp_path: Path) -> None:
    with serve_anthropic(echo) as server, _engine(server, tmp_path, fixed_sampling=True) as engine:
        assert engine.run([asking("q", Whole())]).results[0] is not None
        assert not {"temperature", "top_p"} & set(server.calls[0].body)
