"""`refusery plan`: calls, tokens and price per stage before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from artifacts.summary import Table
from pipelines.planning import Plan, StagePlan
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.versions.next_version import preview_version, with_preview_version
from refusery.cli import options, printing

_UNKNOWN = "unknown"


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
    found = plan_of(with_preview_version(loaded, out) if is_buildable(loaded) else loaded)
    if upcoming is not None:
        typer.echo(upcoming.says)
    printing.print_tables(_tables(found))
    for line in _lines(found):
        typer.echo(line)


def _tables(plan: Plan) -> Iterator[Table]:

    header = ("stage", "rows", "calls", "tokens in", "tokens out", "US dollars")
    rows = tuple(
        (
            stage.name,
            _shown(stage.rows),
            _shown(stage.calls),
            _shown(stage.input_tokens),
            _shown(stage.output_tokens),
            _dollars(stage.usd),
        )
        for stage in plan.stages
    )
    yield Table(f"Plan of {plan.recipe}, if every answer is usable at once", header, rows)
    models = ("stage", "model", "server", "calls", "US dollars")
    asked = tuple(
        (
            stage.name,
            each.model,
            each.server,
            _shown(each.calls),
            _dollars(each.usd),
            "retired" if each.retired else "",
        )
        for stage in plan.stages
        for each in stage.asks
    )
    yield Table("Who would be asked", models, asked)


def _lines(plan: Plan) -> Iterator[str]:
    if plan.usd is not None:
        yield f"Price: {plan.usd:,.2f} US dollars."
    elif unknown := ", ".join(plan.unknown_prices):
        yield f"Price: {plan.known_usd:,.2f} US dollars and what {unknown} cost: unknown."
    else:
        yield "Price: unknown, as the number of rows is."
    yield f"Token counts are estimates, right within {plan.token_error:.0%}. Nothing was sent."
    yield from plan.notes
    for stage in plan.stages:
        yield from _notes(stage)


def _notes(stage: StagePlan) -> Iterator[str]:
    for note in stage.notes:
        yield f"{stage.name}: {note}"


def _shown(number: int | None) -> str:
    return _UNKNOWN if number is None else f"{number:,}"


def _dollars(usd: float | None) -> str:
    return _UNKNOWN if usd is None else f"{usd:,.2f}"
