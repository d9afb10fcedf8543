"""The command as a process that is sent signals, and what is left of its children afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.loopback import own_prefect

GUARD_S = 600.0
"""No bound of the command's: how long a test waits on a machine that is busy."""


@dataclass(slots=True)
class Ended:
    """How a process ended.

    Attributes:
        status: Its exit status.
        out: What it wrote to standard output.
        err: What it wrote to standard error.
        seconds: From the signal to its end.
        children: Processes below it when the signal was sent.
    """

    status: int
    out: str
    err: str
    seconds: float
    children: list[psutil.Process]

    @property
    def line(self) -> str:
        """The last line on standard error."""
        return self.err.strip().splitlines()[-1] if self.err.strip() else ""

    def orphans(self) -> list[int]:
        """Children that are still there after a while, in which they end by themselves."""
        _, left = psutil.wait_procs(self.children, timeout=30)
        return [each.pid for each in left if each.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def started(
    *arguments: str | Path, cwd: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """The command in a group of its own, killed with its group at the end of the block."""
    child = subprocess.Popen(
        [sys.executable, "-m", "refusery", *map(str, arguments)],
        cwd=cwd,
        env=own_prefect(cwd) | {"HF_HUB_OFFLINE": "1"} | dict(environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def until(holds: Callable[[], object], child: subprocess.Popen[str]) -> None:
    """Waits until something holds, as long as the process runs."""
    end = time.monotonic() + GUARD_S
    while not holds():
        if child.poll() is not None or time.monotonic() > end:
            raise AssertionError(
                f"it ended, or took too long: {child.stderr and child.stderr.read()}"
            )
        time.sleep(0.05)


def ended(child: subprocess.Popen[str], number: int, *, group: bool = False) -> Ended:
    """Sends a signal, to the process alone or to its group, and waits for the end."""
    children = psutil.Process(child.pid).children(recursive=True)
    begun = time.monotonic()
    (os.killpg if group else os.kill)(child.pid, number)
    out, err = child.communicate(timeout=GUARD_S)
    seconds = time.monotonic() - begun
    return Ended(child.returncode, out, err, seconds, children)
