"""`refusery serve`: registers the scheduled deployments, then runs what is due until stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flows.deployments import be_quiet, repositories, servable, warnings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment


@dataclass(frozen=True, slots=True)
class Options:
    """What the verb is given.

    Attributes:
        recipes: The recipes to regenerate.
        out: The output folder.
        monthly: When recipes run, as cron.
        weekly: When releases are audited, as cron.
        timezone: The time zone of both.
        paused: Whether schedules wait until a person resumes them.
        repos: `BENCHMARK=OWNER/NAME` settings.
        settings: `KEY=VALUE` overrides of every recipe.
    """

    recipes: list[Path]
    out: Path
    monthly: str
    weekly: str
    timezone: str
    paused: bool
    repos: list[str]
    settings: list[str]


def serve(options: Options) -> None:
    """Checks what is given, registers it, and serves until it is stopped."""
    recipes = servable(options.recipes, options.settings)
    repos = repositories(options.repos, recipes)
    be_quiet()
    from flows.deployments import Serving, deployments, require_server
    from flows.deployments import serve as run

    serving = Serving(
        recipes=recipes,
        out=options.out.resolve(),
        monthly=options.monthly,
        weekly=options.weekly,
        timezone=options.timezone,
        paused=options.paused,
        repos=repos,
        overrides=options.settings,
    )
    made = deployments(serving)
    url = require_server()
    for line in warnings(recipes):
        typer.echo(f"note: {line}")
    typer.echo(f"Serving at {url}, until stopped:")
    for each in made:
        typer.echo(f"  {each.full_name}: {_when(each)}")
    run(made)


def _when(deployment: RunnerDeployment) -> str:
    from prefect.client.schemas.schedules import CronSchedule

    schedules = [each.schedule for each in deployment.schedules or ()]
    crons = [each for each in schedules if isinstance(each, CronSchedule)]
    if not crons:
        return "started by a person"
    said = ", ".join(f"`{each.cron}` {each.timezone}" for each in crons)
    return f"{said}, paused" if deployment.paused else said
