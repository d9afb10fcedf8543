"""One start of a build, as a process that can be killed like a user's.

It is forked from a server that has the libraries loaded, which spares each start five seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.chaos import build

HUNG = -999
"""The exit status of a start that took longer than it may."""

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(
    ["tests.chaos.build", "inference.providers.openai", "inference.providers.anthropic"]
)


def _nothing() -> None:
    """No preparation."""


class Start:
    """A running build; what it says goes to a file beside its recipe."""

    def __init__(
        self, recipe: Path, out: Path, shards: int = 4, prepare: Callable[[], None] = _nothing
    ) -> None:
        """Starts it; `prepare` is called in it first and must be a function of a module."""
        self._stderr = recipe.with_suffix(".stderr")
        arguments = (recipe, out, self._stderr, shards, prepare)
        self._process = _FORKED.Process(target=_build, args=arguments)
        self._process.start()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless it has ended."""
        if self._process.pid is not None and self._process.is_alive():
            os.kill(self._process.pid, number)

    def ended(self, bound_s: float) -> tuple[int, str]:
        """Waits for its end: the exit status, negative for a signal, and what it said."""
        self._process.join(bound_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
            return HUNG, "it hangs"
        said = self._stderr.read_text(encoding="utf-8", errors="replace")
        return self._process.exitcode or 0, said


def _build(recipe: Path, out: Path, stderr: Path, shards: int, prepare: Callable[[], None]) -> None:
    """In the child: builds, with what it says kept in a file."""
    with stderr.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 2)
        sys.stderr = file
        prepare()
        status = build.main([str(recipe), str(out), str(shards)])
    raise SystemExit(status)


class CommandStart:
    """`refusery build` under Prefect, as a process of its own."""

    def __init__(self, recipe: Path, out: Path, environment: Mapping[str, str]) -> None:
        """Starts it in an environment that names Prefect's server."""
        self._stderr = recipe.with_suffix(".stderr")
        command = [
            sys.executable,
            "-m",
            "refusery",
            "build",
            str(recipe),
            "--out",
            str(out),
            "--quiet",
        ]
        with self._stderr.open("w", encoding="utf-8") as file:
            self._process = subprocess.Popen(
                command, env={**os.environ, **environment}, stdout=file, stderr=file
            )

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless it has ended."""
        if self._process.poll() is None:
            self._process.send_signal(number)

    def ended(self, bound_s: float) -> tuple[int, str]:
        """Waits for its end: the exit status, negative for a signal, and what it said."""
        try:
            status = self._process.wait(bound_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return HUNG, "it hangs"
        return status, self._stderr.read_text(encoding="utf-8", errors="replace")
