from __future__ import annotations

from pathlib import Path

import pytest

from inference.models import EncoderSpec, ModelSpec, Price
from pipelines.errors import RecipeError
from pipelines.recipe import load
from pipelines.sources.models import to_encoder, to_spec, to_specs
from tests.small_recipe import small_recipe


def test_a_public_api_has_the_usual_key_and_a_server_of_ones_own_none(tmp_path: Path) -> None:
    specs = to_specs(load(small_recipe(tmp_path)))
    assert specs["gpt4o"] == ModelSpec(
        "gpt4o",
        "openai",
        "gpt-4o-2024-11-20",
        key_env="OPENAI_API_KEY",
        rpm=5000,
        tpm=2_000_000,
    )
    assert specs["writer"] == ModelSpec(
        "writer",
        "openai",
        "writer-7b",
        base_url="http://127.0.0.1:8000/v1",
        price=Price(0.0, 0.0),
    )


def test_another_public_api_has_no_key_but_the_one_that_is_named(tmp_path: Path) -> None:
    other = "models.gpt4o.base_url=https://api.example.org/v1/"
    spec = to_spec(load(small_recipe(tmp_path), [other]), "gpt4o")
    assert (spec.base_url, spec.key_env) == ("https://api.example.org/v1", None)
    named = [other, "models.gpt4o.key_env=EXAMPLE_KEY"]
    assert to_spec(load(small_recipe(tmp_path), named), "gpt4o").key_env == "EXAMPLE_KEY"


def test_an_anthropic_model_has_anthropics_key(tmp_path: Path) -> None:
    entry = "models.gpt4o={provider: anthropic, model: claude-haiku, price: {input: 1, output: 5}}"
    spec = to_spec(load(small_recipe(tmp_path), [entry]), "gpt4o")
    assert (spec.provider, spec.key_env) == ("anthropic", "ANTHROPIC_API_KEY")
    assert spec.price == Price(1, 5)


def test_a_gguf_file_is_found_from_the_recipes_folder(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(b"GGUF")
    spec = to_spec(load(small_recipe(tmp_path), ["models.small.path=tiny.gguf"]), "small")
    assert (spec.model, spec.path) == ("tiny", tmp_path / "tiny.gguf")


def test_a_gguf_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path), ["models.small.path=gone.gguf"])
    with pytest.raises(RecipeError, match=r"models.small.path .* \(got gone.gguf\)"):
        to_spec(recipe, "small")


def test_an_unknown_model_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="did you mean `gpt4o`"):
        to_spec(load(small_recipe(tmp_path)), "gpt4")


def test_an_encoder_is_shipped_or_a_folder_or_a_hub_id(tmp_path: Path) -> None:
    (tmp_path / "encoders" / "mine").mkdir(parents=True)
    recipe = load(small_recipe(tmp_path))
    assert to_encoder(recipe, "all-MiniLM-L6-v2") == EncoderSpec("all-MiniLM-L6-v2")
    mine = to_encoder(recipe, "encoders/mine")
    assert mine == EncoderSpec("encoders/mine", path=tmp_path / "encoders" / "mine")
    assert to_encoder(recipe, "org/model@abc") == EncoderSpec("org/model", revision="abc")
    with pytest.raises(RecipeError, match="encoder must be a folder that is there"):
        to_encoder(recipe, "./gone")
