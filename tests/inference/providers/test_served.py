"""Whether the model that answered is the one that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.models import ModelSpec
from inference.providers.served import is_same_model, others, remember
from tests.inference.tasks import asking, engine_for
from tests.servers.behaviours import echo
from tests.servers.faults import other_model
from tests.servers.openai_server import serve
from tests.servers.schedules import always


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("gpt-4o", "gpt-4o"),
        ("gpt-4o", "gpt-4o-2024-11-20"),
        ("gpt-4o-2024-11-20", "gpt-4o"),
        ("gpt-4", "gpt-4-0613"),
        ("claude-3-5-haiku-latest", "claude-3-5-haiku-20241022"),
        ("claude-3-5-haiku@20241022", "claude-3-5-haiku-20241022"),
        ("mistral-large-latest", "mistral-large-2411"),
        ("gemini-1.5-pro", "models/gemini-1.5-pro-002"),
        ("gemini-2.5-flash", "models/gemini-2.5-flash"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "Mixtral-8x7B-Instruct-v0.1"),
        ("Qwen3Guard-Gen-4B", "Qwen/Qwen3Guard-Gen-4B"),
        ("llama3.2", "llama3.2:latest"),
        ("Meta-Llama-3-8B", "meta-llama-3-8b"),
        ("anything", "/models/some-file-Q4_K_M.gguf"),
        ("anything", "some-file-Q4_K_M.gguf"),
        ("anything", r"C:\models\file"),
        ("anything", ""),
    ],
)
def test_aliases_snapshots_owners_and_files_stand_for_the_same_model(
    asked: str, served: str
) -> None:
    assert is_same_model(asked, served)


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("gpt-4o", "gpt-4o-mini"),
        ("gpt-4o", "gpt-4o-mini-2024-07-18"),
        ("gpt-4o-2024-11-20", "gpt-4o-2024-08-06"),
        ("gpt-4", "gpt-4-turbo"),
        ("claude-3-5-haiku-latest", "claude-3-5-sonnet-20241022"),
        ("llama3.2:3b", "llama3.2:1b"),
        ("Qwen/Qwen3-8B", "somebody/Qwen3-8B"),
        ("Qwen3-8B", "Qwen3-80B"),
        ("mistral-large-2407", "mistral-large-2411"),
    ],
)
def test_another_model_is_a_mismatch(asked: str, served: str) -> None:
    assert not is_same_model(asked, served)


def test_an_embedded_model_is_its_file_whatever_its_server_calls_it() -> None:
    spec = ModelSpec("m", "embedded", "smollm2-135m-instruct")
    assert others(spec, {"something-else"}) == ()


def test_the_engine_names_what_answered_instead_from_a_server_and_from_the_ledger(
    tmp_path: Path,
) -> None:
    for _ in range(2):
        with (
            serve(echo, faults=always(other_model("loopback-mini"))) as server,
            engine_for(server.base_url, tmp_path / "ledger") as engine,
        ):
            engine.run([asking("q"), asking("r")])
            assert engine.served() == {"m": (("loopback", "loopback-mini"),)}


def test_a_model_that_answers_under_its_name_is_not_named(tmp_path: Path) -> None:
    with (
        serve(echo) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        engine.run([asking("q")])
        assert engine.served() == {}


def test_names_that_a_server_invents_for_each_call_are_kept_in_bounds() -> None:
    names: set[str] = set()
    for number in range(1000):
        remember(names, f"{number}-{'m' * 10_000}")
    assert len(names) <= 64
    assert max(map(len, names)) <= 200
