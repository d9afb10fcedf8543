"""Runs of served deployments that have not started: how they are called, and those that never do.

Prefect calls a run by two words of chance until the run itself says what it is called. One that
falls due while another goes on is cancelled before that, and no process of its own tells of it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.types import DateTime

from flows.run_names import waiting_run_name
from flows.served_lines import print_line

_EVERY_S = 10.0
_SOON = timedelta(seconds=30)
_STATES = [StateType.SCHEDULED, StateType.CANCELLED]


async def watch_waiting(names: Mapping[UUID, str]) -> None:
    """Names runs that wait and prints those that are cancelled before they start, until cancelled.

    Args:
        names: The deployments' names by their ids.
    """
    wanted = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(names)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_STATES)),
        expected_start_time=FlowRunFilterExpectedStartTime(after_=DateTime.now("UTC")),
    )
    told: set[UUID] = set()
    while True:
        with suppress(Exception):  # a server that does not answer now may do so next time
            async with get_client() as client:
                for run in await client.read_flow_runs(flow_run_filter=wanted):
                    await _see(client, run, names, told)
        await asyncio.sleep(_EVERY_S)


async def _see(
    client: PrefectClient, run: FlowRun, names: Mapping[UUID, str], told: set[UUID]
) -> None:
    if run.deployment_id is None or run.expected_start_time is None or run.state is None:
        return
    if run.run_count:
        return  # it has started, and told of itself
    name = waiting_run_name(names[run.deployment_id], run.expected_start_time)
    is_cancelled = run.state.is_cancelled()
    # One that is about to start names itself.
    is_waiting = run.expected_start_time > datetime.now(UTC) + _SOON
    if run.name != name and (is_cancelled or is_waiting):
        await client.set_flow_run_name(run.id, name)
    if is_cancelled and run.id not in told:
        told.add(run.id)
        print_line(name, f"{run.state.name}: {run.state.message}")
