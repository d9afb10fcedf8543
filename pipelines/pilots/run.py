"""A pilot's run: the recipe's own pipeline on a few seeds, in a folder of its own beside the runs.

Its requests are those of the whole, so that the whole finds its replies in the ledger. It is never
released. It runs anew each time, from the ledger where that has the replies: what a call would cost
counts, whether this pilot bought it or a run before.
"""

import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from artifacts.records import StageName
from inference.accounts import total
from inference.ledger import Ledger
from pipelines.benchmark import Benchmark
from pipelines.errors import RecipeError
from pipelines.opening import claim_runs, layout_of, preflight, run_opened
from pipelines.pilots.measure import measured
from pipelines.pilots.metering import Metering
from pipelines.pilots.parts import parts_digests
from pipelines.pilots.record import PilotRecord, write_record
from pipelines.recipe.schema import Runnable
from pipelines.runner.context import Progress
from pipelines.runner.draw import cut
from pipelines.runner.lock import pilot_lock
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from pipelines.sources.models import to_specs
from pipelines.versions.lineage import CARRIED

SEEDS = 20
"""Seeds of a pilot: with fewer, intervals are wide; with more, it costs more than it tells."""

LEAST = 2
"""Of one seed nobody knows how much seeds differ."""


@dataclass(frozen=True, slots=True)
class Piloted:
    """What a pilot came to.

    Attributes:
        record: What it measured.
        file: Where that lies.
        replies: Replies used, from servers and from the ledger.
        sent: How many of them a server was asked for now.
        usd: What these cost when they were bought, as far as prices are known.
    """

    record: PilotRecord
    file: Path
    replies: int
    sent: int
    usd: float


def run_pilot(
    benchmark: Benchmark[Any],
    recipe: Runnable,
    out: Path,
    seeds: int = SEEDS,
    progress: Progress | None = None,
) -> Piloted:
    """Runs some of a recipe's seeds to the end, and writes down what they took.

    Args:
        benchmark: The recipe's.
        recipe: What the whole is of.
        out: The output folder of the whole.
        seeds: How many seeds, over all categories: base requests of a fine-grained set, prompts
            of each data set of an evaluation.
        progress: Who is told how far a stage is.

    Raises:
        RecipeError: Fewer than two seeds, or none that could be drawn.
        RunLockedError: Another pilot of the recipe is under way.
        BudgetReachedError: The cap of the recipe's budget is reached.
        StageFailedError: More rows of a stage failed than the recipe allows.
        KeyMissingError: A model's key is not in the environment.
        PriceUnknownError: Nobody says what a model costs.
    """
    if seeds < LEAST:
        raise RecipeError(f"a pilot must have {LEAST} seeds or more", seeds)
    small = _small(benchmark, seeds)
    with pilot_lock(out, claim_runs(recipe, out)):
        checked = preflight(small, recipe, out, pilot=seeds)
        found: Runnable = checked.recipe
        layout = layout_of(found, out, pilot=seeds)
        _forget_tables(layout.run)
        metering = Metering(to_specs(found))
        with run_opened(small, checked, out, progress=progress, pilot=seeds) as (context, record):
            context.metered = metering.of
            run = Run(context, record, max_failed=found.max_failed, max_missing=found.max_missing)
            run.build()
            engine = context.opened_engine
            spent = total(engine.account.spends().values() if engine is not None else ())
        drawn = benchmark.drawn(found)
        taken = measured(run, found, drawn, metering, _latencies(layout, metering))
        if not taken.populations:
            raise RecipeError("a pilot must find seeds to draw", 0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        # Of the recipe as it is written: of `hf://` names the run has commits, and a plan has none.
        taken = replace(taken, made=now, seeds=seeds, parts=parts_digests(recipe))
        file = write_record(layout.run, taken)
    return Piloted(taken, file, spent.replies, spent.sent, spent.price_usd)


def _small(benchmark: Benchmark[Any], seeds: int) -> Benchmark[Any]:
    """The same benchmark, of which a few rows run to the end and nothing is released."""

    def pipeline(recipe: Runnable, layout: Layout, limit: int | None) -> Pipeline:
        whole = benchmark.pipeline(recipe, layout, limit)
        return cut(whole, benchmark.drawn(recipe), seeds, StageName(CARRIED))

    return replace(benchmark, pipeline=pipeline, widest=lambda recipe, limit: 1, content=None)


def _forget_tables(run: Path) -> None:
    """Removes what an earlier pilot left: a stage that is not run again uses no reply."""
    for each in run.iterdir() if run.is_dir() else ():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)


def _latencies(layout: Layout, metering: Metering) -> dict[str, float]:
    if not metering.uses:
        return {}
    with closing(Ledger(layout.ledger)) as ledger:
        return ledger.latencies(layout.run_name)
