"""A version that was settled for a recipe's release and is not written yet: kept in `out/`."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from artifacts.errors import FileUnwritable
from artifacts.json_files import read_json, write_json
from artifacts.manifest import MANIFEST

SETTLED_FILE = "next.json"
_LOCK = ".next.lock"


@dataclass(frozen=True, slots=True)
class Settled:
    """What `out/runs/<recipe>/next.json` holds.

    Attributes:
        benchmark: The recipe's benchmark.
        version: The version of the release that is under way.
        note: What is odd about it, in a sentence; None for nothing.
    """

    benchmark: str
    version: str
    note: str | None = None


_SETTLED = TypeAdapter(Settled)


def read_settled(runs: Path) -> Settled | None:
    """What was settled for a recipe.

    Args:
        runs: The folder of the recipe's runs.

    Raises:
        RecordUnreadable: The file is malformed.
    """
    path = runs / SETTLED_FILE
    return read_json(path, _SETTLED) if path.exists() else None


def keep_settled(runs: Path, settled: Settled) -> None:
    """Keeps what was settled for a recipe, durable and at once.

    Raises:
        FileUnwritable: The file cannot be written; `NoSpace` where the disk is full.
    """
    write_json(runs / SETTLED_FILE, settled, _SETTLED)


def forget_settled(runs: Path) -> None:
    """Forgets what was settled for a recipe, if anything was."""
    (runs / SETTLED_FILE).unlink(missing_ok=True)


def is_written(settled: Settled, out: Path) -> bool:
    """Whether the release of a settled version is there."""
    return (out / "releases" / settled.benchmark / settled.version / MANIFEST).exists()


@contextmanager
def settling_alone(out: Path) -> Iterator[None]:
    """Holds the lock that every process takes to settle a version in `out`.

    The system lets it go with the process: a killed one leaves none behind.

    Raises:
        FileUnwritable: The lock's file cannot be made.
    """
    path = out / "runs" / _LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        rule = f"a file must be writable: {error.strerror or 'input/output error'}"
        raise FileUnwritable(rule, path) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
