"""`refusery evaluate`: runs an evaluation under Prefect and prints its rates."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artifacts.evaluation_facts import EVALUATION, Evaluation, read_evaluation
from evaluation import opening, tables
from evaluation.pipeline import EVALUATION_RUN
from pipelines.opening import preflight
from pipelines.recipe import load
from pipelines.stages.wordings import wordings
from refusery.cli import build, options, printing

if TYPE_CHECKING:
    from flows.evaluate import Evaluated


def evaluate(
    recipe: options.RecipeFile,
    out: options.Out = options.OUT,
    settings: options.Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the folder alone.")] = False,
) -> None:
    """Ask a recipe's targets, judge the answers, and write rates, intervals and figures."""
    # Bad input is said before Prefect takes its time to start.
    loaded = opening.require_evaluation(load(recipe, settings or []))
    preflight(EVALUATION_RUN, loaded, out)
    printing.note_readable(out)
    printing.warn(wordings(loaded))
    done = build.under_prefect(quiet, lambda: _run(recipe, out, settings or []))
    if quiet:
        printing.say(done.folder)
        return
    found = read_evaluation(Path(done.folder) / EVALUATION)
    printing.print_tables(tables.evaluation_tables(found))
    for line in _lines(done, found):
        printing.say(line)


def _run(recipe: Path, out: Path, settings: list[str]) -> "Evaluated":
    """The flow, with which Prefect is loaded."""
    from flows.evaluate import evaluate as flow

    return flow(str(recipe), str(out), settings)


def _lines(done: "Evaluated", found: Evaluation) -> Iterator[str]:
    for note in found.notes:
        yield f"note: {note}"
    for name, pairs in done.served.items():
        for asked, served in pairs:
            yield f"Warning: model {name} was asked for {asked}, and {served} answered."
    price = f"{done.usd:.2f} US dollars"
    if done.unpriced:
        price = f"{price} and calls whose price is unknown"
    yield f"Model calls: {done.sent:,} made now, {done.replies:,} used in this run ({price})."
    yield f"Results: {printing.shown_path(Path(done.folder))}"
    yield "         open index.html there; verdicts.parquet has every verdict, without texts"
