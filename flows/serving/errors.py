"""What can go wrong before anything is served."""

from __future__ import annotations

from flows.errors import FlowError


class ScheduleUnusable(FlowError):
    """A schedule or a time zone is not one."""

    exit_code = 2


class NotServable(FlowError):
    """What is to be served cannot be: two recipes of one name, a repository for no benchmark."""

    exit_code = 2


class ServerMissing(FlowError):
    """There is no Prefect server to register at, or it does not answer."""

    exit_code = 2
