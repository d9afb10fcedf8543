from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import RecipeError
from pipelines.recipe import OrBench, load
from pipelines.recipe.loading import overridden
from tests.small_recipe import small_recipe


@pytest.mark.parametrize(
    ("override", "changed"),
    [
        ("a.b=0.5", {"a": {"b": 0.5, "c": 2}}),
        ("a.b=yes", {"a": {"b": True, "c": 2}}),
        ("a.b=[x, y]", {"a": {"b": ["x", "y"], "c": 2}}),
        ("a.b=2026.11.0", {"a": {"b": "2026.11.0", "c": 2}}),
        ("a.b=x=y", {"a": {"b": "x=y", "c": 2}}),
        ("a=null", {"a": None}),
        ("d.e=1", {"a": {"b": 1, "c": 2}, "d": {"e": 1}}),
    ],
)
def test_a_value_is_typed_as_yaml_types_it(override: str, changed: dict[str, object]) -> None:
    assert overridden({"a": {"b": 1, "c": 2}}, [override]) == changed


def test_the_later_override_wins_and_the_given_recipe_stays_as_it_was() -> None:
    given = {"a": {"b": 1}}
    assert overridden(given, ["a.b=2", "a.b=3"]) == {"a": {"b": 3}}
    assert given == {"a": {"b": 1}}


@pytest.mark.parametrize("override", ["rewrite", "=3", ".a=3", "a..b=3", "a.b=[", "seeds.from.x=1"])
def test_an_override_that_sets_nothing_is_refused(tmp_path: Path, override: str) -> None:
    with pytest.raises(RecipeError, match="--set") as caught:
        load(small_recipe(tmp_path), [override])
    assert caught.value.exit_code == 2


def test_a_part_is_left_out_by_null(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path), ["openers={max_share: 0.1}", "openers=null"])
    assert isinstance(recipe, OrBench)
    assert recipe.openers is None
