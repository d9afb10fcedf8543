from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import NotBuilt
from flows.recipe import load, not_built, require_built
from tests.flows.small_recipe import small_recipe

PAPER = Path(__file__).parents[3] / "recipes" / "or_bench.paper.yaml"


def test_what_is_built_passes(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path))
    assert not_built(recipe) == ()
    require_built(recipe)


def test_the_papers_recipe_is_refused_by_the_names_of_its_later_stages() -> None:
    with pytest.raises(NotBuilt, match="rescue, panel, hard, toxic") as caught:
        require_built(load(PAPER))
    assert caught.value.exit_code == 2


def test_the_papers_recipe_is_built_without_its_later_stages() -> None:
    left_out = ["rescue=null", "panel=null", "hard=null", "toxic=null"]
    assert not_built(load(PAPER, left_out)) == ()


@pytest.mark.parametrize(
    ("override", "name"),
    [
        ("mode=refresh", "mode"),
        ("gates={min_per_category: 50}", "gates"),
        ("budget={max_usd: 25}", "budget"),
        ("release.version=next", "release.version next"),
        ("seeds={from: 'hf://a/b'}", "seeds.from hf://"),
        ("models.gpt4o={provider: anthropic, model: x}", "models.gpt4o.provider anthropic"),
        ("models.gpt4o.dialect=wildguard", "models.gpt4o.dialect wildguard"),
    ],
)
def test_each_thing_that_is_not_built_is_named(tmp_path: Path, override: str, name: str) -> None:
    assert not_built(load(small_recipe(tmp_path), [override])) == (name,)


def test_a_model_that_nobody_asks_does_not_stand_in_the_way(tmp_path: Path) -> None:
    unused = "models.claude={provider: anthropic, model: x}"
    assert not_built(load(small_recipe(tmp_path), [unused])) == ()
