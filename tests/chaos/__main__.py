"""`python -m tests.chaos --runs 20 --first 0`: chaos runs by seed, and a line of what they came to.

Exits with 1 where anything was lost, bought twice, differs, hangs or ends in a traceback.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.run import SMALL, Calm, Size, Stop, compared, planned


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs seeds one after the other; the exit status."""
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--small", action="store_true", help="as small as `make test` runs them")
    parser.add_argument("--stops", nargs="*", default=["kill", "interrupt", "terminate"])
    parser.add_argument("--folder", type=Path, help="where runs are kept that went wrong")
    parser.add_argument("--fail-fast", action="store_true", help="end with the first that fails")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="chaos-") as scratch:
        size = SMALL if given.small else Size()
        folder = given.folder or Path(scratch)
        seeds = range(given.first, given.first + given.runs)
        return _all(seeds, folder, size, given.stops, given.fail_fast)


def _all(seeds: range, folder: Path, size: Size, stops: list[Stop], fail_fast: bool) -> int:
    calm, bad, starts, slowest = Calm(folder), 0, 0, 0.0
    began = time.monotonic()
    for seed in seeds:
        plan = planned(seed, size, stops)
        place = folder / f"run-{seed}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        outcome = compared(plan, calm, place)
        starts += len(outcome.starts)
        slowest = max(slowest, (outcome.seconds - outcome.injected_s) / calm.of(plan).seconds)
        for problem in outcome.wrong:
            _say(f"seed {seed}: {problem}")
        bad += bool(outcome.wrong)
        if outcome.wrong and fail_fast:
            break
        if not outcome.wrong:
            shutil.rmtree(place)
    took = time.monotonic() - began
    _say(f"{len(seeds)} runs, {starts} starts, {bad} with a problem, {took:.0f} s")
    _say(f"the slowest took {slowest:.1f} times its calm run, beside the waits injected")
    return 1 if bad else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
