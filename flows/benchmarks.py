"""Which benchmark each kind of recipe is of; below this floor a benchmark is handed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from base.errors import RefuseryError
from evaluation.pipeline import EVALUATION_RUN
from evaluation.planning import evaluate_sources
from inference.models import ModelSpec
from pipelines.benchmark import Benchmark
from pipelines.errors import NotBuiltError, ReleaseDiffersError
from pipelines.opening import gaps_of, layout_of
from pipelines.or_bench.release import OR_BENCH
from pipelines.pilots.finding import find_pilot
from pipelines.planning.doctor import examine, with_gaps
from pipelines.planning.held import HeldStage, held_by
from pipelines.planning.live import Asked
from pipelines.planning.plan import plan_of
from pipelines.planning.servers import Probe, ask_models
from pipelines.planning.values import WOULD_BE_REFUSED, Finding, Plan
from pipelines.preconditions.gap import Gap, require_none
from pipelines.recipe import Evaluation, OrBench, Recipe
from pipelines.recipe.schema import Runnable, is_buildable, is_runnable
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.shards import Layout
from pipelines.sorry_bench.release import SORRY_BENCH
from pipelines.sources.templates import require_templates
from pipelines.stages.gaps import require_no_taxonomy_gaps


def benchmark_of(recipe: Runnable) -> Benchmark[Any]:
    """The benchmark of a recipe."""
    if isinstance(recipe, Evaluation):
        return EVALUATION_RUN
    return OR_BENCH if isinstance(recipe, OrBench) else SORRY_BENCH


def plan(recipe: Recipe, out: Path = Path("out"), pilot: Path | None = None) -> Plan:
    """What a recipe would do: by a pilot of it, else if every answer were usable at once.

    Args:
        recipe: The recipe.
        out: Where its pilots lie.
        pilot: A pilot's folder or file; by default one of this recipe in `out`, if there is any.

    Raises:
        RecipeError: A template of the recipe's own is not there.
        TemplateInvalidError: It cannot be asked by.
        TaxonomyGapsError: The taxonomy lacks what the recipe asks of it.
        PilotUnusableError: The pilot that is named is of another recipe, or cannot be read.
        SourceError: A file of seeds or base requests is not there, or its categories are not the
            taxonomy's.
        TableUnreadableError: Such a file cannot be read.
        ColumnUnusableError: Such a file lacks a column.
        NotBuiltError: It is of no known benchmark.
    """
    if not is_runnable(recipe):
        raise NotBuiltError("a plan takes a recipe of a known benchmark", recipe.benchmark)
    benchmark = benchmark_of(recipe)
    gaps = () if recipe.plan_only else gaps_of(benchmark, recipe, out)
    try:
        require_templates(recipe)
        if is_buildable(recipe):
            require_no_taxonomy_gaps(recipe)
        layout = layout_of(recipe, out)
        pipeline = benchmark.pipeline(recipe, layout, None)
        found = find_pilot(recipe, out, pilot)
        held, said = _held(recipe, pipeline, layout, gaps)
        planned = plan_of(recipe, pipeline, found.record, held)
    except RefuseryError:
        require_none(gaps)  # all of them at once
        raise
    notes = [*planned.notes, *filter(None, [found.note, said])]
    notes += [f"{WOULD_BE_REFUSED}: {gap.told}" for gap in gaps]
    return replace(planned, notes=tuple(notes))


def _held(
    recipe: Runnable, pipeline: Pipeline, layout: Layout, gaps: Sequence[Gap]
) -> tuple[dict[str, HeldStage] | None, str]:
    """What of a run's calls is answered already, or why nobody knows; nothing without a ledger."""
    if recipe.plan_only or not layout.ledger.exists():
        return None, ""
    differs = any(isinstance(gap.error, ReleaseDiffersError) for gap in gaps)
    if layout.is_released and not layout.has_tables and not differs:
        shown = (name for each in pipeline.stages for name in (each.name.stage, each.name.group))
        note = "This version is released and its tables are cleared away: a run makes no call"
        return {name: HeldStage() for name in shown}, note
    if "hf://" in recipe.model_dump_json():
        return None, "What the ledger holds is not counted: it would take files of the Hub"
    try:
        return held_by(recipe, pipeline, layout), ""
    except RefuseryError as error:
        return None, f"What the ledger holds is not counted: {error}"


def doctor(
    recipe: Recipe,
    environment: Mapping[str, str],
    probe: Probe = ask_models,
    ask: Callable[[ModelSpec], Asked] | None = None,
    out: Path = Path("out"),
) -> tuple[Finding, ...]:
    """Looks at everything that a run of the recipe would need; see `examine`.

    Args:
        recipe: The recipe; where a release is built from it, its version is resolved.
        environment: As for `examine`.
        probe: As for `examine`.
        ask: As for `examine`.
        out: The output folder that a run would have.
    """
    found = (*examine(recipe, environment, probe, ask), *evaluate_sources(recipe))
    if not is_runnable(recipe):
        return found
    return with_gaps(found, gaps_of(benchmark_of(recipe), recipe, out))
