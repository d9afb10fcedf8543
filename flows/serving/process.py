"""The one long-lived process that registers deployments and runs what falls due."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import cast
from uuid import UUID

from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

_NAME = "refusery"
_LOOK_S = 0.05


def serve(deployments: Sequence[RunnerDeployment]) -> None:
    """Registers deployments and serves until SIGTERM or Ctrl-C; runs under way end with it.

    Schedules go on while nobody serves: what falls due meanwhile is late, and runs afterwards.
    """
    asyncio.run(_serve(deployments))


async def _serve(deployments: Sequence[RunnerDeployment]) -> None:
    runner = Runner(name=_NAME, pause_on_shutdown=False)
    for each in deployments:
        await cast("Awaitable[UUID]", runner.add_deployment(each))
    serving = asyncio.create_task(runner.start())
    while not (runner.started or serving.done()):
        await asyncio.sleep(_LOOK_S)
    # The runner's own handler for SIGTERM never awaits what it stops. Cancelling ends it as
    # Ctrl-C does: the processes of its runs are stopped before it goes.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving
