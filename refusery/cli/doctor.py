"""`refusery doctor`: what of a recipe would work here."""

import os
from pathlib import Path
from typing import Annotated

import typer

from artifacts.summary import Table
from base.formats import counted
from pipelines.planning.doctor import without_broken
from pipelines.planning.live import ask_model, asks_live
from pipelines.planning.values import Finding
from pipelines.recipe.loading import ReadThrough, look_through
from pipelines.recipe.schema import is_buildable
from pipelines.versions.next_version import with_preview_version
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
    out: Annotated[
        Path, typer.Option("--out", help="Where earlier releases lie, for `mode` and versions.")
    ] = options.OUT,
) -> None:
    """List all that would end a run of a recipe here: its keys, files, servers, models, prices."""
    looked = look_through(recipe, settings or [])
    findings = without_broken(_found(looked, out, ask, live), looked)
    rows = tuple((each.level, each.subject, each.says) for each in findings)
    printing.print_tables([Table("", ("", "key", "what was found"), rows)])
    problems = sum(each.level == "problem" for each in findings)
    if looked.recipe is None:
        printing.say("What else is to be put right shows once these are.")
    printing.say(
        counted(problems, "problem") if problems else "Everything that is built would work."
    )
    raise typer.Exit(2 if looked.problems else 1 if problems else 0)


def _found(looked: ReadThrough, out: Path, ask: bool, live: bool) -> tuple[Finding, ...]:
    """What was found of all that can be read."""
    from flows.benchmarks import doctor as examine

    if (loaded := looked.recipe) is None:
        return ()
    question = asks_live(loaded) if live else ask_model if ask else None
    versioned = with_preview_version(loaded, out) if is_buildable(loaded) else loaded
    return examine(versioned, os.environ, ask=question, out=out)
