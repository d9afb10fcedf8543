"""`refusery plan`: calls, tokens and price per stage before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from artifacts.summary import Table
from flows.benchmarks import plan as plan_of
from pipelines.planning import Plan, StagePlan
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.versions.next_version import preview_version, with_preview_version
from refusery.cli.printing import console as open_console
from refusery.cli.printing import print_tables

_UNKNOWN = "unknown"


def plan(recipe: Path, settings: list[str], out: Path) -> None:
    """Prints the plan; needs no key and no network."""
    loaded = load(recipe, settings)
    upcoming = preview_version(loaded, out) if is_buildable(loaded) else None
    found = plan_of(with_preview_version(loaded, out) if is_buildable(loaded) else loaded)
    console = open_console()
    if upcoming is not None:
        console.print(upcoming.says, markup=False)
    print_tables(console, [_stages(found), _asks(found)])
    for line in _lines(found):
        console.print(line, markup=False)


def _stages(plan: Plan) -> Table:
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
    return Table(f"Plan of {plan.recipe}, if every answer is usable at once", header, rows)


def _asks(plan: Plan) -> Table:
    header = ("stage", "model", "server", "calls", "US dollars")
    rows = tuple(
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
    return Table("Who would be asked", header, rows)


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
