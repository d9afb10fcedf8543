"""The order of the stages, without Prefect: written seeds, top-up rounds, what adds up."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.records import StageName
from artifacts.verify.edges import check_run
from flows.benchmarks import benchmark_of
from pipelines.opening import open_run
from pipelines.or_bench.pipeline import Built, built, pipeline
from pipelines.recipe import OrBench, load
from pipelines.runner.context import forget, keep
from pipelines.runner.pipeline import Rounds
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from tests.loopback import CATEGORIES, RECIPE, SEEDS_TEMPLATE, models, write_recipe
from tests.servers.behaviours import Router, Scripted
from tests.servers.openai_server import serve
from tests.servers.voters import Moderator, Verdict
from tests.servers.writers import SeedWriter, Writer

_WRITTEN = RECIPE.replace(
    "{{from: shipped}}", "{{from: llm, writer: writer, per_category: 12, per_call: 5}}"
)


def _build(recipe: Path, out: Path, *settings: str, limit: int | None = None) -> tuple[Run, Built]:
    loaded = load(recipe, settings)
    assert isinstance(loaded, OrBench)
    context, record = open_run(benchmark_of(loaded), loaded, out, limit)
    keep(context)
    try:
        run = Run(context, record)
        run.build()
        came = built(run, loaded)
    finally:
        forget(context)
    assert check_run(context.layout.run).problems == ()
    return run, came


def _categories(run: Run, stage: str | StageName) -> dict[str, int]:
    counted = run.kept(stage, ["category"]).group_by("category").len()
    return dict(counted.iter_rows())


def test_a_model_writes_seeds_in_rounds_until_every_category_is_full(tmp_path: Path) -> None:
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url, _WRITTEN)
        run, came = _build(recipe, tmp_path / "out")
    assert _categories(run, came.seeds) == dict.fromkeys(CATEGORIES, 12)
    assert set(came.seed_endings.values()) == {"full"}
    seeds = run.kept(came.seeds)
    assert seeds["root"].to_list() == seeds["row"].to_list()


@pytest.mark.slow
def test_a_writer_that_repeats_itself_is_said_to_have_run_dry(tmp_path: Path) -> None:
    writer = Scripted({SEEDS_TEMPLATE: SeedWriter(supply=7)}, otherwise=Writer())
    with serve(Router({"writer": writer})) as server:
        recipe = write_recipe(tmp_path, server.base_url, _WRITTEN)
        voters = "moderate.moderators=[{kind: words}]"
        _, came = _build(recipe, tmp_path / "out", voters, "seeds.max_rounds=6")
    assert set(came.seed_endings.values()) == {"dry"}


@pytest.mark.parametrize("rounds", [1, 2])
def test_only_short_categories_get_a_further_round(tmp_path: Path, rounds: int) -> None:
    settings = ("rewrite.target=8", f"rewrite.rounds={rounds}")
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        run, came = _build(recipe, tmp_path / "out", *settings, limit=3)
    names = {str(result.name) for result in run.results}
    assert ("topup-1" in names) is (rounds == 2)
    first = run.kept("moderate-0", ["category", "label"]).filter(label="safe")
    counts = dict(first.group_by("category").len().iter_rows())
    short = {name for name in CATEGORIES if counts.get(name, 0) < 8}
    assert short
    if rounds == 1:
        assert set(came.short) == short
        return
    assert set(_categories(run, "topup-1")) == short
    full = run.table("topup-1", "dropped", ["category", "reason"])
    assert set(full["category"]) == set(CATEGORIES) - short
    assert set(full["reason"]) <= {"category_full"}
    positions = run.kept("rewrite-1", ["position"])["position"]
    assert min(int(each.split(".")[0]) for each in positions) >= 3  # after the first round's tries


_PANEL = "panel={targets: [writer, a]}"


@pytest.mark.parametrize(
    ("settings", "spare"),
    [
        ((), True),
        (("rescue={answerer: writer}",), False),
        ((_PANEL,), False),
        ((_PANEL, "rescue={answerer: writer}", "hard={at: 2, size: 9, rounds: 2}"), True),
    ],
)
def test_rounds_are_given_up_for_money_where_nobody_is_asked_after_them(
    tmp_path: Path, settings: tuple[str, ...], spare: bool
) -> None:
    recipe = load(
        write_recipe(tmp_path, "http://127.0.0.1:9/v1"),
        ("rewrite.target=8", "rewrite.rounds=3", *settings),
    )
    assert isinstance(recipe, OrBench)
    made = pipeline(recipe, Layout(tmp_path, "loop", "or-bench", "2026.11.0"))
    assert [step.spare for step in made.steps if isinstance(step, Rounds)] == [spare]


def test_a_row_may_take_the_category_that_its_moderators_name(tmp_path: Path) -> None:
    says_privacy = Moderator(table={"": Verdict(toxic=True, category="privacy")})
    names = [f"moderator-{letter}" for letter in "abc"]
    behaviours = {"writer": Writer(), **dict.fromkeys(names, says_privacy)}
    with serve(Router(behaviours)) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        run, _ = _build(recipe, tmp_path / "out", "rewrite.category=moderator", limit=1)
    assert set(_categories(run, "moderate-0")) == {"privacy"}
