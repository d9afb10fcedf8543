"""Recipes from Python: read, changed, planned; and what is said before a flow starts."""

from __future__ import annotations

from pathlib import Path

import pytest

import refusery
from inference.errors import KeyMissingError
from pipelines.errors import NotBuiltError, RecipeError
from pipelines.recipe import OrBench
from refusery.recipes import file_of
from tests.small_recipe import small_recipe

_RECIPES = Path(__file__).parents[2] / "recipes"


def test_overrides_go_over_the_file_with_pythons_types(tmp_path: Path) -> None:
    overrides = {
        "rewrite.per_seed": 3,
        "rewrite.temperature": 1e-05,
        "moderate.moderators": ["gpt4o", {"kind": "words"}],
        "models.writer.model": "a: [model], # of 'mine' 😀",
        "rescue": None,
    }
    recipe = refusery.load_recipe(small_recipe(tmp_path), overrides)
    assert isinstance(recipe, OrBench)
    assert (recipe.rewrite.per_seed, recipe.rewrite.temperature) == (3, 1e-05)
    assert recipe.moderate.voters == ("gpt4o", "words")
    assert (recipe.models["writer"].model, recipe.rescue) == (
        overrides["models.writer.model"],
        None,
    )


@pytest.mark.parametrize("path", sorted(_RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_recipe_is_its_file_with_no_settings(path: Path) -> None:
    assert file_of(refusery.load_recipe(path)) == (path, [])


def test_a_recipe_that_was_changed_is_its_file_with_settings(tmp_path: Path) -> None:
    path = small_recipe(tmp_path)
    recipe = refusery.load_recipe(path, {"rewrite.per_seed": 3})
    assert isinstance(recipe, OrBench)
    changed = recipe.model_copy(update={"max_failed": 7})
    found, settings = file_of(changed)
    again = refusery.load_recipe(found)
    assert isinstance(again, OrBench)
    assert (again.rewrite.per_seed, again.max_failed) == (5, 0)
    assert len(settings) == 2
    assert refusery.plan(changed).asks != refusery.plan(again).asks


def test_a_change_that_breaks_the_schema_is_refused(tmp_path: Path) -> None:
    recipe = refusery.load_recipe(small_recipe(tmp_path)).model_copy(update={"max_failed": -1})
    with pytest.raises(RecipeError, match="max_failed"):
        refusery.plan(recipe)


def test_a_recipe_that_is_not_there_names_a_near_one(tmp_path: Path) -> None:
    small_recipe(tmp_path)
    with pytest.raises(RecipeError, match=r"did you mean `small\.yaml`"):
        refusery.plan(tmp_path / "smal.yaml")


def test_a_plan_needs_no_key_and_a_build_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    recipe = small_recipe(tmp_path)
    assert refusery.plan(recipe).servers == ("127.0.0.1:8000", "api.openai.com", "this machine")
    with pytest.raises(KeyMissingError, match="OPENAI_API_KEY"):
        refusery.build(recipe, out=tmp_path / "out")


def test_each_kind_of_recipe_has_its_function(tmp_path: Path) -> None:
    with pytest.raises(NotBuiltError, match="build takes a recipe of or-bench or sorry-bench"):
        refusery.build(_RECIPES / "evaluate.embedded.yaml", out=tmp_path)
    with pytest.raises(NotBuiltError, match="evaluate takes a recipe of evaluation"):
        refusery.evaluate(_RECIPES / "or_bench.embedded.yaml", out=tmp_path)
