"""`refusery evaluate`: runs an evaluation under Prefect and prints its rates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from artifacts.evaluation_facts import EVALUATION, Evaluation, read_evaluation
from evaluation.opening import layout_of, require_askable, require_evaluation
from evaluation.tables import evaluation_tables
from pipelines.recipe import load
from pipelines.runner.context import shown
from pipelines.sources import Pins
from refusery.cli.build import PREFECT
from refusery.cli.printing import console as open_console
from refusery.cli.printing import from_here, print_tables
from refusery.cli.progress import progress_for

if TYPE_CHECKING:
    from flows.evaluate import Evaluated


def evaluate(recipe: Path, out: Path, settings: list[str], quiet: bool) -> None:
    """Runs the flow, and prints the rates, each with its n and interval, or the folder alone."""
    # Bad input is said before Prefect takes its time to start.
    loaded = require_evaluation(load(recipe, settings))
    loaded = Pins(layout_of(loaded, out).run).put(loaded)
    require_askable(loaded)
    for name, value in PREFECT.items():
        os.environ.setdefault(name, value)
    from flows.evaluate import evaluate as flow  # loads Prefect

    progress = progress_for(Console(stderr=True), quiet)
    try:
        with shown(progress):
            done = flow(str(recipe), str(out), settings)
    finally:
        if progress is not None:
            progress.close()
    if quiet:
        typer.echo(done.folder)
        return
    found = read_evaluation(Path(done.folder) / EVALUATION)
    console = open_console()
    print_tables(console, evaluation_tables(found))
    for line in _lines(done, found):
        console.print(line, markup=False)


def _lines(done: Evaluated, found: Evaluation) -> Iterator[str]:
    for note in found.notes:
        yield f"note: {note}"
    for name, pairs in done.served.items():
        for asked, served in pairs:
            yield f"Warning: model {name} was asked for {asked}, and {served} answered."
    price = f"{done.usd:.2f} US dollars"
    if done.unpriced:
        price = f"{price} and calls whose price is unknown"
    yield f"Model calls: {done.sent:,} made now, {done.replies:,} used in this run ({price})."
    yield f"Results: {from_here(Path(done.folder))}"
    yield "         open index.html there; verdicts.parquet has every verdict, without texts"
