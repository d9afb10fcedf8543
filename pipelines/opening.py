"""Opens a run: its folder, its shards, its engine; and joins it from a worker process."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, cast

from artifacts.records import RunRecord, read_run, run_if_readable
from base.errors import RefuseryError
from base.files import LARGEST_RECORD, replacing
from base.foreign_text import open_regular, read_json
from pipelines.benchmark import Benchmark, RecipeT
from pipelines.errors import (
    RecipeError,
    ReleaseDiffersError,
    RunFolderTakenError,
    StageInputMissingError,
)
from pipelines.preconditions.gap import Gap, Gaps, gaps_in, require_none
from pipelines.recipe import Recipe, SorryBench, taxonomy_of
from pipelines.recipe.loading import FROZEN, freeze
from pipelines.recipe.loading import thaw as thaw_recipe
from pipelines.recipe.schema import Runnable, is_buildable, is_runnable
from pipelines.runner.context import Context, Progress, forget, keep, known
from pipelines.runner.lock import require_folder
from pipelines.runner.run_folders import claim_run_folder, run_key
from pipelines.runner.shards import Layout
from pipelines.sources import Pins
from pipelines.sources.engine import (
    open_engine,
    require_keys,
    require_payable,
    require_prices,
    require_served,
)
from pipelines.sources.templates import require_templates
from pipelines.versions.claims import require_unclaimed
from pipelines.versions.existing_release import require_unchanged
from pipelines.versions.lineage import carried_set, lineage_of
from pipelines.versions.next_version import resolve_version, resolving_alone
from taxonomy.model import TaxonomyError


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
    benchmark: Benchmark[RecipeT],
    recipe: RecipeT,
    out: Path,
    limit: int | None = None,
    pilot: int | None = None,
) -> Checked[RecipeT]:
    """Everything that is looked at before a run has a folder or a call is made.

    An error of the recipe carries all others that are known by then (`base.problems`).

    Args:
        benchmark: Its benchmark.
        recipe: What is to be run.
        out: The output folder.
        limit: As for `open_run`.
        pilot: As for `open_run`.

    Raises:
        LicenseBrokenError: A source's licence does not allow the release's.
        SourceError: A source is not there.
        KeyMissingError: A model's key is not in the environment.
        PriceUnknownError: Nobody says what a model costs.
        DigestError: A check, a style, a moderator, a judge or a writer has no digest.
        RecipeError: A file that the recipe names is not there, or does not fit.
        OutUnusableError: The output folder is a file.
        RunFolderTakenError: The folder of the run is another benchmark's or taxonomy's.
        ReleaseDiffersError: This version is released, and not of what the recipe is now.
        ReleaseDamagedError: It is, and a file of it is missing or changed.
        ReleaseClaimedError: Another recipe is building this version of this data set.
    """
    if limit is not None and limit < 1:
        raise RecipeError("a limit must be a number of rows from 1 on", limit)
    require_folder(out)
    if is_buildable(recipe):
        recipe = cast("RecipeT", resolve_version(recipe, out))
    layout = layout_of(recipe, out, limit, pilot)
    pins = Pins(layout.run)
    recipe = pins.put(recipe)
    require_none((*gaps_of(benchmark, recipe, out, limit, pilot), *_unpayable(recipe)))
    _require_runnable(benchmark, recipe)
    _own(recipe, layout)
    if is_buildable(recipe):
        require_unchanged(recipe, layout)
    return Checked(recipe, pins)


def gaps_of(
    benchmark: Benchmark[RecipeT],
    recipe: RecipeT,
    out: Path,
    limit: int | None = None,
    pilot: int | None = None,
) -> tuple[Gap, ...]:
    """All for which a run of a recipe would be refused at its start; nobody is asked.

    What is on the Hub, and keys, prices and servers of models, are looked at elsewhere.

    Args:
        benchmark: Its benchmark.
        recipe: The recipe; where a release is built from it, its version is resolved.
        out: The output folder.
        limit: As for `open_run`.
        pilot: As for `open_run`.
    """
    layout = layout_of(recipe, out, limit, pilot)
    found = gaps_in((*benchmark.checks, lambda of, _: _versions(of, layout)), recipe, out)
    # A recipe that cannot be built at all is not held against what it was.
    others = tuple(gap for gap in found if not isinstance(gap.error, ReleaseDiffersError))
    return others or found


def _versions(recipe: Runnable, layout: Layout) -> Iterator[Gap]:
    """What is released as this version and differs; what a mode asks for and is not there."""
    gaps = Gaps()
    with gaps.of("--out"):
        require_folder(layout.out)
        _own(recipe, layout)
    if is_buildable(recipe):
        with gaps.of("release.version"):
            if not gaps.found:  # in the folder of another set nothing is to be held against it
                require_unchanged(recipe, layout)
        if not (gaps.found or layout.is_released):  # else the release says whose it is
            with gaps.of("release.name"):
                require_unclaimed(recipe, layout)
        with gaps.of("mode"):
            lineage = lineage_of(recipe, layout)
            if isinstance(recipe, SorryBench):
                carried_set(lineage, recipe, taxonomy_of(recipe))
    yield from (gap for gap in gaps.found if not isinstance(gap.error, TaxonomyError))


def _unpayable(recipe: Runnable) -> Iterator[Gap]:
    """Models that are retired, whose key is not there, or whose price nobody knows."""
    gaps = Gaps()
    for require in () if recipe.plan_only else (require_served, require_keys, require_prices):
        with gaps.of("models"):
            require(recipe)
    yield from gaps.found


def _require_runnable(benchmark: Benchmark[RecipeT], recipe: RecipeT) -> None:
    require_templates(recipe)
    benchmark.require_ready(recipe)
    if recipe.plan_only:
        require_served(recipe)
        raise RecipeError("a recipe with `plan_only` is for `refusery plan` alone", recipe.name)
    require_payable(recipe)


def open_run(
    benchmark: Benchmark[RecipeT],
    recipe: RecipeT,
    out: Path,
    limit: int | None = None,
    progress: Progress | None = None,
    pilot: int | None = None,
) -> tuple[Context, RunRecord]:
    """The context of a run and its record without stages; makes the run's folder.

    Args:
        benchmark: Its benchmark.
        recipe: What the run is.
        out: The output folder.
        limit: Use only the first seeds of each category, so many; such a run has a version of its
            own (`2026.11.0-limit5`), so that it stands in no other's way.
        progress: Who is told how far a stage is.
        pilot: How many seeds a pilot's run draws, whose benchmark is cut already; such a run has a
            version of its own too (`2026.11.0-pilot20`).

    Raises:
        RunFolderTakenError: The folder is another benchmark's or taxonomy's.
        KeyMissingError: A model's key is not in the environment.
        PriceUnknownError: Nobody says what a model costs.
        SourceError: There is no release to extend.
        DigestError: A check, a style, a moderator, a judge or a writer has no digest.
    """
    layout = layout_of(recipe, out, limit, pilot)
    found = _own(recipe, layout)
    _require_runnable(benchmark, recipe)
    rows = benchmark.widest(recipe, limit)
    if is_buildable(recipe):
        rows += lineage_of(recipe, layout).carried
    shards = found.shards if found else benchmark.sharding.shards_for(rows)
    _write_frozen(layout, recipe, limit)
    taxonomy = taxonomy_of(recipe).name if is_buildable(recipe) else recipe.taxonomy
    name = "" if recipe.data_set == recipe.benchmark else recipe.data_set
    record = RunRecord(layout.recipe, recipe.benchmark, taxonomy, layout.version, shards, (), name)
    return _context(benchmark, recipe, layout, shards, limit, progress), record


@contextmanager
def run_opened(
    benchmark: Benchmark[RecipeT],
    checked: Checked[RecipeT],
    out: Path,
    limit: int | None = None,
    progress: Progress | None = None,
    pilot: int | None = None,
) -> Iterator[tuple[Context, RunRecord]]:
    """A run that the jobs of this process know for as long as the block lasts.

    Args:
        benchmark: Its benchmark.
        checked: What the run is, and its pins, which are kept in its folder.
        out: The output folder.
        limit: As for `open_run`.
        progress: Who is told how far a stage is.
        pilot: As for `open_run`.

    Raises:
        FileUnwritableError: The pins cannot be kept.
    """
    context, record = open_run(benchmark, checked.recipe, out, limit, progress, pilot)
    try:
        for line in benchmark.notes(checked.recipe, context.layout):
            context.progress.note(line)
        keep(context)
        checked.pins.keep()
        yield context, record
    finally:
        forget(context)


def claim_runs(recipe: Runnable, out: Path) -> str:
    """The folder of a recipe's runs in `out/runs`, written down as the recipe's own.

    Raises:
        FileUnwritableError: It cannot be written.
    """
    with resolving_alone(out):
        return claim_run_folder(recipe.path, out)


def layout_of(
    recipe: Runnable, out: Path, limit: int | None = None, pilot: int | None = None
) -> Layout:
    """Where a run lies; one under a limit, and a pilot, have a version and so a folder of its own.

    An evaluation has one version, which grows with the recipe.
    """
    piloted = f"-pilot{pilot}" if pilot else ""
    if not is_buildable(recipe):
        version = recipe.benchmark + piloted
        return Layout(out.resolve(), run_key(recipe.path, out), recipe.benchmark, version)
    version = recipe.release.version + (f"-limit{limit}" if limit else "") + piloted
    key = run_key(recipe.path, out)
    return Layout(out.resolve(), key, recipe.benchmark, version, recipe.data_set)


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
    record, frozen = read_run(run), read_frozen(run)
    if record is None or frozen is None:
        raise StageInputMissingError("a job's folder must hold a run", run)
    recipe = frozen.recipe
    if not is_runnable(recipe):
        raise StageInputMissingError("a job's run must have stages", recipe.benchmark)
    layout = Layout(
        run.parents[2], record.recipe, record.benchmark, record.version, record.data_set
    )
    keep(_context(benchmark_of(recipe), recipe, layout, record.shards, frozen.limit, None))


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
        lambda: open_engine(recipe, layout.ledger, layout.embeddings, layout.run_name, layout.run),
        benchmark.shown(progress),
    )


@dataclass(frozen=True, slots=True)
class Frozen:
    """The recipe of a run, as it was used.

    Attributes:
        recipe: It.
        limit: The first rows of each category that it was run with; None for all.
    """

    recipe: Recipe
    limit: int | None


def read_frozen(run: Path) -> Frozen | None:
    """The recipe in a run's folder; None where there is none that can be read.

    Each start of the run writes it anew, so that one that breaks off ends nothing.
    """
    try:
        with open_regular(run / FROZEN) as file:
            said = read_json(file.read(LARGEST_RECORD))
        limit = said.get("limit")
        return Frozen(thaw_recipe(json.dumps(said)), limit if isinstance(limit, int) else None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    except RefuseryError:
        return None  # a recipe of another version's schema


def _own(recipe: Runnable, layout: Layout) -> RunRecord | None:
    """The run's record, if it is one of the same benchmark and taxonomy.

    One that breaks off is written anew: what it says the recipe says, and its shards are counted
    again. Whose the folder is, the recipe in it still tells.

    Raises:
        RunFolderTakenError: The folder is another benchmark's or taxonomy's.
    """
    found = run_if_readable(layout.run)
    if found is None:
        frozen = read_frozen(layout.run)
        if frozen is not None and frozen.recipe.benchmark != recipe.benchmark:
            _refuse_folder(layout, recipe.benchmark, recipe.taxonomy, frozen.recipe.benchmark)
        return None
    taxonomy = taxonomy_of(recipe).name if is_buildable(recipe) else found.taxonomy
    if (found.benchmark, found.taxonomy) != (recipe.benchmark, taxonomy):
        _refuse_folder(layout, recipe.benchmark, taxonomy, f"{found.benchmark}, {found.taxonomy}")
    return found


def _refuse_folder(layout: Layout, benchmark: str, taxonomy: str, found: str) -> NoReturn:
    rule = (
        f"the run folder {layout.run} must be of benchmark {benchmark} and taxonomy {taxonomy}; "
        "rename the recipe or give another --out"
    )
    raise RunFolderTakenError(rule, found)


def _write_frozen(layout: Layout, recipe: Recipe, limit: int | None) -> None:
    frozen = {**json.loads(freeze(recipe)), "limit": limit}
    with replacing(layout.run / FROZEN) as file:
        file.write(json.dumps(frozen, indent=2).encode())
