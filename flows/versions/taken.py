"""Which versions of a benchmark are taken: released ones, and those under way elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from artifacts.errors import RecordUnreadable
from artifacts.records import read_run
from flows.versions.earlier import VersionKey, version_key
from flows.versions.settled import read_settled


def taken(out: Path, benchmark: str, recipe: str) -> set[VersionKey]:
    """The versions that a recipe cannot give to its next release.

    Its own unfinished runs are not among them: a release under their version is theirs to write.

    Args:
        out: The output folder.
        benchmark: The benchmark.
        recipe: The recipe's name.

    Raises:
        RecordUnreadable: What another recipe has settled is malformed.
    """
    names = [*_folders(out / "releases" / benchmark)]
    for runs in _folders(out / "runs"):
        if runs.name != recipe:
            names += _under_way(runs, benchmark)
    return {key for each in names if (key := version_key(each.name)) is not None}


def _under_way(runs: Path, benchmark: str) -> Iterator[Path]:
    """The runs of another recipe for this benchmark, begun or only settled."""
    settled = read_settled(runs)
    if settled is not None and settled.benchmark == benchmark:
        yield runs / settled.version
    yield from (run for run in _folders(runs) if _is_of(run, benchmark))


def _is_of(run: Path, benchmark: str) -> bool:
    try:
        record = read_run(run)
    except RecordUnreadable:
        return True  # nobody knows whose it is: a version too many costs nothing
    return record is not None and record.benchmark == benchmark


def _folders(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
