"""`refusery verify`: says what of a release does not hold, file by file and edge by edge."""

from pathlib import Path
from typing import Annotated

import typer

from artifacts.verify.release import verify as check
from refusery.cli.options import Release
from refusery.cli.printing import say


def verify(
    release: Release,
    runs: Annotated[
        Path | None, typer.Option(help="The folder of all runs; by default beside the releases.")
    ] = None,
) -> None:
    """Check every hash of a release, and that every edge of its run adds up."""
    report = check(release, runs if runs is not None else _runs_beside(release))
    for note in report.notes:
        say(f"note: {note}")
    for problem in report.problems:
        say(f"problem: {problem}")
    verdict = "sound" if report.sound else f"{len(report.problems)} problems"
    say(f"{release}: {verdict}; {report.files} files, {len(report.edges)} edges checked")
    raise typer.Exit(0 if report.sound else 1)


def _runs_beside(release: Path) -> Path:
    """`out/runs` for a release at `out/releases/<name>/<version>`."""
    return release.resolve().parent.parent.parent / "runs"
