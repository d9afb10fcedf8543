"""Opens a run: its folder, its shards, its engine; and joins it from a worker process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from artifacts.files import replacing
from artifacts.records import RunRecord, read_run
from flows.errors import RunFolderTaken, StageInputMissing
from flows.recipe import OrBench, Recipe, taxonomy_of, to_encoder, to_specs
from flows.recipe.frozen import freeze
from flows.recipe.frozen import thaw as thaw_recipe
from flows.recipe.names import references_of
from flows.runner.context import Context, Progress, keep, known
from flows.runner.layout import Layout, shards_for
from flows.stages.or_bench import stage_maker, widest
from inference.embedding import Embeds
from inference.encoders import Encoder
from inference.engine import Engine
from inference.errors import KeyMissing
from inference.ledger import Ledger
from inference.providers.opening import provide

FROZEN = "recipe.json"


def open_run(
    recipe: OrBench, out: Path, limit: int | None = None, progress: Progress | None = None
) -> tuple[Context, RunRecord]:
    """The context of a run and its record without stages; makes the run's folder.

    Args:
        recipe: What the run is.
        out: The output folder.
        limit: Use only the first seeds of each category, so many; such a run has a version of its
            own (`2026.11.0-limit5`), so that it stands in no other's way.
        progress: Who is told how far a stage is.

    Raises:
        RunFolderTaken: The folder is another benchmark's or taxonomy's.
        KeyMissing: A model's key is not in the environment.
    """
    version = recipe.release.version + (f"-limit{limit}" if limit else "")
    layout = Layout(out.resolve(), recipe.name, recipe.benchmark, version)
    found = _own(read_run(layout.run), recipe, layout)
    require_keys(recipe)
    shards = found.shards if found else shards_for(widest(recipe, limit))
    _write_frozen(layout, recipe, limit)
    record = RunRecord(
        layout.recipe, recipe.benchmark, taxonomy_of(recipe).name, version, shards, ()
    )
    return _context(recipe, layout, shards, limit, progress), record


def join(run: Path) -> None:
    """Opens a run from what lies in its folder, unless this process has it open.

    For a worker in another process than the flow: it is handed a job and finds the rest here.

    Raises:
        StageInputMissing: The folder holds no run.
    """
    if known(run):
        return
    record = read_run(run)
    if record is None or not (run / FROZEN).exists():
        raise StageInputMissing("a job's folder must hold a run", run)
    frozen = json.loads((run / FROZEN).read_text(encoding="utf-8"))
    recipe = thaw_recipe(json.dumps(frozen))
    if not isinstance(recipe, OrBench):
        raise StageInputMissing("a job's run must be of or-bench", recipe.benchmark)
    layout = Layout(run.parents[2], record.recipe, record.benchmark, record.version)
    keep(_context(recipe, layout, record.shards, frozen["limit"], None))


def open_engine(recipe: Recipe, ledger: Path, embeddings: Path) -> Engine:
    """The engine for a recipe's models and encoders, with its ledger opened."""
    return Engine(to_specs(recipe), Ledger(ledger), provide, encoders(recipe, embeddings))


def encoders(recipe: Recipe, embeddings: Path) -> Callable[[str], Embeds]:
    """Makes an encoder of the recipe by its name."""
    return lambda name: Encoder(to_encoder(recipe, name), embeddings)


def require_keys(recipe: Recipe) -> None:
    """Refuses a run whose keys are not all there, before its first call is paid for.

    Raises:
        KeyMissing: A variable is not set; all of them are named.
    """
    asked = {each.name for each in references_of(recipe) if each.kind == "model"}
    missing = {
        spec.key_env: name
        for name, spec in to_specs(recipe).items()
        if name in asked and spec.key_env and not os.environ.get(spec.key_env, "").strip()
    }
    if missing:
        names = ", ".join(f"`{name}`" for name in missing.values())
        raise KeyMissing(
            f"models {names} need their keys in the environment", f"no {', '.join(missing)}"
        )


def _context(
    recipe: OrBench, layout: Layout, shards: int, limit: int | None, progress: Progress | None
) -> Context:
    return Context(
        layout,
        shards,
        stage_maker(recipe, layout, limit),
        lambda: open_engine(recipe, layout.ledger, layout.embeddings),
        progress,
    )


def _own(found: RunRecord | None, recipe: Recipe, layout: Layout) -> RunRecord | None:
    """The record found, if it is one of the same benchmark and taxonomy."""
    taxonomy = taxonomy_of(recipe).name
    if found and (found.benchmark, found.taxonomy) != (recipe.benchmark, taxonomy):
        rule = (
            f"the run folder {layout.run} must be of benchmark {recipe.benchmark} and taxonomy "
            f"{taxonomy}; rename the recipe or give another --out"
        )
        raise RunFolderTaken(rule, f"{found.benchmark}, {found.taxonomy}")
    return found


def _write_frozen(layout: Layout, recipe: Recipe, limit: int | None) -> None:
    frozen = {**json.loads(freeze(recipe)), "limit": limit}
    with replacing(layout.run / FROZEN) as file:
        file.write(json.dumps(frozen, indent=2).encode())
