"""Writes `lock.txt`: what pip resolves for pyproject.toml with the dev extra, wheels only.

Names and versions alone: an index address or a file path would tie the lock to one machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent
_HEAD = "# Written by `make lock` from pyproject.toml; installed by the Makefile.\n"


def main() -> None:
    """Resolves in a new environment, so that what is installed here decides nothing."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run(
            [
                Path(folder) / "bin" / "python",
                *("-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"),
                *("--report", report, f"{_HERE.parent}[dev]"),
            ],
            check=True,
            env={**os.environ, "PIP_ONLY_BINARY": ":all:"},
        )
        resolved = json.loads(report.read_text())["install"]
    found = {entry["metadata"]["name"].lower(): entry["metadata"]["version"] for entry in resolved}
    found.pop("refusery")
    # A local build tag (+cpu) names one build; the plain version is what every index has.
    lines = [f"{name}=={version.split('+')[0]}\n" for name, version in sorted(found.items())]
    (_HERE / "lock.txt").write_text(_HEAD + "".join(lines))


if __name__ == "__main__":
    main()
