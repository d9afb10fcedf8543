from __future__ import annotations

from pathlib import Path

import pytest

from flows.recipe import load, not_built, require_built
from tests.flows.small_recipe import small_recipe

_PANEL = "panel={targets: [small]"
PAPER = Path(__file__).parents[3] / "recipes" / "or_bench.paper.yaml"


def test_what_is_built_passes(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path))
    assert not_built(recipe) == ()
    require_built(recipe)


def test_the_papers_recipe_is_built_whole() -> None:
    assert not_built(load(PAPER)) == ()


@pytest.mark.parametrize("override", ["mode=refresh", "release.version=next", "gates={}"])
def test_versions_and_modes_are_built(tmp_path: Path, override: str) -> None:
    assert not_built(load(small_recipe(tmp_path), [override])) == ()


def test_judges_of_every_kind_are_built(tmp_path: Path) -> None:
    score, trained = "{kind: llm, model: gpt4o, design: score}", "{kind: trained, path: x}"
    for judge in ("keyword", "gpt4o", score, trained):
        assert not_built(load(small_recipe(tmp_path), [f"{_PANEL}, judge: {judge}}}"])) == ()
