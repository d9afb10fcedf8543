"""The recipes that come with the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.benchmarks import benchmark_of, plan
from pipelines.errors import ModelRetiredError, RecipeError
from pipelines.opening import preflight
from pipelines.planning import shared_models as relatives
from pipelines.recipe import OrBench, SorryBench, load
from pipelines.recipe.panel import target_references
from pipelines.recipe.reference import MARKER, reference
from pipelines.recipe.schema import is_buildable, is_runnable
from pipelines.recipe.writer_names import names_of
from pipelines.sources.engine import require_prices, require_served
from pipelines.sources.models import to_specs

FOLDER = Path(__file__).parents[3] / "recipes"
SHIPPED = sorted(FOLDER.glob("or_bench.*.yaml"))
PAPER = FOLDER / "or_bench.paper.yaml"
SERVED = [path for path in SHIPPED if path != PAPER]


def shipped(path: Path) -> OrBench:
    recipe = load(path)
    assert isinstance(recipe, OrBench)
    return recipe


EVERY = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_every_recipe_plans_as_it_is_shipped_and_what_is_built_is_payable_served_and_gated(
    path: Path, tmp_path: Path
) -> None:
    recipe = load(path)
    assert is_runnable(recipe)
    found = plan(recipe, tmp_path)
    assert found.stages
    if is_buildable(recipe):
        assert recipe.gates is not None
        assert recipe.gates.model_fields_set
    if recipe.plan_only:
        with pytest.raises(ModelRetiredError):
            require_served(recipe)
        return
    assert found.unknown_prices == ()
    require_prices(recipe)
    require_served(recipe)
    assert not any(each.retired for each in found.asks)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_where_a_real_model_writes_drift_examples_risk_and_intent_are_looked_at(
    path: Path,
) -> None:
    recipe = load(path)
    if recipe.plan_only:
        return  # the paper's own choices
    if isinstance(recipe, OrBench):
        assert recipe.rewrite.drift is not None
        assert recipe.rewrite.examples is not None
        assert recipe.moderate.requires_risky
    if isinstance(recipe, SorryBench) and recipe.mutate is not None:
        part = recipe.mutate
        writers, translators = names_of(part.writer), names_of(part.translator)
        assert writers
        if recipe.models[writers[0]].provider != "embedded":
            assert part.judge_among(recipe.models) not in (None, *writers, *translators)
            assert part.back_translator not in (None, *translators)


def test_no_recipe_asks_a_model_whose_end_has_been_announced() -> None:
    """GPT-4o, GPT-4.1 and GPT-5 end in January 2027, by third parties' pages."""
    ids = [
        model.model or ""
        for path in EVERY
        if not (recipe := load(path)).plan_only
        for model in recipe.models.values()
    ]
    assert not [each for each in ids if each.startswith(("gpt-4", "gpt-5-", "gpt-5."))]


def test_four_recipes_come_with_the_project_and_the_readme_names_each() -> None:
    names = [path.name for path in SHIPPED]
    assert names == [f"or_bench.{kind}.yaml" for kind in ("api", "embedded", "paper", "vllm")]
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in names)


def test_the_readmes_key_tables_are_the_schemas() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert readme.partition(MARKER)[2].strip() == reference().strip()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_recipe_is_built_whole(path: Path) -> None:
    recipe = shipped(path)
    assert {each.name for each in plan(recipe).stages} >= {"seeds", "rewrite", "moderate"}


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
def test_every_price_is_known_and_no_model_retired(path: Path) -> None:
    found = plan(shipped(path))
    assert found.unknown_prices == ()
    assert found.usd is not None
    assert not any(each.retired for each in found.asks)


def test_the_papers_models_are_marked_as_retired_and_its_recipe_is_refused_by_their_names(
    tmp_path: Path,
) -> None:
    assert all(each.retired for each in plan(shipped(PAPER)).asks)
    with pytest.raises(ModelRetiredError, match="claude-3-opus-20240229, since 2026-01"):
        preflight(benchmark_of(shipped(PAPER)), shipped(PAPER), tmp_path)


def test_a_recipe_for_plans_alone_is_refused_by_its_name(tmp_path: Path) -> None:
    recipe = load(FOLDER / "or_bench.embedded.yaml", ["plan_only=true"])
    with pytest.raises(RecipeError, match="`plan_only` is for `refusery plan` alone"):
        preflight(benchmark_of(recipe), recipe, tmp_path)


@pytest.mark.parametrize("kind", ["api", "vllm"])
def test_six_families_are_tested_and_none_of_them_moderates(kind: str) -> None:
    recipe = shipped(FOLDER / f"or_bench.{kind}.yaml")
    assert recipe.panel is not None
    assert recipe.hard is not None
    families = {recipe.models[each.name].family for each in target_references(recipe.panel.targets)}
    assert len(families - {None}) == 6
    assert recipe.hard.at == 3
    assert relatives(recipe) == ()


def test_the_api_recipe_stays_within_its_budget_and_asks_four_families_or_more() -> None:
    recipe = shipped(FOLDER / "or_bench.api.yaml")
    cost = plan(recipe).usd
    assert recipe.budget is not None
    assert cost is not None
    assert cost < recipe.budget.max_usd
    assert len({each.family for each in recipe.models.values()}) >= 4


def test_the_vllm_recipe_asks_loopback_servers_alone_each_on_a_port_of_its_own() -> None:
    recipe = shipped(FOLDER / "or_bench.vllm.yaml")
    addresses = [spec.base_url or "" for spec in to_specs(recipe).values()]
    assert all(each.startswith("http://127.0.0.1:") for each in addresses)
    assert len(set(addresses)) == len(addresses)
    assert plan(recipe).usd == 0.0


@pytest.mark.parametrize("version", ["202406", "202503"])
def test_the_papers_mutations_have_the_published_size(version: str) -> None:
    path = FOLDER / f"sorry_bench.paper-{version}.yaml"
    found = plan(load(path)).stages
    size = {"202406": 9_000, "202503": 8_800}[version]
    assert sum(each.rows or 0 for each in found if each.name == "mutate") == size
    assert found[-1].rows == size + size // 20


def test_the_readme_names_every_recipe_of_the_fine_grained_set() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in FOLDER.glob("sorry_*.yaml"):
        assert f"`{path.name}`" in readme
