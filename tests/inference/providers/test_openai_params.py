from __future__ import annotations

import json

import pytest

from inference.models import ModelSpec
from inference.providers.openai import OpenAIProvider
from inference.types import ChatRequest, Message

_REQUEST = ChatRequest(
    "m", (Message("user", "q"),), temperature=0.5, max_tokens=9, seed=3, stop=("\n",),
    json_schema='{"type": "object"}', top_logprobs=2,
)  # fmt: skip


def _params(base_url: str | None, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    spec = ModelSpec("m", "openai", "served", base_url=base_url)
    return dict(OpenAIProvider(spec).params(_REQUEST))


def test_everything_asked_for_is_in_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    body = _params("http://127.0.0.1:8000/v1", monkeypatch)
    assert (body["model"], body["temperature"], body["seed"]) == ("served", 0.5, 3)
    assert (body["max_tokens"], body["stop"]) == (9, ["\n"])
    assert (body["logprobs"], body["top_logprobs"]) == (True, 2)
    schema = json.loads(json.dumps(body["response_format"]))
    assert schema["json_schema"]["schema"] == {"type": "object"}


def test_the_public_api_has_its_own_name_for_the_longest_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = _params(None, monkeypatch)
    assert body["max_completion_tokens"] == 9
    assert "max_tokens" not in body


def test_mistral_has_its_own_name_for_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = _params("https://api.mistral.ai/v1", monkeypatch)
    assert body["random_seed"] == 3
    assert "seed" not in body


def test_what_is_not_asked_for_is_left_to_the_server() -> None:
    spec = ModelSpec("m", "openai", "served", base_url="http://127.0.0.1:8000/v1")
    body = OpenAIProvider(spec).params(ChatRequest("m", ()))
    assert set(body) == {"model", "messages", "temperature"}


def test_a_model_with_sampling_of_its_own_is_sent_no_temperature() -> None:
    base_url = "http://127.0.0.1:8000/v1"
    spec = ModelSpec("m", "openai", "served", base_url=base_url, fixed_sampling=True)
    body = OpenAIProvider(spec).params(ChatRequest("m", (), temperature=0.7, top_p=0.9))
    assert set(body) == {"model", "messages"}


def test_a_begun_answer_is_left_out_where_the_model_takes_none() -> None:
    turns = (Message("user", "q"), Message("assistant", "I"))
    for prefill, sent in ((True, 2), (False, 1)):
        spec = ModelSpec("m", "openai", "c", base_url="http://127.0.0.1:8000/v1", prefill=prefill)
        assert len(OpenAIProvider(spec).params(ChatRequest("m", turns))["messages"]) == sent
