"""What is served: which flow, when, with what, how many at a time."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment

from flows.deployments import ScheduleUnusableError, Serving, deployments, servable
from tests.loopback import write_recipe


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    recipes = servable([write_recipe(tmp_path, "http://127.0.0.1:9/v1")], ["max_failed=1"])
    return Serving(
        recipes=recipes,
        out=tmp_path / "out",
        monthly="30 2 2 * *",
        timezone="Europe/Berlin",
        repos={"or-bench": "me/set"},
        overrides=("max_failed=1",),
    )


def _by_name(serving: Serving) -> dict[str, RunnerDeployment]:
    return {each.name: each for each in deployments(serving)}


def test_each_recipe_each_benchmark_and_publishing_have_one(serving: Serving) -> None:
    assert list(_by_name(serving)) == ["regenerate-loop", "audit-or-bench", "publish"]


def test_parameters_are_paths_and_names_that_hold_from_anywhere(serving: Serving) -> None:
    made = _by_name(serving)
    out = str(serving.out)
    assert made["regenerate-loop"].parameters == {
        "recipe": str(serving.recipes[0].path.resolve()),
        "out": out,
        "overrides": ["max_failed=1"],
        "repo": "me/set",
    }
    assert made["audit-or-bench"].parameters == {"release": "or-bench", "out": out}
    assert made["publish"].parameters == {}


def test_entrypoints_are_modules(serving: Serving) -> None:
    for each in deployments(serving):
        assert each.entrypoint is not None
        module, _, flow = each.entrypoint.rpartition(".")
        assert getattr(importlib.import_module(module), flow).name == each.flow_name


def test_a_scheduled_run_that_meets_another_is_cancelled_and_a_persons_waits(
    serving: Serving,
) -> None:
    found = {}
    for name, each in _by_name(serving).items():
        assert each.concurrency_options is not None
        assert each.concurrency_limit == 1
        found[name] = each.concurrency_options.collision_strategy
    cancel, wait = ConcurrencyLimitStrategy.CANCEL_NEW, ConcurrencyLimitStrategy.ENQUEUE
    assert found == {"regenerate-loop": cancel, "audit-or-bench": cancel, "publish": wait}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"monthly": "61 * * * *"}, r"--monthly must be a cron .*\(got 61"),
        ({"weekly": "weekly"}, r"--weekly must be a cron"),
        ({"timezone": "Mars/Base"}, r"--timezone must be .*\(got Mars/Base\)"),
    ],
)
def test_what_is_no_schedule_is_one_line(
    serving: Serving, given: dict[str, str], says: str
) -> None:
    bad = Serving(recipes=serving.recipes, out=serving.out, **given)  # type: ignore[arg-type]
    with pytest.raises(ScheduleUnusableError, match=says):
        deployments(bad)


def test_a_server_keeps_schedules_parameters_and_limits(serving: Serving, server: None) -> None:
    made = _by_name(serving)
    with get_client(sync_client=True) as client:
        kept = {name: client.read_deployment(each.apply()) for name, each in made.items()}
    when = {
        name: [
            (each.schedule.cron, each.schedule.timezone, each.active)
            for each in deployment.schedules
            if isinstance(each.schedule, CronSchedule)
        ]
        for name, deployment in kept.items()
    }
    assert when == {
        "regenerate-loop": [("30 2 2 * *", "Europe/Berlin", True)],
        "audit-or-bench": [("0 5 * * 1", "Europe/Berlin", True)],
        "publish": [],
    }
    for name, each in kept.items():
        assert each.parameters == made[name].parameters
        assert each.global_concurrency_limit is not None
        assert each.global_concurrency_limit.limit == 1
        assert not each.paused


def test_paused_schedules_wait_for_a_person(serving: Serving, server: None) -> None:
    waiting = Serving(recipes=serving.recipes, out=serving.out, paused=True)
    with get_client(sync_client=True) as client:
        kept = [client.read_deployment(each.apply()) for each in deployments(waiting)]
    assert [each.paused for each in kept] == [True, True, False]
