"""The long proofs, part by part: `python -m tests.soak [PART]`, which is `make soak PART=name`.

A part is tests that are run one after the other, each in a process of its own. What has passed is
marked in `.soak/`, by commit, so that a part which was stopped goes on where it was. Each part
takes less than ten minutes on two quiet cores. Tests marked `soak` are run here alone; others are
run by `make test-slow` too.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
_MUTATIONS, _DEMO = "flows/test_sorry_bench.py", "flows/test_published.py"
_READ_BACK = "test_a_demonstration_is_audited_published_and_read_back"
PARTS: Mapping[str, tuple[str, ...]] = {
    "scale": ("flows/test_scale.py", "flows/test_one_seed.py"),
    "mutations": (f"{_MUTATIONS}::test_450_requests_become_9000_mutations",),
    "broken-mutations": (f"{_MUTATIONS}::test_of_9000_exactly_the_broken_ones_are_missing",),
    "kills": (
        "pipelines/runner/test_resume.py::test_twenty_killed_runs_go_on_to_the_same_bytes",
        "flows/test_or_bench.py::test_a_killed_command_goes_on_to_the_same_release",
        f"{_MUTATIONS}::test_a_killed_command_goes_on_to_the_same_release",
    ),
    **{
        f"chaos-{block + 1}": (
            f"chaos/test_runs.py::test_a_hundred_runs_end_in_the_same_bytes[{block}]",
        )
        for block in range(5)
    },
    "chaos-kills": ("chaos/test_runs.py::test_of_fifty_killed_runs_all_end_in_the_same_bytes",),
    **{
        f"chaos-prefect-{part}": (
            f"chaos/test_runs.py::test_runs_under_prefect_end_in_the_same_bytes[{first}]",
        )
        for part, first in ((1, 3000), (2, 3013))
    },
    "chaos-memory": ("chaos/test_memory.py",),
    "spend": (
        "inference/test_budget.py::test_true_spend_never_passes_the_cap",
        "flows/test_budget.py::test_a_build_stopped_by_its_cap_and_raised_is_the_same_release",
    ),
    "demo-or-bench": (f"{_DEMO}::{_READ_BACK}[or-bench]",),
    "demo-sorry-bench": (f"{_DEMO}::{_READ_BACK}[sorry-bench]",),
    "schedules": ("flows/test_schedules.py",),
    "fuzz": ("fuzz/test_ten_minutes.py",),
    "intervals": ("measures/test_coverage.py", "evaluation/test_seeded_pass.py"),
}
"""The tests of each part, as pytest names them below `tests/`."""

_BOUND_S = 3600
"""Within this a test ends on any machine, however busy."""


def main(arguments: list[str]) -> int:
    """Runs what has not passed of a part, or lists the parts; the exit status."""
    marks = ROOT / ".soak" / _commit()
    if arguments == []:
        for part, tests in PARTS.items():
            passed = sum(_mark(marks, test).exists() for test in tests)
            print(f"{part}: {passed} of {len(tests)} passed at this commit")  # noqa: T201
        return 0
    if len(arguments) > 1 or arguments[0] not in PARTS:
        print(f"PART must be one of {', '.join(PARTS)} (got {' '.join(arguments)})")  # noqa: T201
        return 2
    return _run(PARTS[arguments[0]], marks)


def _run(tests: tuple[str, ...], marks: Path) -> int:
    for test in tests:
        if _mark(marks, test).exists():
            print(f"passed before: {test}")  # noqa: T201
            continue
        started = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", f"tests/{test}"]
        if status := subprocess.run(command, cwd=ROOT, timeout=_BOUND_S).returncode:
            return status
        _mark(marks, test).parent.mkdir(parents=True, exist_ok=True)
        _mark(marks, test).touch()
        print(f"passed in {time.monotonic() - started:.0f} s: {test}")  # noqa: T201
    return 0


def _mark(marks: Path, test: str) -> Path:
    return marks / f"{sha256(test.encode()).hexdigest()[:16]}.passed"


def _commit() -> str:
    """The commit, and what has been changed since: a mark holds for one state of the code."""
    commit = _git("rev-parse", "--short=12", "HEAD").decode().strip()
    changes = _git("diff", "HEAD")
    return commit + (f"+{sha256(changes).hexdigest()[:8]}" if changes else "")


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
