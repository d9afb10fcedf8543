"""Which benchmark each kind of recipe is of; below this floor a benchmark is handed in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evaluation.pipeline import EVALUATION_RUN
from evaluation.planning import evaluate_sources
from inference.models import ModelSpec
from pipelines.benchmark import Benchmark
from pipelines.errors import NotBuiltError
from pipelines.opening import layout_of
from pipelines.or_bench.release import OR_BENCH
from pipelines.planning.doctor import examine
from pipelines.planning.live import Asked
from pipelines.planning.plan import plan_of
from pipelines.planning.servers import Probe, ask_models
from pipelines.planning.values import Finding, Plan
from pipelines.recipe import Evaluation, OrBench, Recipe
from pipelines.recipe.schema import Runnable, is_runnable
from pipelines.sorry_bench.release import SORRY_BENCH


def benchmark_of(recipe: Runnable) -> Benchmark[Any]:
    """The benchmark of a recipe."""
    if isinstance(recipe, Evaluation):
        return EVALUATION_RUN
    return OR_BENCH if isinstance(recipe, OrBench) else SORRY_BENCH


def plan(recipe: Recipe, out: Path = Path("out")) -> Plan:
    """What a recipe would do if every answer were usable and nothing were dropped.

    Raises:
        SourceError: A file of seeds or base requests is not there, or its categories are not the
            taxonomy's.
        TableUnreadableError: Such a file cannot be read.
        ColumnUnusableError: Such a file lacks a column.
        NotBuiltError: It is of no known benchmark.
    """
    if not is_runnable(recipe):
        raise NotBuiltError("a plan takes a recipe of a known benchmark", recipe.benchmark)
    return plan_of(recipe, benchmark_of(recipe).pipeline(recipe, layout_of(recipe, out), None))


def doctor(
    recipe: Recipe,
    environment: Mapping[str, str],
    probe: Probe = ask_models,
    ask: Callable[[ModelSpec], Asked] | None = None,
) -> tuple[Finding, ...]:
    """Looks at everything that a run of the recipe would need; see `examine`."""
    return (*examine(recipe, environment, probe, ask), *evaluate_sources(recipe))
