"""The schema is whole from the start: what later stages take is checked already."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import RecipeError
from pipelines.recipe import Evaluation, SorryBench, load
from pipelines.recipe.base_set import BuiltBase, LoadedBase
from tests.small_recipe import small_recipe

MODELS = "models: {small: {provider: embedded}}\n"
SORRY = f"""\
benchmark: sorry-bench
taxonomy: or_bench
{MODELS}base: {{from: shipped}}
mutate: {{writer: small, pilot: 8}}
release: {{version: 2026.11.0}}
"""
EVALUATION = f"""\
benchmark: evaluation
{MODELS}evaluate:
  data:
    ours: {{from: out/releases/or-bench/2026.11.0, sample: 40}}
  targets: [small, {{name: careful, model: small, system: Be careful.}}]
  settings:
    cold: {{temperature: 0.0, max_tokens: 64}}
    warm: {{temperature: 0.7, max_tokens: 64}}
  judges: [keyword, {{kind: llm, model: small}}]
"""


def test_a_recipe_of_mutations_has_all_twenty_styles_by_default(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path, SORRY))
    assert isinstance(recipe, SorryBench)
    assert recipe.mutate is not None
    assert isinstance(recipe.base, LoadedBase)
    assert len(recipe.mutate.wanted) == 20
    later = load(small_recipe(tmp_path, SORRY), ["mode=extend", "release.version=next"])
    assert isinstance(later, SorryBench) and later.mode == "extend"


def test_encodings_and_misspellings_by_rules_need_no_writer(tmp_path: Path) -> None:
    offline = "mutate={styles: [misspellings, ascii], misspellings: {by: rules}}"
    recipe = load(small_recipe(tmp_path, SORRY), [offline])
    assert isinstance(recipe, SorryBench)
    assert recipe.mutate is not None
    assert recipe.mutate.wanted == ("ascii", "misspellings")
    with pytest.raises(RecipeError, match=r"writer must be given .* \(got slang\)"):
        load(small_recipe(tmp_path, SORRY), ["mutate={styles: [ascii, slang]}"])


def test_an_unknown_style_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"mutate.styles.0 .*did you mean `slang`"):
        load(small_recipe(tmp_path, SORRY), ["mutate.styles=[slng]"])


def test_a_base_is_built_where_it_has_sources(tmp_path: Path) -> None:
    base = "base={sources: [{from: a.csv}, {from: b.jsonl, column: text}], classifiers: [small]}"
    recipe = load(small_recipe(tmp_path, SORRY), [base])
    assert isinstance(recipe, SorryBench)
    assert isinstance(recipe.base, BuiltBase)
    with pytest.raises(RecipeError, match=r"base\.classifiers\.0 must be a model of the recipe"):
        load(small_recipe(tmp_path, SORRY), [base.replace("small", "tiny")])


def test_an_evaluation_crosses_data_targets_settings_and_judges(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path, EVALUATION))
    assert isinstance(recipe, Evaluation)
    assert list(recipe.evaluate.settings) == ["cold", "warm"]


@pytest.mark.parametrize("key", ["targets", "judges"])
def test_an_evaluations_models_must_exist(tmp_path: Path, key: str) -> None:
    with pytest.raises(RecipeError, match=f"evaluate.{key}.0 must be a model of the recipe"):
        load(small_recipe(tmp_path, EVALUATION), [f"evaluate.{key}=[smal]"])


def test_a_key_of_another_benchmark_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="unknown key `panel`"):
        load(small_recipe(tmp_path, SORRY), ["panel={targets: [small]}"])
