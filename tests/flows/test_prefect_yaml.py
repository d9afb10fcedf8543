"""`prefect.yaml` says what `refusery serve` says: every entrypoint is there and takes its words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.cli.deploy._models import DeploymentConfig, PrefectYamlModel
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint

from flows.deployments import MONTHLY, TIMEZONE, WEEKLY
from pipelines.recipe import load
from pipelines.sources.engine import require_prices, require_served

_ROOT = Path(__file__).parents[2]
_READ: dict[str, Any] = yaml.safe_load((_ROOT / "prefect.yaml").read_text(encoding="utf-8"))
_TEAM = PrefectYamlModel.model_validate(_READ)
_BY_NAME = {str(each.name): each for each in _TEAM.deployments}


def _schedule(deployment: DeploymentConfig) -> list[tuple[str, str | None]]:
    crons = [CronSchedule.model_validate(each.model_dump(include={"cron", "timezone"}))
             for each in deployment.schedules or []]  # fmt: skip
    return [(each.cron, each.timezone) for each in crons]


def test_names_are_unique_and_of_the_same_kinds_as_those_that_are_served() -> None:
    assert len(_BY_NAME) == len(_TEAM.deployments)
    assert {name.partition("-")[0] for name in _BY_NAME} == {"regenerate", "audit", "publish"}


@pytest.mark.parametrize("name", _BY_NAME)
def test_an_entrypoint_imports_and_takes_the_parameters(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_ROOT)
    deployment = _BY_NAME[name]
    flow = load_flow_from_entrypoint(str(deployment.entrypoint), use_placeholder_flow=False)
    known = flow.parameters.properties
    assert set(deployment.parameters) <= set(known)
    if name != "publish":
        assert set(flow.parameters.required) <= set(deployment.parameters)


@pytest.mark.parametrize("name", [name for name in _BY_NAME if name.startswith("regenerate-")])
def test_a_recipe_is_there_and_takes_its_settings(name: str) -> None:
    given = _BY_NAME[name].parameters
    recipe = load(_ROOT / given["recipe"], given["overrides"])
    assert name == f"regenerate-{recipe.name}"
    assert recipe.benchmark in (_BY_NAME[name].tags or [])


@pytest.mark.parametrize("name", [name for name in _BY_NAME if name.startswith("regenerate-")])
def test_a_recipe_that_is_scheduled_can_be_paid_and_its_models_are_served(name: str) -> None:
    given = _BY_NAME[name].parameters
    recipe = load(_ROOT / given["recipe"], given["overrides"])
    assert not recipe.plan_only
    require_served(recipe)
    require_prices(recipe)


@pytest.mark.parametrize("name", _BY_NAME)
def test_a_schedule_is_the_one_that_serve_has(name: str) -> None:
    when = {"regenerate": [(MONTHLY, TIMEZONE)], "audit": [(WEEKLY, TIMEZONE)], "publish": []}
    assert _schedule(_BY_NAME[name]) == when[name.partition("-")[0]]


@pytest.mark.parametrize("name", _BY_NAME)
def test_one_run_goes_on_at_a_time_in_the_teams_pool(name: str) -> None:
    deployment = _BY_NAME[name]
    limit = deployment.concurrency_limit
    assert limit is not None
    assert not isinstance(limit, int)
    strategy = "ENQUEUE" if name == "publish" else "CANCEL_NEW"
    assert (limit.limit, limit.collision_strategy) == (1, strategy)
    assert deployment.work_pool is not None
    assert deployment.work_pool.name == "refusery"
