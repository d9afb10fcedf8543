"""What `serve` refuses before it registers anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.deployments import NotServableError, repositories, servable, warnings
from inference.errors import KeyMissingError
from pipelines.errors import PipelineError
from tests.loopback import RECIPE, write_recipe
from tests.small_recipe import small_recipe

_URL = "http://127.0.0.1:9/v1"


def test_a_recipe_is_read_with_the_settings_over_it(tmp_path: Path) -> None:
    (recipe,) = servable([write_recipe(tmp_path, _URL)], ["release.version=2027.1.0"])
    assert (recipe.name, recipe.release.version) == ("loop", "2027.1.0")


def test_two_recipes_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    recipes = [write_recipe(tmp_path, _URL), write_recipe(tmp_path / "other", _URL)]
    with pytest.raises(NotServableError, match=r"names of their own \(got loop\)"):
        servable(recipes, [])


def test_no_recipe_is_refused() -> None:
    with pytest.raises(NotServableError, match="one recipe at least"):
        servable([], [])


def test_a_missing_key_is_found_now_and_not_at_the_end_of_the_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(KeyMissingError, match="OPENAI_API_KEY"):
        servable([small_recipe(tmp_path)], [])


def test_a_repository_goes_with_the_benchmark_of_a_recipe(tmp_path: Path) -> None:
    recipes = servable([write_recipe(tmp_path, _URL)], [])
    assert repositories(["or-bench=me/set"], recipes) == {"or-bench": "me/set"}
    for bad in ("me/set", "or-bench=set", "or-bench=me/", "sorry-bench=me/set", "or-bench=a/b/c"):
        with pytest.raises(PipelineError, match="--repo must be"):
            repositories([bad], recipes)


def test_a_fixed_version_is_pointed_out(tmp_path: Path) -> None:
    fixed = servable([write_recipe(tmp_path, _URL)], [])
    following = servable([write_recipe(tmp_path, _URL, RECIPE.replace("2026.11.0", "next"))], [])
    assert [line for line in warnings(fixed) if "2026.11.0" in line]
    assert list(warnings(following)) == []
