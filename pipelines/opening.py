"""Opens a run: its folder, its shards, its engine; and joins it from a worker process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, cast

from artifacts.records import RunRecord, read_run
from base.files import LARGEST_RECORD, replacing
from base.foreign_text import open_regular, read_json
from pipelines.benchmark import Benchmark, RecipeT
from pipelines.errors import RecipeError, RunFolderTakenError, StageInputMissingError
from pipelines.recipe import Recipe, taxonomy_of
from pipelines.recipe.loading import freeze
from pipelines.recipe.loading import thaw as thaw_recipe
from pipelines.recipe.schema import Runnable, is_buildable, is_runnable
from pipelines.runner.context import Context, Progress, keep, known
from pipelines.runner.shards import Layout
from pipelines.sources import Pins
from pipelines.sources.engine import open_engine, require_payable
from pipelines.versions.lineage import lineage_of
from pipelines.versions.next_version import resolve_version

FROZEN = "recipe.json"


@dataclass(frozen=True, slots=True)
class Checked(Generic[RecipeT]):
    """A recipe that may be run.

    Attributes:
        recipe: It, with its version resolved and its sources pinned.
        pins: The commits behind its `hf://` names; to be kept once the run has begun.
    """

    recipe: RecipeT
    pins: Pins


def preflight(
    benchmark: Benchmark[RecipeT], recipe: RecipeT, out: Path, limit: int | None = None
) -> Checked[RecipeT]:
    """Everything that is looked at before a run has a folder or a call is made.

    Args:
        benchmark: Its benchmark.
        recipe: What is to be run.
        out: The output folder.
        limit: As for `open_run`.

    Raises:
        LicenseBrokenError: A source's licence does not allow the release's.
        SourceError: A source is not there.
        KeyMissingError: A model's key is not in the environment.
        PriceUnknownError: Nobody says what a model costs.
        DigestError: A check, a style, a moderator, a judge or a writer has no digest.
        RecipeError: A file that the recipe names is not there, or does not fit.
    """
    if limit is not None and limit < 1:
        raise RecipeError("a limit must be a number of rows from 1 on", limit)
    if is_buildable(recipe):
        recipe = cast("RecipeT", resolve_version(recipe, out))
    pins = Pins(layout_of(recipe, out, limit).run)
    recipe = pins.put(recipe)
    _require_runnable(benchmark, recipe)
    return Checked(recipe, pins)


def _require_runnable(benchmark: Benchmark[RecipeT], recipe: RecipeT) -> None:
    benchmark.require_ready(recipe)
    require_payable(recipe)


def open_run(
    benchmark: Benchmark[RecipeT],
    recipe: RecipeT,
    out: Path,
    limit: int | None = None,
    progress: Progress | None = None,
) -> tuple[Context, RunRecord]:
    """The context of a run and its record without stages; makes the run's folder.

    Args:
        benchmark: Its benchmark.
        recipe: What the run is.
        out: The output folder.
        limit: Use only the first seeds of each category, so many; such a run has a version of its
            own (`2026.11.0-limit5`), so that it stands in no other's way.
        progress: Who is told how far a stage is.

    Raises:
        RunFolderTakenError: The folder is another benchmark's or taxonomy's.
        KeyMissingError: A model's key is not in the environment.
        PriceUnknownError: Nobody says what a model costs.
        SourceError: There is no release to extend.
        DigestError: A check, a style, a moderator, a judge or a writer has no digest.
    """
    layout = layout_of(recipe, out, limit)
    found = _own(read_run(layout.run), recipe, layout)
    _require_runnable(benchmark, recipe)
    rows = benchmark.widest(recipe, limit)
    if is_buildable(recipe):
        rows += lineage_of(recipe, layout).carried
    shards = found.shards if found else benchmark.sharding.shards_for(rows)
    _write_frozen(layout, recipe, limit)
    taxonomy = taxonomy_of(recipe).name if is_buildable(recipe) else recipe.taxonomy
    record = RunRecord(layout.recipe, recipe.benchmark, taxonomy, layout.version, shards, ())
    return _context(benchmark, recipe, layout, shards, limit, progress), record


def layout_of(recipe: Runnable, out: Path, limit: int | None = None) -> Layout:
    """Where a run lies; one under a limit has a version, and so a folder, of its own.

    An evaluation has one version, which grows with the recipe.
    """
    if not is_buildable(recipe):
        return Layout(out.resolve(), recipe.name, recipe.benchmark, recipe.benchmark)
    version = recipe.release.version + (f"-limit{limit}" if limit else "")
    return Layout(out.resolve(), recipe.name, recipe.benchmark, version)


def join(run: Path, benchmark_of: Callable[[Runnable], Benchmark[Any]]) -> None:
    """Opens a run from what lies in its folder, unless this process has it open.

    For a worker in another process than the flow: it is handed a job and finds the rest here.

    Args:
        run: The run's folder.
        benchmark_of: Tells a recipe's benchmark.

    Raises:
        StageInputMissingError: The folder holds no run.
    """
    if known(run):
        return
    record = read_run(run)
    if record is None or not (run / FROZEN).exists():
        raise StageInputMissingError("a job's folder must hold a run", run)
    recipe, limit = _thawed(run)
    if not is_runnable(recipe):
        raise StageInputMissingError("a job's run must have stages", recipe.benchmark)
    layout = Layout(run.parents[2], record.recipe, record.benchmark, record.version)
    keep(_context(benchmark_of(recipe), recipe, layout, record.shards, limit, None))


def _thawed(run: Path) -> tuple[Recipe, int | None]:
    """The recipe of a run's folder and its limit."""
    try:
        with open_regular(run / FROZEN) as file:
            data = file.read(LARGEST_RECORD)
        limit = read_json(data).get("limit")
    except (OSError, ValueError, AttributeError) as error:
        rule = f"a run's {FROZEN} must be its recipe, as it was written"
        raise StageInputMissingError(rule, type(error).__name__) from None
    return thaw_recipe(data.decode()), limit if isinstance(limit, int) else None


def _context(
    benchmark: Benchmark[Any],
    recipe: Runnable,
    layout: Layout,
    shards: int,
    limit: int | None,
    progress: Progress | None,
) -> Context:
    return Context(
        layout,
        shards,
        benchmark.pipeline(recipe, layout, limit),
        lambda: open_engine(recipe, layout.ledger, layout.embeddings, layout.run_name),
        benchmark.shown(progress),
    )


def _own(found: RunRecord | None, recipe: Runnable, layout: Layout) -> RunRecord | None:
    """The record found, if it is one of the same benchmark and taxonomy."""
    if found is None:
        return None
    taxonomy = taxonomy_of(recipe).name if is_buildable(recipe) else found.taxonomy
    if (found.benchmark, found.taxonomy) != (recipe.benchmark, taxonomy):
        rule = (
            f"the run folder {layout.run} must be of benchmark {recipe.benchmark} and taxonomy "
            f"{taxonomy}; rename the recipe or give another --out"
        )
        raise RunFolderTakenError(rule, f"{found.benchmark}, {found.taxonomy}")
    return found


def _write_frozen(layout: Layout, recipe: Recipe, limit: int | None) -> None:
    frozen = {**json.loads(freeze(recipe)), "limit": limit}
    with replacing(layout.run / FROZEN) as file:
        file.write(json.dumps(frozen, indent=2).encode())
