"""`refusery pilot`: runs a few seeds to the end and shows what they took."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from artifacts.summary import Table
from base.formats import UNKNOWN, cents, whole
from pipelines.pilots.record import PilotRecord, StageUse
from pipelines.pilots.run import LEAST, SEEDS, Piloted, run_pilot
from pipelines.planning import Plan
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.versions.next_version import preview_version, with_preview_version
from refusery.cli.options import OUT, Out, RecipeFile, Settings
from refusery.cli.printing import note_readable, print_tables, say, shown_path
from refusery.cli.progress import progress_shown
from refusery.recipes import runnable


def pilot(
    recipe: RecipeFile,
    out: Out = OUT,
    seeds: Annotated[
        int,
        typer.Option(
            "--seeds", min=LEAST, help="Seeds (or prompts of each data set) that are run."
        ),
    ] = SEEDS,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the pilot's file alone.")] = False,
) -> None:
    """Run a few seeds of a recipe to the end and measure calls, tokens, rates and price."""
    from flows.benchmarks import benchmark_of, plan

    loaded = runnable(load(recipe, settings or []))
    upcoming = preview_version(loaded, out) if is_buildable(loaded) else None
    if upcoming is not None:
        say(upcoming.says, err=True)
    note_readable(out)
    with progress_shown(quiet) as progress:
        found = run_pilot(benchmark_of(loaded), loaded, out, seeds, progress)
    if quiet:
        say(shown_path(found.file))
        return
    print_tables(_tables(found.record))
    versioned = with_preview_version(loaded, out) if is_buildable(loaded) else loaded
    for line in _lines(found, plan(versioned, out, found.file), recipe):
        say(line)


def _tables(record: PilotRecord) -> Iterator[Table]:
    header = ("stage", "rows", "kept", "model", "calls", "a row", "tokens in", "tokens out")
    further = ("unusable", "seconds", "US dollars")
    rows = tuple(row for stage in record.stages for row in _rows(stage))
    yield Table(f"Pilot of {record.recipe}: {record.drawn} seeds", header + further, rows)
    rates = tuple(
        (
            each.name,
            each.of,
            f"{each.hits:,} of {each.rows:,}",
            f"{each.hits / each.rows:.0%}" if each.rows else "",
            "" if each.low is None or each.high is None else f"{each.low:.0%} to {each.high:.0%}",
        )
        for each in record.rates
    )
    if rates:
        yield Table("Rates", ("rows", "of", "count", "share", "95 % interval"), rates)


def _rows(stage: StageUse) -> Iterator[tuple[str, ...]]:
    counts = (stage.stage, whole(stage.entered), whole(stage.kept))
    for each in stage.asks:
        yield (
            *counts,
            each.model,
            whole(each.calls),
            f"{each.calls / stage.entered:.2f}" if stage.entered else "",
            f"{each.input_tokens.mean:,.0f}",
            f"{each.output_tokens.mean:,.0f} ± {each.output_tokens.sd:,.0f}",
            whole(each.unusable),
            f"{each.latency_s.mean:.1f}" if each.latency_s.n else UNKNOWN,
            cents(each.usd),
        )
        counts = ("", "", "")
    if not stage.asks:
        yield (*counts, *("",) * 8)


def _lines(found: Piloted, plan: Plan, recipe: Path) -> Iterator[str]:
    yield (
        f"Model calls: {found.sent:,} made now, {found.replies:,} used "
        f"({cents(found.usd)} US dollars when they were bought); the whole run pays none again."
    )
    known = plan.pilot
    if known is not None:
        calls = f"{known.calls.low:,.0f} to {known.calls.high:,.0f} calls"
        usd = known.usd
        money = "a price that is unknown"
        if usd is not None:
            money = f"{usd.low:,.2f} to {usd.high:,.2f} US dollars"
        yield f"The whole: {calls} and {money} (95 % interval)."
    yield from plan.remarks
    yield f"Pilot: {shown_path(found.file)}"
    yield f"Next:  refusery plan {shown_path(recipe)}"
