"""One Prefect server for all tests of a worker: its start takes longer than most runs at it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefect.settings import Setting

_running = ExitStack()
_STARTS_IN_S = 120
_ENDS_IN_S = 30


@contextmanager
def used() -> Iterator[str]:
    """Flows of the block run at the worker's server, as silent as `refusery build` has them.

    It is started for whoever asks first, and outside of such blocks nobody knows of it.
    """
    from prefect import context
    from prefect.settings import temporary_settings

    settings, address = _started()
    with temporary_settings(updates=settings):
        # Threads of the test look there.
        with context._temporary_global_settings_context(context.get_settings_context()):
            try:
                yield address
            finally:
                end_events()


def end_events() -> None:
    """Ends the threads that send a flow's events, as Prefect's own harness for tests does.

    Their connection draws from Python's global `random` at each ping, also in the midst of a
    later test's examples.
    """
    from prefect.events.worker import EventsWorker

    EventsWorker.drain_all(timeout=_ENDS_IN_S)


def stored() -> bytes:
    """All that the server has written into its database so far."""
    return b"".join(path.read_bytes() for path in _folder().iterdir())


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="prefect-of-tests-")
    _running.callback(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def _started() -> tuple[dict[Setting, object], str]:
    """The settings that lead to the server, and its address."""
    from prefect import settings
    from prefect.logging.configuration import setup_logging
    from prefect.server.api.server import SubprocessASGIServer

    database = {
        settings.PREFECT_SERVER_DATABASE_CONNECTION_URL: (
            f"sqlite+aiosqlite:///{_folder() / 'prefect.db'}"
        )
    }
    with settings.temporary_settings(updates=database):
        server = SubprocessASGIServer()
        server.start(timeout=_STARTS_IN_S)
    _running.callback(server.stop)
    silent = {
        settings.PREFECT_LOGGING_LEVEL: "CRITICAL",
        settings.PREFECT_LOGGING_TO_API_ENABLED: False,
    }
    with settings.temporary_settings(updates=silent):
        setup_logging(incremental=False)
    return {settings.PREFECT_API_URL: server.api_url, **silent}, server.api_url


def stop() -> None:
    """Ends the server where it was started."""
    _running.close()
