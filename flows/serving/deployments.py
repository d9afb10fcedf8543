"""The deployments that a process serves: which flow, when, with what, how many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType
from pydantic import ValidationError

from flows.benchmarks import Buildable
from flows.serving.errors import ScheduleUnusable

if TYPE_CHECKING:
    from prefect.flows import Flow

MONTHLY, WEEKLY, TIMEZONE = "0 3 1 * *", "0 5 * * 1", "UTC"
TAG = "refusery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What is to be served.

    Attributes:
        recipes: The recipes, read; one deployment regenerates each.
        out: The output folder.
        monthly: When recipes run, as cron.
        weekly: When releases are audited, as cron.
        timezone: The time zone of both (IANA).
        paused: Whether schedules wait until a person resumes them.
        repos: By benchmark, the repository that a new release would be published to.
        overrides: `key=value` settings over every recipe; they are in `recipes` already.
    """

    recipes: Sequence[Buildable]
    out: Path
    monthly: str = MONTHLY
    weekly: str = WEEKLY
    timezone: str = TIMEZONE
    paused: bool = False
    repos: Mapping[str, str] = field(default_factory=dict)
    overrides: Sequence[str] = ()


def deployments(serving: Serving) -> list[RunnerDeployment]:
    """One to regenerate each recipe, one to audit each benchmark, one to publish.

    Raises:
        ScheduleUnusable: A schedule or the time zone is not one.
    """
    from flows.publish import publish

    monthly = _schedule("--monthly", serving.monthly, serving.timezone)
    weekly = _schedule("--weekly", serving.weekly, serving.timezone)
    benchmarks = dict.fromkeys(recipe.benchmark for recipe in serving.recipes)
    return [
        *(_regenerate(recipe, serving, monthly) for recipe in serving.recipes),
        *(_audit(benchmark, serving, weekly) for benchmark in benchmarks),
        # A person starts it with a release and a repository: no run ever waits for a person.
        _deployed(publish, "publish", {}, None, ConcurrencyLimitStrategy.ENQUEUE),
    ]


def _regenerate(recipe: Buildable, serving: Serving, monthly: CronSchedule) -> RunnerDeployment:
    from flows.regenerate import regenerate

    given: dict[str, Any] = {"recipe": str(recipe.path.resolve()), "out": str(serving.out)}
    if serving.overrides:
        given["overrides"] = list(serving.overrides)
    if recipe.benchmark in serving.repos:
        given["repo"] = serving.repos[recipe.benchmark]
    return _deployed(
        regenerate, f"regenerate-{recipe.name}", given, monthly,
        ConcurrencyLimitStrategy.CANCEL_NEW, serving.paused, recipe.benchmark,
    )  # fmt: skip


def _audit(benchmark: str, serving: Serving, weekly: CronSchedule) -> RunnerDeployment:
    from flows.audit import audit

    given = {"release": benchmark, "out": str(serving.out)}
    return _deployed(
        audit, f"audit-{benchmark}", given, weekly,
        ConcurrencyLimitStrategy.CANCEL_NEW, serving.paused, benchmark,
    )  # fmt: skip


def _deployed(
    flow: Flow[..., Any],
    name: str,
    parameters: dict[str, Any],
    schedule: CronSchedule | None,
    collision: ConcurrencyLimitStrategy,
    paused: bool = False,
    *tags: str,
) -> RunnerDeployment:
    """A deployment of which one run goes on at a time.

    It is found by its module, not by a path from the working folder: a run starts from anywhere.
    """
    return RunnerDeployment.from_flow(
        flow,
        name=name,
        parameters=parameters,
        schedules=[] if schedule is None else [schedule],
        paused=paused,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=collision),
        description=(flow.__doc__ or "").partition("\n")[0],
        tags=[TAG, *tags],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _schedule(option: str, cron: str, timezone: str) -> CronSchedule:
    try:
        return CronSchedule(cron=cron, timezone=timezone)
    except ValidationError as error:
        (where, *_) = error.errors()[0]["loc"]
        if where == "timezone":
            raise ScheduleUnusable(
                "--timezone must be an IANA name such as Europe/Berlin", timezone
            ) from None
        raise ScheduleUnusable(
            f"{option} must be a cron expression such as `{MONTHLY}`", cron
        ) from None
