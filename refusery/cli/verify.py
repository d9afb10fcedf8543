"""`refusery verify`: says what of a release does not hold, file by file and edge by edge."""

from __future__ import annotations

from pathlib import Path

import typer

from artifacts.verify.release import verify as check


def verify(release: Path, runs: Path | None) -> int:
    """Prints what was checked and every problem; 0 where the release is sound, else 1."""
    report = check(release, runs if runs is not None else runs_beside(release))
    for note in report.notes:
        typer.echo(f"note: {note}")
    for problem in report.problems:
        typer.echo(f"problem: {problem}")
    verdict = "sound" if report.sound else f"{len(report.problems)} problems"
    typer.echo(f"{release}: {verdict}; {report.files} files, {len(report.edges)} edges checked")
    return 0 if report.sound else 1


def runs_beside(release: Path) -> Path:
    """`out/runs` for a release at `out/releases/<benchmark>/<version>`."""
    return release.resolve().parent.parent.parent / "runs"
