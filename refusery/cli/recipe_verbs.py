"""The verbs that take a recipe, with their options; what they do is imported when run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refusery.cli.options import OUT, Out, RecipeFile, Settings


def add_recipe_verbs(app: typer.Typer) -> None:
    """Gives an app the verbs that take a recipe."""
    app.command("build")(build)
    app.command("plan")(plan)
    app.command("doctor")(doctor)
    app.command("evaluate")(evaluate)
    app.command("serve")(serve)


def build(
    recipe: RecipeFile,
    out: Out = OUT,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use only the first N seeds of each category.")
    ] = None,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the release folder alone.")] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", help="Also write the authors' files: csv (or-bench), jsonl (sorry-bench)."
        ),
    ] = None,
) -> None:
    """Run a recipe's flow, resuming what is there, and write its release."""
    from refusery.cli.build import build as run

    run(recipe, out, limit, settings or [], quiet, formats or [])


def plan(
    recipe: RecipeFile,
    out: Annotated[
        Path, typer.Option("--out", help="Where earlier releases lie; for `version: next`.")
    ] = OUT,
    settings: Settings = None,
) -> None:
    """Show calls, tokens and price per stage, and which servers would be asked. Sends nothing."""
    from refusery.cli.plan import plan as run

    run(recipe, settings or [], out)


def doctor(
    recipe: RecipeFile,
    settings: Settings = None,
    ask: Annotated[
        bool,
        typer.Option("--ask", help="Ask each served model a question of a few tokens; costs that."),
    ] = False,
) -> None:
    """Say what of a recipe would work here: keys, servers, models, prices, sources."""
    from refusery.cli.doctor import doctor as run

    raise typer.Exit(run(recipe, settings or [], ask))


def evaluate(
    recipe: RecipeFile,
    out: Out = OUT,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the folder alone.")] = False,
) -> None:
    """Ask a recipe's targets, judge the answers, and write rates, intervals and figures."""
    from refusery.cli.evaluate import evaluate as run

    run(recipe, out, settings or [], quiet)


def serve(
    recipes: Annotated[
        list[Path],
        typer.Argument(help="Recipes (YAML) to regenerate by the clock.", metavar="RECIPE..."),
    ],
    out: Out = OUT,
    monthly: Annotated[
        str, typer.Option(metavar="CRON", help="When each recipe runs.")
    ] = "0 3 1 * *",
    weekly: Annotated[
        str, typer.Option(metavar="CRON", help="When each newest release is audited.")
    ] = "0 5 * * 1",
    timezone: Annotated[str, typer.Option(help="The time zone of both, such as UTC.")] = "UTC",
    pause: Annotated[
        bool, typer.Option("--pause", help="Register schedules that wait until one resumes them.")
    ] = False,
    repos: Annotated[
        list[str] | None,
        typer.Option(
            "--repo",
            metavar="BENCHMARK=NAME",
            help="The repository that its new releases are planned for; repeatable.",
        ),
    ] = None,
    settings: Settings = None,
) -> None:
    """Register monthly runs, weekly audits and `publish` at a Prefect server; run what is due."""
    from refusery.cli.serve import Options
    from refusery.cli.serve import serve as run

    run(Options(recipes, out, monthly, weekly, timezone, pause, repos or [], settings or []))
