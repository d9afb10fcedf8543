"""`refusery plan`: calls, tokens and price per stage before anything is sent."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from artifacts.summary import Table
from base.formats import UNKNOWN, cents, whole
from measures.totals import Estimate
from pipelines.planning import Plan, StagePlan
from pipelines.planning.durations import ASSUMED
from pipelines.planning.values import WOULD_BE_REFUSED, Duration, FromPilot, ModelCalls, total
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.versions.next_version import preview_version, with_preview_version
from refusery.cli import options, printing


def plan(
    recipe: options.RecipeFile,
    out: Annotated[
        Path,
        typer.Option("--out", help="Where earlier releases and pilots lie; for `version: next`."),
    ] = options.OUT,
    pilot: Annotated[
        Path | None,
        typer.Option(
            "--pilot", help="A pilot's folder or file; by default one of this recipe in --out."
        ),
    ] = None,
    settings: options.Settings = None,
) -> None:
    """Show calls, tokens, price and time, and which servers would be asked. Sends nothing."""
    from flows.benchmarks import plan as plan_of

    loaded = load(recipe, settings or [])
    upcoming = preview_version(loaded, out) if is_buildable(loaded) else None
    versioned = with_preview_version(loaded, out) if is_buildable(loaded) else loaded
    found = plan_of(versioned, out, pilot)
    if upcoming is not None:
        printing.say(upcoming.says)
    for line in filter(_is_refusal, found.notes):  # before all else: no run can follow the plan
        printing.say(line)
    printing.print_tables(_tables(found))
    for line in _lines(found, recipe):
        printing.say(line)


def _is_refusal(note: str) -> bool:
    return note.startswith(WOULD_BE_REFUSED)


def _tables(plan: Plan) -> Iterator[Table]:

    known = ("in the ledger", "to send") if plan.looked_up else ()
    header = ("stage", "rows", "calls", *known, "tokens in", "tokens out", "US dollars")
    rows = tuple(
        (
            _named(stage),
            whole(stage.rows, UNKNOWN),
            whole(stage.calls, UNKNOWN),
            *((whole(stage.held, UNKNOWN), whole(stage.to_send, UNKNOWN)) if known else ()),
            whole(stage.input_tokens, UNKNOWN),
            whole(stage.output_tokens, UNKNOWN),
            cents(stage.usd),
        )
        for stage in plan.stages
    )
    if plan.pilot is None:
        title = f"Plan of {plan.recipe}, if every answer is usable at once"
    else:
        title = f"Plan of {plan.recipe}, by a pilot of {_seeds(plan.pilot)}"
    yield Table(title, header, rows)
    models = ("stage", "model", "server", "calls", *known[1:], "US dollars", "")
    asked = tuple(
        (
            stage.label,
            each.model,
            each.server,
            whole(each.calls, UNKNOWN),
            *((whole(each.to_send, UNKNOWN),) if known else ()),
            cents(each.usd),
            "retired" if each.retired else "",
        )
        for stage in plan.stages
        for each in _by_model(stage.asks)
    )
    if asked:
        yield Table("Who would be asked", models, asked)
    if plan.configs:
        yield _configs(plan)


def _by_model(asks: Iterable[ModelCalls]) -> Iterator[ModelCalls]:
    """What is asked of each model: a panel may have one in several places."""
    found: dict[str, list[ModelCalls]] = {}
    for each in asks:
        found.setdefault(each.model, []).append(each)
    for same in found.values():
        yield replace(
            same[0],
            calls=total(each.calls for each in same),
            held=total(each.held or 0 for each in same),
            usd=total(each.usd for each in same),
        )


def _configs(plan: Plan) -> Table:
    """What is wanted, and what there will be: a wish is never printed as rows."""
    header = ("set", "wanted at most", "expected", "95 % interval")
    rows = tuple(
        (
            each.name,
            whole(each.wanted, "all"),
            UNKNOWN if each.expected is None else whole(round(each.expected.value)),
            "" if each.expected is None else _interval(each.expected, 0),
        )
        for each in plan.configs
    )
    return Table("Rows to draw from", header, rows)


def _interval(found: Estimate, digits: int) -> str:
    return f"{found.low:,.{digits}f} to {found.high:,.{digits}f}"


def _seeds(found: FromPilot) -> str:
    return f"{found.seeds} seeds on {found.made}"


def _lines(plan: Plan, recipe: Path) -> Iterator[str]:
    if plan.looked_up:
        yield from _held(plan)
    yield from _price(plan)
    yield from _basis(plan, recipe)
    if plan.duration is not None and not _is_answered(plan):
        yield from _time(plan.duration)
    yield from (line for line in plan.remarks if not _is_refusal(line))


def _held(plan: Plan) -> Iterator[str]:
    """What is answered already."""
    stages = [each for each in plan.stages if not each.later]
    calls, held = total(each.calls for each in stages), total(each.held for each in stages)
    to_send = total(each.to_send for each in stages)
    about = "about " if plan.uncounted and to_send else ""
    yield (
        f"{about.capitalize()}{whole(calls, UNKNOWN)} calls, {whole(held, UNKNOWN)} in the ledger, "
        f"{about}{whole(to_send, UNKNOWN)} to send: tokens, US dollars and time are those of calls "
        "to send."
    )
    if about:
        yield (
            f"What {', '.join(plan.uncounted)} will ask depends on texts that are not written yet: "
            "of these calls the ledger may hold more."
        )


def _is_answered(plan: Plan) -> bool:
    """Whether nothing is to be sent, so that there is nothing to wait for."""
    return plan.looked_up and not any(each.to_send != 0 for each in plan.asks)


def _basis(plan: Plan, recipe: Path) -> Iterator[str]:
    """What the figures rest on."""
    found = plan.pilot
    if found is None:
        yield (
            "How long answers are is assumed, and that none thinks, all are usable at once and one "
            f"round is enough: `refusery pilot {printing.shown_path(recipe)}` measures it on a few "
            f"seeds. Tokens of a known text are right within {plan.token_error:.0%}. Nothing was "
            "sent."
        )
        return
    money = "unknown" if found.usd is None else f"{_interval(found.usd, 2)} US dollars"
    yield (
        f"From a pilot of {_seeds(found)} (version {found.version}), 95 % interval: "
        f"{_interval(found.calls, 0)} calls, {money}. Repeats among more rows than its own are not "
        "foreseen. Nothing was sent."
    )


def _time(found: Duration) -> Iterator[str]:
    how = "latencies of the pilot" if found.measured else f"latencies assumed ({ASSUMED})"
    yield f"Time: {found.says}, by rpm, tpm and max_in_flight; {how}."


def _price(plan: Plan) -> Iterator[str]:
    if plan.usd is not None:
        yield f"Price: {cents(plan.usd)} US dollars."
    elif unknown := ", ".join(plan.unknown_prices):
        yield f"Price: {cents(plan.known_usd)} US dollars and what {unknown} cost: unknown."
    else:
        yield "Price: unknown, as the number of rows is."


def _named(stage: StagePlan) -> str:
    if stage.later:
        return f"{stage.label} (in further rounds)"
    return f"{stage.label} (repeated)" if stage.repeated else stage.label
