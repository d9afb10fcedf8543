"""A recipe that breaks its schema in several places is read to its end, each place told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.problems import all_of
from pipelines.errors import RecipeError
from pipelines.recipe import load
from pipelines.recipe.loading import look_through
from tests.small_recipe import small_recipe


def told(folder: Path, *overrides: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        load(small_recipe(folder), overrides)
    return [str(each) for each in all_of(caught.value)]


def test_several_wrong_keys_and_values_are_all_told_unknown_keys_first(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        "rewrite={writer: writer, persed: 5, tries: 0, mood: blue}",
        "seeds.per_call=many",
        "moderat={}",
    ) == [
        "unknown key `moderat` (did you mean `moderate`?)",
        "unknown key `persed` in rewrite (did you mean `per_seed`?)",
        "seeds.per_call must be a whole number (got 'many')",
        "unknown key `mood` in rewrite",
        "rewrite.tries must be greater than or equal to 1 (got 0)",
    ]


def test_a_misspelt_key_is_not_told_as_missing_too(tmp_path: Path) -> None:
    assert told(tmp_path, "rewrite={writter: writer}") == [
        "unknown key `writter` in rewrite (did you mean `writer`?)"
    ]


def test_names_are_looked_at_whatever_breaks_the_schema(tmp_path: Path) -> None:
    assert told(tmp_path, "release.version=1.0", "moderate.moderators=[gpt4, {kind: nearest}]") == [
        'release.version must be text of the form YEAR.MONTH.PATCH, in quotes ("2026.11.0"), or '
        "`next` (got 1.0)",
        "moderate.moderators.0 must be a model of the recipe (did you mean `gpt4o`?) (got gpt4)",
    ]


def test_what_parts_must_have_of_each_other_is_told_beside_the_rest(tmp_path: Path) -> None:
    assert told(tmp_path, "mode=extend", "rewrite.per_seed=none") == [
        "rewrite.per_seed must be a whole number (got 'none')",
        "mode: extend must come with rewrite.target, the rows that a category is to have "
        "(got no target)",
    ]


@pytest.mark.parametrize(
    ("override", "broken"),
    [
        ("models.gpt4o={provider: openi}", "models.gpt4o"),
        ("moderate.moderators=[gpt4o, 5, {kind: neerest}]", "moderate.moderators.1"),
        ("release={version: 2026.13.0}", "release.version"),
        ("rewrite.writer=5", "rewrite.writer"),
    ],
)
def test_the_rest_of_a_recipe_can_be_looked_at(tmp_path: Path, override: str, broken: str) -> None:
    looked = look_through(small_recipe(tmp_path), [override])
    assert looked.recipe is not None
    assert looked.concerns(broken)
    assert not looked.concerns("seeds.from")


@pytest.mark.parametrize("override", ["seeds=3", "release=null", "models=null", "benchmark=or"])
def test_without_a_part_that_is_needed_nothing_else_is_known(tmp_path: Path, override: str) -> None:
    looked = look_through(small_recipe(tmp_path), [override])
    assert looked.recipe is None
    assert looked.problems
