"""Runs a server of its own event loop in a thread of the test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import Protocol, TypeVar

_START_S, _STOP_S = 10.0, 10.0


class Stoppable(Protocol):
    """A server that serves until it is told to stop."""

    async def run(self, started: Future[str]) -> None:
        """Serves until `stop`; `started` is given the address, or why it did not start."""
        ...

    def stop(self) -> None:
        """Ends `run`; called in the server's loop."""
        ...


ServerT = TypeVar("ServerT", bound=Stoppable)


@contextmanager
def running(server: ServerT) -> Iterator[ServerT]:
    """Runs a server that is given, in a thread, until the block ends."""
    started: Future[str] = Future()
    loop = asyncio.new_event_loop()
    thread = Thread(target=_run, args=(loop, server, started), name="loopback-server", daemon=True)
    thread.start()
    try:
        started.result(_START_S)
        yield server
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(server.stop)
        thread.join(_STOP_S)
        if thread.is_alive():
            raise TimeoutError(f"the server must stop within {_STOP_S:g} s")


def _run(loop: asyncio.AbstractEventLoop, server: Stoppable, started: Future[str]) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(server.run(started))
