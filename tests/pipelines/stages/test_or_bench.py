from __future__ import annotations

from pathlib import Path

from pipelines.or_bench.source import widest
from pipelines.recipe import OrBench, load
from tests.small_recipe import small_recipe


def _shipped(folder: Path, seeds: str) -> OrBench:
    recipe = load(small_recipe(folder), [f"seeds={seeds}", "rewrite.per_seed=1"])
    assert isinstance(recipe, OrBench)
    return recipe


def test_a_recipe_may_use_the_first_shipped_seeds_of_each_category(tmp_path: Path) -> None:
    few = _shipped(tmp_path, "{from: shipped, per_category: 2}")
    assert widest(few) == 2 * 10
    assert widest(few, limit=1) == 10
    assert widest(few, limit=5) == 2 * 10
    assert widest(_shipped(tmp_path, "{from: shipped}")) == 240
