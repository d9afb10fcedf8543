from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import NotBuilt
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


def test_what_is_not_built_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="mode, gates") as caught:
        require_built(load(small_recipe(tmp_path), ["mode=refresh", "gates={}"]))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("override", "name"),
    [
        ("mode=refresh", "mode"),
        ("gates={min_per_category: 50}", "gates"),
        ("release.version=next", "release.version next"),
        (f"{_PANEL}, judge: {{kind: trained, path: x}}}}", "panel.judge.kind trained"),
        (
            f"{_PANEL}, judge: {{kind: llm, model: gpt4o, design: score}}}}",
            "panel.judge.design score",
        ),
    ],
)
def test_each_thing_that_is_not_built_is_named(tmp_path: Path, override: str, name: str) -> None:
    assert not_built(load(small_recipe(tmp_path), [override])) == (name,)


def test_a_chat_judge_and_keyword_rules_are_built(tmp_path: Path) -> None:
    for judge in ("keyword", "gpt4o", "{kind: llm, model: gpt4o}"):
        assert not_built(load(small_recipe(tmp_path), [f"{_PANEL}, judge: {judge}}}"])) == ()
