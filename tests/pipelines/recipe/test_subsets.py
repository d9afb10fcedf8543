from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.errors import RecipeError
from pipelines.recipe import OrBench, load
from pipelines.recipe.panel import Hard, Toxic
from tests.small_recipe import small_recipe


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"balance": "quota"}, "quota must be given for the balance `quota`"),
        ({"quota": {"hate": 3}}, "quota must be given for the balance `quota`, and for no other"),
        (
            {"balance": "quota", "quota": {"hate": 3}, "size": 3},
            "size must be left out with the balance `quota`",
        ),
        ({"balance": "cap"}, "size must be given for the balance `cap`"),
    ],
)
@pytest.mark.parametrize("part", [Hard, Toxic])
def test_a_draw_whose_settings_do_not_fit_is_refused(
    part: type[Hard | Toxic], given: dict[str, object], rule: str
) -> None:
    with pytest.raises(ValidationError, match=rule):
        part.model_validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"size": 1000},
        {"size": 1000, "balance": "cap"},
        {"balance": "quota", "quota": {"hate": 3}},
    ],
)
def test_a_draw_that_says_how_many_once_is_taken(given: dict[str, object]) -> None:
    assert Hard.model_validate(given).seed == 7


_PANEL = "panel={targets: [small, writer, gpt4o]}"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            ["hard={size: 5, rounds: 2}"],
            "hard.rounds must come with a panel, whose answers say what is hard (got no panel)",
        ),
        (
            [_PANEL, "hard={rounds: 2}"],
            "hard: rounds must come with size or quota, the rows that are wanted (got 2)",
        ),
        (
            [_PANEL, "hard={size: 5, min_yield: 0.1}"],
            "hard: min_yield must come with rounds (got 0.1)",
        ),
        (["rewrite.min_yield=0.1"], "rewrite: min_yield must come with target (got 0.1)"),
        (["toxic={from: []}"], "toxic.from must not be empty"),
        (
            ["toxic={from: [seed]}"],
            "toxic.from.0 must be seeds or rewrites (did you mean `seeds`?) (got 'seed')",
        ),
        (["toxic={from: [seeds, seeds]}"], "toxic: from must be listed once each (got seeds)"),
    ],
)
def test_rounds_and_origins_that_do_not_fit_are_refused_in_one_line(
    tmp_path: Path, settings: list[str], says: str
) -> None:
    with pytest.raises(RecipeError) as raised:
        load(small_recipe(tmp_path), settings)
    assert str(raised.value) == says


def test_toxic_rows_come_from_seeds_and_rewrites_unless_it_is_said(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path), [_PANEL, "hard={size: 5, rounds: 2}", "toxic={size: 9}"])
    assert isinstance(recipe, OrBench)
    assert recipe.toxic is not None
    assert recipe.toxic.origins == ("seeds", "rewrites")
    assert recipe.hard is not None
    assert (recipe.hard.least_yield, recipe.rewrite.least_yield) == (0.005, 0.02)
