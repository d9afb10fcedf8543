"""`refusery serve`: registers the scheduled deployments, then runs what is due until stopped."""

from pathlib import Path
from signal import SIGTERM
from typing import TYPE_CHECKING, Annotated

import typer

from refusery.cli.options import OUT, Out, Settings
from refusery.cli.printing import say

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

_Recipes = Annotated[
    list[Path],
    typer.Argument(help="Recipes (YAML) to regenerate by the clock.", metavar="RECIPE..."),
]
_Monthly = Annotated[str, typer.Option(metavar="CRON", help="When each recipe runs.")]
_Weekly = Annotated[str, typer.Option(metavar="CRON", help="When each newest release is audited.")]
_Paused = Annotated[
    bool, typer.Option("--pause", help="Register schedules that wait until one resumes them.")
]
_Notify = Annotated[
    str | None,
    typer.Option(
        envvar="REFUSERY_NOTIFY",
        metavar="ADDRESS",
        help="Where Prefect tells of runs that fail: https://HOST/PATH or mailto://USER:PASS@HOST.",
    ),
]
_Repos = Annotated[
    list[str] | None,
    typer.Option(
        "--repo",
        metavar="DATASET=NAME",
        help="The repository that its new releases are planned for; repeatable.",
    ),
]
_OpenServer = Annotated[
    bool,
    typer.Option(
        "--open-server", help="Serve though any page in a browser can call the Prefect server."
    ),
]


def serve(
    recipes: _Recipes,
    out: Out = OUT,
    monthly: _Monthly = "0 3 1 * *",
    weekly: _Weekly = "0 5 * * 1",
    timezone: Annotated[str, typer.Option(help="The time zone of both, such as UTC.")] = "UTC",
    paused: _Paused = False,
    repos: _Repos = None,
    open_server: _OpenServer = False,
    notify: _Notify = None,
    settings: Settings = None,
) -> None:
    """Register monthly runs, weekly audits and `publish` at a Prefect server; run what is due."""
    from flows.deployments import be_quiet, repositories, servable, warnings

    checked = servable(recipes, settings or [])
    named = repositories(repos or [], checked)
    be_quiet()
    from flows.deployments import Serving, deployments, require_server
    from flows.deployments import serve as run
    from refusery.cli.printing import note_readable

    serving = Serving(
        recipes=checked,
        out=out.resolve(),
        monthly=monthly,
        weekly=weekly,
        timezone=timezone,
        paused=paused,
        repos=named,
        overrides=settings or [],
    )
    if notify is not None:
        from flows.alerts import require_address

        require_address(notify)
    made = deployments(serving)
    url = require_server(open_to_pages=open_server)
    if notify is not None:
        from flows.alerts import set_alerts

        set_alerts(notify)
    note_readable(out)
    for line in warnings(checked):
        say(f"note: {line}")
    say(f"Serving at {url}, until stopped:")
    for each in made:
        say(f"  {each.full_name}: {_when(each)}")
    if run(made, serving):
        raise typer.Exit(128 + SIGTERM)


def _when(deployment: "RunnerDeployment") -> str:
    from prefect.client.schemas.schedules import CronSchedule

    from flows.deployments import next_time

    schedules = [each.schedule for each in deployment.schedules or ()]
    crons = [each for each in schedules if isinstance(each, CronSchedule)]
    if not crons:
        return "started by a person"
    said = ", ".join(f"`{each.cron}` {each.timezone}" for each in crons)
    if deployment.paused:
        return f"{said}, paused"
    return f"{said}, next {min(map(next_time, crons)):%Y-%m-%d %H:%M}"
