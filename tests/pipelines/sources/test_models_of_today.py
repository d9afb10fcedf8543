"""Models of today: what a recipe says of them, and the body that their server is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from inference.canonical import canonical, key_of
from inference.engine import Engine
from inference.ledger import Ledger
from inference.providers.openai import token_limit_of
from inference.providers.opening import provide
from inference.types import ChatRequest, Item, Message
from pipelines.recipe import load
from pipelines.sources.models import to_spec
from tests.inference.tasks import Question, asking, no_encoder
from tests.servers.anthropic_server import serve_anthropic
from tests.servers.behaviours import echo
from tests.servers.generations import EXTRA, REFUSALS, like
from tests.servers.openai_server import serve
from tests.small_recipe import small_recipe

_AZURE = "https://lab.openai.azure.com/openai"
_CLASSIC = {
    "base_url": f"{_AZURE}/deployments/mini",
    "key_header": "api-key",
    "query": {"api-version": "2026-10-01"},
    "key_env": "AZURE_KEY",
}
_V1 = {"base_url": f"{_AZURE}/v1", "key_env": "AZURE_KEY"}
_GEMINI = {"base_url": "https://generativelanguage.googleapis.com/v1beta/openai"}
_VERTEX = {
    "base_url": "https://aiplatform.googleapis.com/v1/projects/lab/locations/global/endpoints/openapi",
    "key_env": "GATEWAY_KEY",
}
_OWN = {"base_url": "http://127.0.0.1:8000/v1"}
_SAMPLED = {"temperature": 0.0}
_LONG, _NEW = {"max_tokens": 2000}, {"max_completion_tokens": 2000}
_CONFIG = {"google": {"thinking_config": {"include_thoughts": False, "thinking_budget": 512}}}
_UNBLOCKED = {
    "google": {
        "safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    }
}

# What a recipe says of a model, and all that its body holds beside model and messages.
OPENAI: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    ("gpt-4.1-mini", {}, _SAMPLED | _NEW),
    ("gpt-5-mini", {}, _NEW),
    ("gpt-5-mini", {"reasoning": {"effort": "low"}}, _NEW | {"reasoning_effort": "low"}),
    ("gpt-5-mini", _V1, _NEW),
    ("gpt-5-mini", _CLASSIC, _NEW),
    ("gpt-5.1", {}, _NEW),
    (
        "gpt-5.1",
        {"reasoning": {"effort": "none"}},
        _SAMPLED | _NEW | {"reasoning_effort": "none"},
    ),
    ("gpt-5.4-mini", {"reasoning": {"effort": "xhigh"}}, _NEW | {"reasoning_effort": "xhigh"}),
    ("o4-mini", {}, _NEW),
    ("gemini-2.5-flash", _GEMINI, _SAMPLED | _LONG),
    (
        "gemini-2.5-flash",
        _GEMINI | {"reasoning": {"effort": "none"}},
        _SAMPLED | _LONG | {"reasoning_effort": "none"},
    ),
    (
        "gemini-2.5-flash",
        _GEMINI | {"reasoning": {"budget_tokens": 512}},
        _SAMPLED | _LONG | {"extra_body": _CONFIG},
    ),
    (
        "gemini-2.5-flash",
        _VERTEX | {"extra_body": {"extra_body": _UNBLOCKED}},
        _SAMPLED | _LONG | {"extra_body": _UNBLOCKED},
    ),
    (
        "gemini-2.5-flash",
        _VERTEX | {"extra_body": {"extra_body": _UNBLOCKED}, "reasoning": {"budget_tokens": 512}},
        _SAMPLED | _LONG | {"extra_body": {"google": _UNBLOCKED["google"] | _CONFIG["google"]}},
    ),
    (
        "gemini-3.1-flash-lite",
        _GEMINI | {"reasoning": {"effort": "minimal"}},
        _SAMPLED | _LONG | {"reasoning_effort": "minimal"},
    ),
    ("Qwen/Qwen3-8B", _OWN, _SAMPLED | _LONG),
    (
        "Qwen/Qwen3-8B",
        _OWN | {"reasoning": {"effort": "none"}},
        _SAMPLED | _LONG | {"chat_template_kwargs": {"enable_thinking": False}},
    ),
    ("deepseek-v4-flash", _OWN, _SAMPLED | _LONG),
    (
        "deepseek-v4-flash",
        _OWN | {"reasoning": {"effort": "none"}},
        _SAMPLED | _LONG | {"thinking": {"type": "disabled"}},
    ),
    (
        "deepseek-v4-flash",
        _OWN | {"reasoning": {"effort": "max"}},
        _SAMPLED | _LONG | {"reasoning_effort": "max"},
    ),
    ("mine", _OWN | {"extra_body": {"top_k": 1}}, _SAMPLED | _LONG | {"top_k": 1}),
    ("mine", _OWN | {"token_limit": "max_completion_tokens"}, _SAMPLED | _NEW),
    ("mine", _OWN | {"sampling": "fixed"}, _LONG),
)
CLAUDE: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    ("claude-haiku-4-5-20251001", {}, _SAMPLED),
    (
        "claude-haiku-4-5-20251001",
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
    ),
    ("claude-sonnet-4-6", {}, _SAMPLED),
    (
        "claude-sonnet-4-6",
        {"thinking": {"type": "adaptive", "effort": "low"}},
        {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}},
    ),
    ("claude-opus-4-7", {}, {}),
    (
        "claude-opus-4-7",
        {"thinking": {"type": "adaptive", "effort": "xhigh"}},
        {"thinking": {"type": "adaptive"}, "output_config": {"effort": "xhigh"}},
    ),
    ("claude-sonnet-5", {}, {}),
    (
        "claude-sonnet-5",
        {"thinking": {"type": "disabled"}},
        {"thinking": {"type": "disabled"}},
    ),
    ("claude-sonnet-5-5", {}, {}),
)


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AZURE_KEY", "GATEWAY_KEY"):
        monkeypatch.setenv(name, "k")


def _override(provider: str, model: str, said: Mapping[str, Any]) -> str:
    return f"models.gpt4o={json.dumps({'provider': provider, 'model': model, **said})}"


def _asked(folder: Path, provider: str, model: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The one body that a server was sent, which refuses what the real one refuses."""
    behaviour = like(model, echo) if model in REFUSALS else echo
    servers = serve_anthropic(behaviour) if provider == "anthropic" else None
    served = servers or serve(behaviour, extra=(*EXTRA, "top_k"))
    recipe = load(small_recipe(folder), [_override(provider, model, {"max_tokens": 2000, **said})])
    spec = to_spec(recipe, "gpt4o")
    # The address is the double's; what its host would have told is said instead.
    limit = spec.token_limit or token_limit_of(urlsplit(spec.address).hostname or "")
    with served as server:
        here = replace(spec, base_url=server.base_url, query=(), token_limit=limit)
        with Engine({"m": here}, Ledger(folder / "ledger"), provide, no_encoder) as engine:  # type: ignore[arg-type]
            batch = engine.run([asking("hello", _Bounded())])
        (call,) = server.calls
    assert batch.results == ("hello",)
    return dict(call.body)


class _Bounded(Question):
    def request(self, item: Item, tries: int) -> ChatRequest:
        return replace(super().request(item, tries), max_tokens=2000)


@pytest.mark.parametrize(("model", "said", "holds"), OPENAI)
def test_the_body_of_a_model_behind_the_openai_protocol(
    tmp_path: Path, model: str, said: Mapping[str, Any], holds: Mapping[str, Any]
) -> None:
    body = _asked(tmp_path, "openai", model, said)
    assert {body.pop("model"), len(body.pop("messages"))} == {model, 1}
    assert body == holds


@pytest.mark.parametrize(("model", "said", "holds"), CLAUDE)
def test_the_body_of_a_claude(
    tmp_path: Path, model: str, said: Mapping[str, Any], holds: Mapping[str, Any]
) -> None:
    body = _asked(tmp_path, "anthropic", model, said)
    assert {body.pop("model"), len(body.pop("messages"))} == {model, 1}
    assert body == {"max_tokens": 2000, **holds}


def _key(folder: Path, **said: Any) -> str:  # noqa: ANN401
    recipe = load(small_recipe(folder), [_override("openai", "gpt-5-mini", said)])
    request = ChatRequest("gpt4o", (Message("user", "q"),))
    return key_of(canonical(request, provide(to_spec(recipe, "gpt4o")).identity))


def test_another_effort_is_another_key_and_another_header_is_not(tmp_path: Path) -> None:
    plain = _key(tmp_path)
    low = _key(tmp_path, reasoning={"effort": "low"})
    assert len({plain, low, _key(tmp_path, reasoning={"effort": "high"})}) == 3
    assert _key(tmp_path, extra_body={"top_k": 1}) not in (plain, low)
    assert _key(tmp_path, headers={"X-Team": "safety"}) == plain
    assert _key(tmp_path, query={"api-version": "1"}) == plain
    assert _key(tmp_path, token_limit="max_tokens") == plain
    assert _key(tmp_path, key_header="api-key", key_env="AZURE_KEY") == plain


def test_a_gateway_is_sent_its_own_headers_its_query_and_the_key_in_its_own_header(
    tmp_path: Path,
) -> None:
    said = {
        "base_url": "https://gateway.example.org/llm/v1",
        "headers": {"X-Team": "safety"},
        "query": {"api-version": "2026-10-01"},
        "key_header": "X-Gateway",
        "key_env": "GATEWAY_KEY",
    }
    recipe = load(small_recipe(tmp_path), [_override("openai", "gpt-5-mini", said)])
    spec = to_spec(recipe, "gpt4o")
    assert spec.request_headers("k") == {"X-Gateway": "k", "X-Team": "safety"}
    assert spec.url("chat/completions").endswith("/llm/v1/chat/completions?api-version=2026-10-01")
