"""What runs are called in Prefect's interface: recipe, version, stage and shard.

A run has its name when it starts, from its parameters and from what lies in `out/`. One whose
parameters are wrong has a name too: it is to be found where it failed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.runtime import flow_run

from artifacts.manifest import MANIFEST
from artifacts.releases import versions_of
from base.foreign_text import terminal_text
from pipelines.opening import layout_of
from pipelines.recipe import load
from pipelines.recipe.schema import Runnable, is_buildable, is_runnable
from pipelines.runner.jobs import Job
from pipelines.versions.next_version import with_preview_version

_LONGEST = 120


def flow_run_name(recipe: Runnable, version: str) -> str:
    """What a run of a recipe is called: its data set, its own name where that is another, version.

    Args:
        recipe: The recipe.
        version: The version of what it makes, with its limit where it has one; empty for none.

    Example:
        `or-bench mine 2026.11.0`, `household 2026.11.0`, `evaluation weekly`
    """
    made = recipe.data_set if is_buildable(recipe) else recipe.benchmark
    return _shown(*dict.fromkeys((made, recipe.name)), version)


def task_run_names(jobs: Sequence[Job]) -> list[str]:
    """What the tasks of jobs are called that run at the same time: `moderate-0 3/8`, `subsets`.

    Args:
        jobs: All jobs of their stages.
    """
    shards = Counter(job.stage for job in jobs)
    return [
        _shown(str(job.stage), "" if job.shard is None else f"{job.shard + 1}/{shards[job.stage]}")
        for job in jobs
    ]


def waiting_run_name(deployment: str, due: datetime) -> str:
    """What a run is called that has not started: `regenerate-mine 2026-12-01 03:00 UTC`."""
    return _shown(deployment, f"{due.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def rename_run(name: str) -> None:
    """Gives the flow run around it another name, if it has another one."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.name == name:
        return
    with get_client(sync_client=True) as client:
        client.set_flow_run_name(context.flow_run.id, name)
    context.flow_run.name = name


def of_recipe(verb: str = "") -> Callable[[], str]:
    """The name of a flow run that takes `recipe`, `out`, `limit` and `overrides`, once it starts.

    Args:
        verb: What it does beside building, to be told from the run that builds.
    """

    def name() -> str:
        given = flow_run.parameters
        try:
            said = _of_recipe(given)
        except Exception:  # the flow itself says what is wrong
            said = Path(str(given.get("recipe"))).stem
        return _shown(verb, said)

    return name


def of_release(verb: str) -> Callable[[], str]:
    """The name of a flow run that takes `release` and perhaps `out` and `repo`, once it starts.

    Args:
        verb: What it does to the release.
    """

    def name() -> str:
        given = flow_run.parameters
        to = ("to", str(given["repo"])) if given.get("repo") else ()
        return _shown(verb, *_of_release(str(given.get("release")), given.get("out")), *to)

    return name


def _of_recipe(given: dict[str, Any]) -> str:
    recipe, out = load(Path(given["recipe"]), given.get("overrides") or []), Path(given["out"])
    if not is_runnable(recipe):
        return recipe.name
    if not is_buildable(recipe):
        return flow_run_name(recipe, "")
    upcoming = with_preview_version(recipe, out)
    return flow_run_name(upcoming, layout_of(upcoming, out, given.get("limit")).version)


def _of_release(release: str, out: str | None) -> tuple[str, ...]:
    """A release by the names of its folders, of which a caller may have given any."""
    try:
        if "/" in release or (Path(release) / MANIFEST).exists():
            return tuple(part for part in Path(release).parts[-2:] if part != "/")
        versions = versions_of(Path(out), release) if out else []
    except Exception:  # as above
        return (release,)
    return (release, *versions[-1:])


def _shown(*parts: str) -> str:
    return terminal_text(" ".join(part for part in parts if part), _LONGEST)
