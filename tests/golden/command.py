"""The command as a process: found through the checkout's own declaration, wherever it lives."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The checkout."""


@cache
def _start() -> str:
    """Python code that starts the command as the installed script would."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    module, _, function = said["project"]["scripts"]["refusery"].partition(":")
    return f"import sys; from {module} import {function}; sys.exit({function}())"


def refusery(
    *arguments: str | Path, cwd: Path, seconds: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user would, in a folder, with a Prefect of its own there."""
    return subprocess.run(
        [sys.executable, "-c", _start(), *map(str, arguments)],
        cwd=cwd,
        env=surroundings(cwd) | environment,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


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
