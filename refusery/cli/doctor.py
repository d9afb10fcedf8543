"""`refusery doctor`: what of a recipe would work here."""

import os
from typing import Annotated

import typer

from artifacts.summary import Table
from pipelines.planning.live import ask_model, asks_live
from pipelines.recipe import load
from refusery.cli import options, printing


def doctor(
    recipe: options.RecipeFile,
    settings: options.Settings = None,
    ask: Annotated[
        bool,
        typer.Option("--ask", help="Ask each served model a question of a few tokens; costs that."),
    ] = False,
    live: Annotated[
        bool,
        typer.Option("--live", help="Ask each for JSON and say what it understood; costs that."),
    ] = False,
) -> None:
    """Say what of a recipe would work here: keys, servers, models, prices, sources."""
    from flows.benchmarks import doctor as examine

    loaded = load(recipe, settings or [])
    question = asks_live(loaded) if live else ask_model if ask else None
    findings = examine(loaded, os.environ, ask=question)
    rows = tuple((each.level, each.subject, each.says) for each in findings)
    printing.print_tables([Table("", ("", "key", "what was found"), rows)])
    problems = sum(each.level == "problem" for each in findings)
    printing.say(f"{problems} problems" if problems else "Everything that is built would work.")
    raise typer.Exit(1 if problems else 0)
