"""Opens the run of an evaluation: its folder, its shards, its engine."""

from __future__ import annotations

import json
from pathlib import Path

from artifacts.records import RunRecord, read_run
from base.files import replacing
from evaluation.answering import asking
from evaluation.order import Grouped
from evaluation.stages import require_digests, stage_maker, widest
from pipelines.errors import NotBuiltError, RunFolderTakenError
from pipelines.opening import FROZEN
from pipelines.recipe import Evaluation, Recipe
from pipelines.recipe.loading import freeze
from pipelines.runner.context import Context, Progress
from pipelines.runner.shards import Layout
from pipelines.sources.engine import open_engine, require_payable

BENCHMARK = "evaluation"
_ROWS_PER_SHARD = 2000
_MOST_SHARDS = 64


def layout_of(recipe: Evaluation, out: Path) -> Layout:
    """Where an evaluation's run lies; it has one version, which grows with the recipe."""
    return Layout(out.resolve(), recipe.name, BENCHMARK, BENCHMARK)


def results_of(recipe: Evaluation, out: Path) -> Path:
    """Where an evaluation's tables, figures and page are written."""
    return out.resolve() / "evaluations" / recipe.name


def require_evaluation(recipe: Recipe) -> Evaluation:
    """The recipe, if it is one of an evaluation.

    Raises:
        NotBuiltError: It is one of a data set.
    """
    if not isinstance(recipe, Evaluation):
        raise NotBuiltError("evaluate takes a recipe of evaluation", recipe.benchmark)
    return recipe


def require_askable(recipe: Evaluation) -> None:
    """Refuses, before the first call, a recipe whose calls could not be made or judged.

    Raises:
        KeyMissingError: A model's key is not in the environment.
        PriceUnknownError: Nobody says what a model costs.
        RecipeError: A chat template or a judge's file is not there, or does not fit.
        TrainedJudgeUnusableError: A trained judge's folder is not whole, or has another encoder.
        DigestError: A judge has no digest.
    """
    require_payable(recipe)
    for target in recipe.evaluate.members:
        for setting in recipe.evaluate.settings.values():
            asking(recipe, target, setting)
    require_digests(recipe)


def open_evaluation(
    recipe: Evaluation, out: Path, progress: Progress | None = None
) -> tuple[Context, RunRecord]:
    """The context of an evaluation's run and its record without stages; makes the run's folder.

    Args:
        recipe: What is evaluated.
        out: The output folder.
        progress: Who is told how far it is.

    Raises:
        RunFolderTakenError: The folder is that of a recipe for a data set.
        SourceError: A data set is not there or is not what it should be.
    """
    layout = layout_of(recipe, out)
    found = read_run(layout.run)
    if found is not None and found.benchmark != BENCHMARK:
        rule = f"the run folder {layout.run} must be an evaluation's; rename the recipe"
        raise RunFolderTakenError(rule, found.benchmark)
    shards = found.shards if found is not None else shards_for(widest(recipe))
    with replacing(layout.run / FROZEN) as file:
        frozen = {**json.loads(freeze(recipe)), "limit": None}
        file.write(json.dumps(frozen, indent=2).encode())
    context = Context(
        layout,
        shards,
        stage_maker(recipe, layout),
        lambda: open_engine(recipe, layout.ledger, layout.embeddings, layout.run_name),
        Grouped(progress) if progress is not None else None,
    )
    taxonomy = recipe.taxonomy
    return context, RunRecord(recipe.name, BENCHMARK, taxonomy, layout.version, shards, ())


def shards_for(rows: int) -> int:
    """Number of shards of a data set: few, since every model has a stage of its own."""
    shards = 1
    while shards < _MOST_SHARDS and rows / shards > _ROWS_PER_SHARD:
        shards *= 2
    return shards
