"""Bare text to `/v1/completions`: what is sent, what is read, and what it is kept under."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from inference.canonical import canonical
from inference.providers.openai import OpenAIProvider, body_of
from inference.providers.openai import read_completion as read
from inference.types import ChatRequest, Failed, Message
from tests.inference.tasks import asking, engine_for, spec_for
from tests.servers.judges import Said
from tests.servers.openai_server import serve
from tests.servers.text_completions import serve_text

ASKED = ChatRequest("m", (Message("user", "Say 1."),))


def test_text_goes_out_bare_and_comes_back(tmp_path: Path) -> None:
    with (
        serve_text(Said({"bread": "1"})) as server,
        engine_for(server.base_url, tmp_path / "l.sqlite", completion=True) as engine,
    ):
        found = engine.run([asking("[INST] bread? [/INST]"), asking("[INST] tins? [/INST]")])
        assert list(found.results) == ["1", "0"]
        assert len(server.calls) == 2


def test_the_same_question_as_a_chat_is_kept_under_another_key() -> None:
    chat, bare = (
        spec_for("http://127.0.0.1:1/v1"),
        spec_for("http://127.0.0.1:1/v1", completion=True),
    )
    keys = {canonical(ASKED, OpenAIProvider(spec).identity) for spec in (chat, bare)}
    assert len(keys) == 2


def test_a_reply_is_replayed_from_the_ledger(tmp_path: Path) -> None:
    with serve_text(Said()) as server:
        for _ in range(2):
            with engine_for(server.base_url, tmp_path / "l.sqlite", completion=True) as engine:
                assert list(engine.run([asking("bread?")]).results) == ["0"]
        assert len(server.calls) == 1


def test_a_server_without_that_api_fails_the_row_and_says_where(tmp_path: Path) -> None:
    with (
        serve(Said()) as server,
        engine_for(server.base_url, tmp_path / "l.sqlite", completion=True) as engine,
    ):
        (found,) = engine.run([asking("bread?")]).results
        assert isinstance(found, Failed)


def test_every_parameter_that_the_api_has_is_sent_and_no_other() -> None:
    request = ChatRequest(
        "m",
        (Message("system", "Be short."), Message("user", "Say 1.")),
        temperature=0.5,
        top_p=0.9,
        max_tokens=7,
        seed=3,
        stop=("\n",),
        json_schema="{}",
        top_logprobs=2,
    )
    assert body_of(spec_for("http://127.0.0.1:1/v1"), request) == {
        "model": "loopback",
        "prompt": "Be short.\n\nSay 1.",
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 7,
        "seed": 3,
        "stop": ["\n"],
        "logprobs": 2,
    }
    fixed = spec_for("http://127.0.0.1:1/v1", fixed_sampling=True)
    assert not {"temperature", "top_p"} & set(body_of(fixed, request))


def test_an_answer_is_read_with_why_it_ended_tokens_and_probabilities() -> None:
    field = {"tokens": ["1"], "token_logprobs": [-0.5], "top_logprobs": [{"1": -0.5, "0": -1.0}]}
    reply = read(
        {
            "model": "judge",
            "choices": [{"text": "1", "finish_reason": "length", "logprobs": field}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 1},
        }
    )
    assert (reply.text, reply.finish, reply.model) == ("1", "length", "judge")
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (9, 1)
    assert reply.logprobs[0].top == (("1", -0.5), ("0", -1.0))


def test_a_filter_that_ends_it_is_a_refusal() -> None:
    reply = read({"choices": [{"text": "", "finish_reason": "content_filter"}]})
    assert reply.refusal is not None
    assert reply.refusal.kind == "provider_output_block"


@pytest.mark.parametrize(
    "body", [{}, {"choices": []}, {"choices": [{"message": {"content": "1"}}]}]
)
def test_what_is_no_text_completion_is_refused(body: dict[str, object]) -> None:
    with pytest.raises((KeyError, IndexError)):
        read(orjson.loads(orjson.dumps(body)))
