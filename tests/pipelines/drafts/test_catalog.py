"""The table that new recipes take their models from: each id is priced, served, told rightly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inference.generations import retirement_of
from inference.prices import is_priced
from pipelines.drafts.catalog import Candidate, OwnModel, catalog, family_of
from pipelines.planning.servers import is_deprecated, server_of
from pipelines.recipe import Evaluation, parse
from pipelines.recipe.models import FAMILIES
from pipelines.sources.models import retired_since, thinks

_HOSTED = [name for name, each in catalog().providers.items() if each.key_env is not None]
_OFFERED = [
    pytest.param(provider, each, id=f"{provider}-{each.name}")
    for provider in _HOSTED
    for each in catalog().candidates([provider])
]


def _recipe(*candidates: Candidate) -> Evaluation:
    said = {
        "benchmark": "evaluation",
        "models": {each.name: dict(each.fields) for each in candidates},
        "evaluate": {
            "data": {"d": {"from": "d.csv"}},
            "targets": [each.name for each in candidates],
        },
    }
    recipe = parse(said, Path("new.yaml"))
    assert isinstance(recipe, Evaluation)
    return recipe


@pytest.mark.parametrize(("provider", "each"), _OFFERED)
def test_every_model_is_one_that_a_recipe_may_name_and_has_a_listed_price(
    provider: str, each: Candidate
) -> None:
    recipe = _recipe(each)
    server = server_of(recipe, each.name)
    assert server is not None
    assert server.spec.price is None
    assert is_priced(server.spec)
    assert server.key_env == each.key_env == catalog().providers[provider].key_env


@pytest.mark.parametrize(("provider", "each"), _OFFERED)
def test_no_model_is_retired_or_about_to_be(provider: str, each: Candidate) -> None:
    recipe = _recipe(each)
    server = server_of(recipe, each.name)
    assert server is not None
    assert not is_deprecated(server)
    soon = max(catalog().as_of, datetime.now(tz=UTC).date()) + timedelta(days=30)
    assert retired_since(recipe, each.name, soon) is None
    known = retirement_of(each.fields["model"])
    assert known is None or known.day > soon


@pytest.mark.parametrize(("provider", "each"), _OFFERED)
def test_a_model_that_thinks_has_room_for_its_thoughts(provider: str, each: Candidate) -> None:
    model = _recipe(each).models[each.name]
    if model.provider != "embedded" and thinks(model):
        assert (model.max_tokens or 0) >= 4000


@pytest.mark.parametrize("provider", _HOSTED)
def test_each_provider_has_a_writer_and_others_beside_it(provider: str) -> None:
    assert len(catalog().candidates([provider])) >= 3


def test_preferences_name_models_of_the_table_once() -> None:
    known = [name for name, _, _ in catalog().models]
    assert len(set(known)) == len(known)
    for names in catalog().prefer.values():
        assert len(set(names)) == len(names)
        assert set(names) <= set(known)


def test_a_model_at_several_providers_is_asked_at_its_makers_own() -> None:
    found = {each.name: each.provider for each in catalog().candidates(["openrouter", "mistral"])}
    assert found["mistral-small"] == "mistral"
    assert found["command-a"] == "openrouter"


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("Qwen/Qwen3-32B", "qwen"),
        ("mixtral:8x7b", "mistral"),
        ("openai/gpt-oss-20b", "gpt"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama"),
        ("cognitivecomputations/dolphin-2.9", None),
        ("my/own.model", None),
    ],
)
def test_a_family_is_read_from_a_models_name(model: str, family: str | None) -> None:
    assert family_of(model) == family
    assert family is None or family in FAMILIES


def test_models_of_ones_own_are_free_and_have_names_of_their_own() -> None:
    address = "http://127.0.0.1:8000/v1"
    own = [OwnModel(each, address) for each in ("Qwen/Qwen3-8B", "qwen3-8b", "a.b/c d")]
    found = catalog().candidates(["own"], own)
    assert [each.name for each in found] == ["qwen3-8b", "qwen3-8b-2", "c-d"]
    recipe = _recipe(*found)
    for each in found:
        server = server_of(recipe, each.name)
        assert server is not None
        assert is_priced(server.spec)
        assert server.key_env is None


def test_a_model_of_ones_own_that_thinks_is_told_not_to() -> None:
    (each,) = catalog().candidates([], [OwnModel("Qwen/Qwen3-32B", "http://127.0.0.1:8000/v1")])
    model = _recipe(each).models["qwen3-32b"]
    assert model.provider == "openai"
    assert not thinks(model)
