"""A real run in which one category is starved at one stage, and one in which none is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from artifacts.audit_facts import Audit
from artifacts.schemas import ANSWERS
from artifacts.views import PANEL_FIELDS, draw_or_bench
from auditing.data import GateBrokenError
from flows.benchmarks import benchmark_of
from pipelines.audits.audits import audit_views
from pipelines.audits.gates import check_gates, require_gates
from pipelines.opening import open_run
from pipelines.or_bench.pipeline import built
from pipelines.recipe import OrBench, load, taxonomy_of
from pipelines.recipe.release import Gates
from pipelines.runner.context import forget, keep
from pipelines.runner.run import Run
from pipelines.runner.run_facts import funnel_of
from tests.loopback import CATEGORIES, RECIPE, models, write_recipe
from tests.servers.openai_server import serve

pytestmark = pytest.mark.embedded

_SEEDS = 4
_LONG = 150
_TEXT = RECIPE.replace(
    "{{from: shipped}}", "{{from: seeds.csv, license: cc0-1.0, redistribute: true}}"
) + f"clean: {{{{max_chars: {_LONG}, language: null, checks: []}}}}\n"  # fmt: skip
_GATES = Gates.model_validate({"min_per_category": 4, "max_category_ratio": 3.5})


def _write_seeds(path: Path, starved: str | None) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["prompt", "category"])
        for category in CATEGORIES:
            for number in range(_SEEDS):
                text = f"Help me to trick clerk number {number} of the {category} desk"
                if category == starved and number:
                    text = f"{text} {'and ' * _LONG}"
                writer.writerow([text, category])


@contextmanager
def _audited(folder: Path, starved: str | None) -> Iterator[tuple[Audit, Run]]:
    """The audit of what a run is about to release, and the run."""
    _write_seeds(folder / "seeds.csv", starved)
    with serve(models(tail=0.0, unparseable=0.0)) as server:
        recipe = load(write_recipe(folder, server.base_url, _TEXT))
        assert isinstance(recipe, OrBench)
        context, record = open_run(benchmark_of(recipe), recipe, folder / "out")
        keep(context)
        try:
            run = Run(context, record)
            run.build()
            came = built(run, recipe)
            view = draw_or_bench(
                "or-bench-80k",
                str(came.last),
                {"label": "safe"},
                kept=run.kept(came.last),
                votes=run.table(came.voted, "votes"),
                answers=ANSWERS.to_frame().select("row", *PANEL_FIELDS),
                seeds=run.kept("clean_seeds", ["row", "text"]),
            )
            funnel = funnel_of(run)
            taxonomy = taxonomy_of(recipe)
            yield audit_views(run, [view], recipe, taxonomy, funnel=funnel, version="1.0"), run
        finally:
            forget(context)


@pytest.mark.slow
def test_a_starved_category_is_caught_with_the_stage_that_starved_it(tmp_path: Path) -> None:
    with _audited(tmp_path, "privacy") as (audit, run):
        outcomes = check_gates(_GATES, audit)
        assert {each.category for each in outcomes} == {"privacy"}
        assert {each.stage for each in outcomes} == {"clean_seeds"}
        with pytest.raises(GateBrokenError, match=r"stage clean_seeds: of its 4 rows 1 were left"):
            require_gates(outcomes)
        stage = next(each for each in audit.stages if each.stage == "clean_seeds")
        assert stage.worst == "privacy"
        assert stage.cramers_v is not None
        assert stage.cramers_v > 0.8
        assert audit.voters
        assert len(run.results) == len({each.name for each in run.results})


@pytest.mark.slow
def test_a_clean_run_passes(tmp_path: Path) -> None:
    with _audited(tmp_path, None) as (audit, _):
        outcomes = check_gates(_GATES, audit)
        assert all(each.held for each in outcomes), outcomes
        require_gates(outcomes)
        assert audit.agreement is not None
        assert audit.agreement.alpha is not None
        filled = {each.column: each.filled == each.rows for each in audit.provenance}
        assert all(filled.values()), filled
