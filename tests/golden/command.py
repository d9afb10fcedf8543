"""The command in a folder, and what surrounds it where it is a process of its own."""

from __future__ import annotations

import os
import subprocess
from contextlib import nullcontext
from pathlib import Path

from tests import prefect_server
from tests.golden.in_process import ROOT, call


def refusery(
    *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Calls the command in a folder as its script would; flows run at the worker's Prefect.

    Its process is the test's own, in which Prefect, PyTorch and the encoder have been loaded
    before. Where the process is what is tested, a test starts one itself.
    """
    with prefect_server.used() if arguments[0] in _FLOWS else nullcontext():
        done = call(*arguments, cwd=cwd, **environment)
    return subprocess.CompletedProcess(arguments, done.status, done.out, done.err)


_FLOWS = ("build", "evaluate")
"""The verbs that run a flow."""


def surroundings(folder: Path) -> dict[str, str]:
    """The environment with Prefect's database in `folder`, and this checkout importable."""
    return {
        **os.environ,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        "COLUMNS": "120",
    }
