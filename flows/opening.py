"""Opens a run: its folder, its shards, its engine; and joins it from a worker process."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Collection
from pathlib import Path

from artifacts.files import replacing
from artifacts.records import RunRecord, read_run
from flows.benchmarks import Buildable, Runnable, is_runnable, stages_of, widest
from flows.errors import RunFolderTaken, StageInputMissing
from flows.recipe import Recipe, taxonomy_of, to_encoder, to_specs
from flows.recipe.frozen import freeze
from flows.recipe.frozen import thaw as thaw_recipe
from flows.recipe.names import references_of
from flows.runner.context import Context, Progress, keep, known
from flows.runner.layout import Layout, shards_for
from flows.stages.required import require_digests
from flows.versions.carry import standing_of
from inference.budget import Budget
from inference.embedding import Embeds
from inference.encoders import Encoder
from inference.engine import Engine
from inference.errors import KeyMissing, PriceUnknown
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.prices import is_priced
from inference.providers.opening import provide

FROZEN = "recipe.json"


def open_run(
    recipe: Buildable, out: Path, limit: int | None = None, progress: Progress | None = None
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
        PriceUnknown: Nobody says what a model costs.
        SourceError: There is no release to extend.
        DigestError: A check, a style, a moderator, a judge or a writer has no digest.
    """
    layout = layout_of(recipe, out, limit)
    found = _own(read_run(layout.run), recipe, layout)
    require_payable(recipe)
    require_digests(recipe)
    rows = widest(recipe, limit) + standing_of(recipe, layout).carried
    shards = found.shards if found else shards_for(rows)
    _write_frozen(layout, recipe, limit)
    record = RunRecord(
        layout.recipe, recipe.benchmark, taxonomy_of(recipe).name, layout.version, shards, ()
    )
    return _context(recipe, layout, shards, limit, progress), record


def layout_of(recipe: Buildable, out: Path, limit: int | None = None) -> Layout:
    """Where a run lies; one under a limit has a version, and so a folder, of its own."""
    version = recipe.release.version + (f"-limit{limit}" if limit else "")
    return Layout(out.resolve(), recipe.name, recipe.benchmark, version)


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
    if not is_runnable(recipe):
        raise StageInputMissing("a job's run must have stages", recipe.benchmark)
    layout = Layout(run.parents[2], record.recipe, record.benchmark, record.version)
    keep(_context(recipe, layout, record.shards, frozen["limit"], None))


def open_engine(recipe: Recipe, ledger: Path, embeddings: Path, run: str | None = None) -> Engine:
    """The engine for a recipe's models and encoders, with its ledger opened.

    Args:
        recipe: Its models, and the cap on what they may cost.
        ledger: Where replies are kept.
        embeddings: Where vectors are kept.
        run: The run whose spend the cap bounds, as its purposes name it; None bounds what this
            engine spends.
    """
    replies = Ledger(ledger)
    purse = None
    if recipe.budget is not None:
        purse = Budget(replies, run or uuid.uuid4().hex, recipe.budget.max_usd)
    return Engine(to_specs(recipe), replies, provide, encoders(recipe, embeddings), purse)


def run_of(recipe: Recipe, verb: str) -> str:
    """The run under which the ledger counts what a verb other than `build` buys."""
    return f"{recipe.name}/{verb}"


def encoders(recipe: Recipe, embeddings: Path) -> Callable[[str], Embeds]:
    """Makes an encoder of the recipe by its name."""
    return lambda name: Encoder(to_encoder(recipe, name), embeddings)


def require_payable(recipe: Recipe, models: Collection[str] | None = None) -> None:
    """Refuses what cannot be asked, before the first call: missing keys, then unknown prices.

    Args:
        recipe: The recipe.
        models: The names of those that will be asked; by default all that its parts name.

    Raises:
        KeyMissing: A variable is not set; all of them are named.
        PriceUnknown: Nobody says what a model costs; all such models are named.
    """
    require_keys(recipe, models)
    require_prices(recipe, models)


def require_prices(recipe: Recipe, models: Collection[str] | None = None) -> None:
    """Refuses a run whose cost nobody can know, before its first call is paid for.

    Raises:
        PriceUnknown: Nobody says what a model costs; all such models are named.
    """
    asked = _asked(recipe, models)
    unknown = [name for name, spec in asked.items() if not is_priced(spec)]
    if unknown:
        names = ", ".join(f"`{name}`" for name in unknown)
        rule = (
            f"the price of models {names} must be known: give each `price: free`, as for a server "
            "of your own, or `price: {input: ..., output: ...}` in US dollars per million tokens"
        )
        raise PriceUnknown(rule, "none in the recipe and none in the kept price list")


def require_keys(recipe: Recipe, models: Collection[str] | None = None) -> None:
    """Refuses a run whose keys are not all there, before its first call is paid for.

    Raises:
        KeyMissing: A variable is not set; all of them are named.
    """
    missing = {
        spec.key_env: name
        for name, spec in _asked(recipe, models).items()
        if spec.key_env and not os.environ.get(spec.key_env, "").strip()
    }
    if missing:
        names = ", ".join(f"`{name}`" for name in missing.values())
        raise KeyMissing(
            f"models {names} need their keys in the environment", f"no {', '.join(missing)}"
        )


def _asked(recipe: Recipe, models: Collection[str] | None) -> dict[str, ModelSpec]:
    """The models that will be asked: those given, else those that the recipe's parts name."""
    asked = models
    if asked is None:
        asked = {each.name for each in references_of(recipe) if each.kind == "model"}
    return {name: spec for name, spec in to_specs(recipe).items() if name in asked}


def _context(
    recipe: Runnable, layout: Layout, shards: int, limit: int | None, progress: Progress | None
) -> Context:
    return Context(
        layout,
        shards,
        stages_of(recipe, layout, limit),
        lambda: open_engine(recipe, layout.ledger, layout.embeddings, layout.run_name),
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
