"""`refusery plan`: calls, tokens and price per stage before anything is sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from artifacts.summary import Table
from base.formats import UNKNOWN, cents, whole
from pipelines.planning import Plan, StagePlan
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.versions.next_version import preview_version, with_preview_version
from refusery.cli import options, printing


def plan(
    recipe: options.RecipeFile,
    out: Annotated[
        Path, typer.Option("--out", help="Where earlier releases lie; for `version: next`.")
    ] = options.OUT,
    settings: options.Settings = None,
) -> None:
    """Show calls, tokens and price per stage, and which servers would be asked. Sends nothing."""
    from flows.benchmarks import plan as plan_of

    loaded = load(recipe, settings or [])
    upcoming = preview_version(loaded, out) if is_buildable(loaded) else None
    found = plan_of(with_preview_version(loaded, out) if is_buildable(loaded) else loaded, out)
    if upcoming is not None:
        printing.say(upcoming.says)
    printing.print_tables(_tables(found))
    for line in _lines(found):
        printing.say(line)


def _tables(plan: Plan) -> Iterator[Table]:

    header = ("stage", "rows", "calls", "tokens in", "tokens out", "US dollars")
    rows = tuple(
        (
            _named(stage),
            whole(stage.rows, UNKNOWN),
            whole(stage.calls, UNKNOWN),
            whole(stage.input_tokens, UNKNOWN),
            whole(stage.output_tokens, UNKNOWN),
            cents(stage.usd),
        )
        for stage in plan.stages
    )
    yield Table(f"Plan of {plan.recipe}, if every answer is usable at once", header, rows)
    models = ("stage", "model", "server", "calls", "US dollars", "")
    asked = tuple(
        (
            stage.label,
            each.model,
            each.server,
            whole(each.calls, UNKNOWN),
            cents(each.usd),
            "retired" if each.retired else "",
        )
        for stage in plan.stages
        for each in stage.asks
    )
    yield Table("Who would be asked", models, asked)


def _lines(plan: Plan) -> Iterator[str]:
    if plan.usd is not None:
        yield f"Price: {cents(plan.usd)} US dollars."
    elif unknown := ", ".join(plan.unknown_prices):
        yield f"Price: {cents(plan.known_usd)} US dollars and what {unknown} cost: unknown."
    else:
        yield "Price: unknown, as the number of rows is."
    yield f"Token counts are estimates, right within {plan.token_error:.0%}. Nothing was sent."
    yield from plan.notes
    for stage in plan.stages:
        yield from _notes(stage)


def _notes(stage: StagePlan) -> Iterator[str]:
    for note in stage.notes:
        yield f"{stage.name}: {note}"


def _named(stage: StagePlan) -> str:
    if stage.later:
        return f"{stage.label} (in further rounds)"
    return f"{stage.label} (repeated)" if stage.repeated else stage.label
