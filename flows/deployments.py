"""The deployments that a process serves, and the one process and server that run them."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.runner import Runner
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType
from pydantic import ValidationError

from flows.prefect_server import require_answer
from flows.publish_scope import scope_of
from flows.server_access import look_at
from flows.waiting_runs import watch_waiting
from pipelines.errors import NotBuiltError, PipelineError
from pipelines.recipe import load
from pipelines.recipe.schema import Buildable, is_buildable
from pipelines.sources.engine import require_payable

if TYPE_CHECKING:
    from prefect.flows import Flow


class ScheduleUnusableError(PipelineError):
    """A schedule or a time zone is not one."""

    exit_code = 2


class NotServableError(PipelineError):
    """What is to be served cannot be: two recipes of one name, a repository for no benchmark."""

    exit_code = 2


class ServerMissingError(PipelineError):
    """There is no Prefect server to register at, or it does not answer."""

    exit_code = 2


class ServerOpenError(PipelineError):
    """Any page in a browser on this machine could start what is served."""

    exit_code = 2


QUIET = {
    # Nothing calls home.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Runs end with a line of ours; a traceback might quote a row.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}


def be_quiet() -> None:
    """Sets what is not set yet; to be called before Prefect is imported. Runs inherit it."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def require_server(open_to_pages: bool = False) -> str:
    """The server's address, once it has answered.

    A server that Prefect starts by itself has no scheduler, so that nothing would ever run by the
    clock: there must be one of its own.

    Args:
        open_to_pages: Whether it may be one that any page in a browser can call.

    Raises:
        ServerMissingError: None is named, it does not answer, or not to us.
        PrefectUnusableError: What answers is no server, or wants another key.
        ServerOpenError: Any page in a browser could start what is served.
    """
    url: str | None = PREFECT_API_URL.value()
    if not url:
        raise ServerMissingError(
            "serve must know a Prefect server: start one (`prefect server start`) and set "
            "PREFECT_API_URL, as docs/operations.md says"
        )
    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
        if error is None and not _knows_us(client):
            rule = f"PREFECT_API_AUTH_STRING must be the password of the Prefect server at {url}"
            raise ServerMissingError(rule)
    if error is not None:
        raise ServerMissingError(
            f"the Prefect server at {url} must answer", type(error).__name__
        ) from None
    require_answer(url, "`serve` has none of its own")
    access = look_at(url)
    if access.open_to_pages and not open_to_pages:
        raise ServerOpenError(
            "a Prefect server must not be open to any page in a browser: start it with "
            "PREFECT_SERVER_API_AUTH_STRING, as docs/operations.md says, or serve with "
            "--open-server",
            str(access),
        )
    return url


def _knows_us(client: SyncPrefectClient) -> bool:
    try:
        client.hello()
    except PrefectHTTPStatusError as error:
        return error.response.status_code not in (401, 403)
    return True


def servable(paths: Sequence[Path], overrides: Sequence[str]) -> tuple[Buildable, ...]:
    """The recipes at these paths, settings put over each; a run could be started from each now.

    Raises:
        NotServableError: None is given, or two have one name, so that they share a folder of runs.
        NotBuiltError: One is not of a data set, or asks for what is not built yet.
        RecipeError: One cannot be read.
        KeyMissingError: A model's key is not in the environment.
    """
    if not paths:
        raise NotServableError("serve must be given one recipe at least")
    found: dict[str, Buildable] = {}
    for path in paths:
        recipe = load(path, overrides)
        if not is_buildable(recipe):
            raise NotBuiltError("serve takes recipes of or-bench or sorry-bench", recipe.benchmark)
        require_payable(recipe)
        if recipe.name in found:
            raise NotServableError("recipes must have names of their own", recipe.name)
        found[recipe.name] = recipe
    return tuple(found.values())


def repositories(given: Sequence[str], recipes: Sequence[Buildable]) -> Mapping[str, str]:
    """`or-bench=owner/name` settings by data set: a recipe's `release.name`, else its benchmark.

    Raises:
        NotServableError: One is not of that form, or is for a data set that no recipe builds.
    """
    known = {recipe.data_set for recipe in recipes}
    found: dict[str, str] = {}
    for each in given:
        data_set, _, repo = each.partition("=")
        if repo.count("/") != 1 or not all(repo.split("/")):
            raise NotServableError("--repo must be DATASET=OWNER/NAME", each)
        if data_set not in known:
            rule = f"--repo must be for what a recipe given builds: {', '.join(sorted(known))}"
            raise NotServableError(rule, data_set)
        found[data_set] = repo
    return found


def warnings(recipes: Sequence[Buildable]) -> Iterator[str]:
    """What a person may not have meant, a line each."""
    for recipe in recipes:
        if recipe.release.version != "next":
            yield (
                f"{recipe.name} has the fixed version {recipe.release.version}: once that is "
                "released, its runs find nothing to do; --set release.version=next makes new ones"
            )


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
        repos: By data set, the repository that a new release would be published to.
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
    """One to regenerate each recipe, one to audit each data set, one to publish.

    Raises:
        ScheduleUnusableError: A schedule or the time zone is not one.
    """
    from flows.publish import publish

    monthly = _schedule("--monthly", serving.monthly, serving.timezone)
    weekly = _schedule("--weekly", serving.weekly, serving.timezone)
    data_sets = dict.fromkeys(recipe.data_set for recipe in serving.recipes)
    return [
        *(_regenerate(recipe, serving, monthly) for recipe in serving.recipes),
        *(_audit(data_set, serving, weekly) for data_set in data_sets),
        # A person starts it with a release and a repository: no run ever waits for a person.
        _deployed(publish, "publish", {}, None, ConcurrencyLimitStrategy.ENQUEUE),
    ]


def _regenerate(recipe: Buildable, serving: Serving, monthly: CronSchedule) -> RunnerDeployment:
    from flows.regenerate import regenerate

    given: dict[str, Any] = {"recipe": str(recipe.path.resolve()), "out": str(serving.out)}
    if serving.overrides:
        given["overrides"] = list(serving.overrides)
    if recipe.data_set in serving.repos:
        given["repo"] = serving.repos[recipe.data_set]
    return _deployed(
        regenerate, f"regenerate-{recipe.name}", given, monthly,
        ConcurrencyLimitStrategy.CANCEL_NEW, serving.paused, recipe.data_set,
    )  # fmt: skip


def _audit(data_set: str, serving: Serving, weekly: CronSchedule) -> RunnerDeployment:
    from flows.audit import audit

    given = {"release": data_set, "out": str(serving.out)}
    return _deployed(
        audit, f"audit-{data_set}", given, weekly,
        ConcurrencyLimitStrategy.CANCEL_NEW, serving.paused, data_set,
    )  # fmt: skip


def _deployed(
    flow: "Flow[..., Any]",
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
            raise ScheduleUnusableError(
                "--timezone must be an IANA name such as Europe/Berlin", timezone
            ) from None
        raise ScheduleUnusableError(
            f"{option} must be a cron expression such as `{MONTHLY}`", cron
        ) from None


def next_time(schedule: CronSchedule) -> datetime:
    """When a schedule falls due next, in its own time zone."""
    from prefect.server.schemas.schedules import CronSchedule as ServerSchedule

    asked = ServerSchedule(cron=schedule.cron, timezone=schedule.timezone).get_dates(1)
    return asyncio.run(asked)[0]


_NAME = "refusery"
_LOOK_S = 0.05


def serve(deployments: Sequence[RunnerDeployment], serving: Serving) -> bool:
    """Registers deployments and serves until SIGTERM or Ctrl-C; runs under way end with it.

    Schedules go on while nobody serves: what falls due meanwhile is late, and runs afterwards.
    What may be published is in the environment of the runs, where no caller of the server changes
    it.

    Returns:
        Whether SIGTERM ended it.

    Raises:
        KeyboardInterrupt: Ctrl-C did.
    """
    os.environ.update(scope_of(serving.out, serving.repos.values(), os.environ))
    return asyncio.run(_serve(deployments))


async def _serve(deployments: Sequence[RunnerDeployment]) -> bool:
    # What becomes of runs is told in our own lines.
    logging.getLogger("prefect.runner").setLevel(logging.WARNING)
    runner = Runner(name=_NAME, pause_on_shutdown=False)
    names = {
        await cast("Awaitable[UUID]", runner.add_deployment(each)): each.name
        for each in deployments
    }
    terminated, serving = asyncio.Event(), asyncio.create_task(runner.start())
    watching = asyncio.create_task(watch_waiting(names))

    def terminate() -> None:
        terminated.set()
        serving.cancel()

    while not (runner.started or serving.done()):
        await asyncio.sleep(_LOOK_S)
    # The runner's own handler for SIGTERM never awaits what it stops. Cancelling ends it as
    # Ctrl-C does: the processes of its runs are stopped before it goes.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)
    try:
        await serving
    except asyncio.CancelledError:
        if not terminated.is_set():
            raise  # by Ctrl-C
    finally:
        watching.cancel()
    return terminated.is_set()
