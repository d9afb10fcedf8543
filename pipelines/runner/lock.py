"""One run of a recipe at a time: a lock in the output folder, for hands and schedules alike."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from base.files import make_folders
from pipelines.errors import PipelineError

LOCK = ".lock"


class RunLockedError(PipelineError):
    """Another process is at a run of the same recipe, or the output folder cannot be locked."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a recipe's lock.

    Attributes:
        pid: Its process.
        host: The machine that the process runs on.
        since: When it took the lock (ISO 8601).
    """

    pid: int
    host: str
    since: str


_HOLDER = TypeAdapter(Holder)


@contextmanager
def run_lock(out: Path, recipe: str) -> Iterator[None]:
    """Holds the lock of a recipe until the block ends.

    The kernel keeps the lock, not the file: it goes with the process that holds it, however that
    ends, so that no lock is ever stale. The file stays, and says who held it last.

    Args:
        out: The output folder.
        recipe: The recipe's name.

    Raises:
        RunLockedError: Another run of the recipe is under way, in this process or in another one.
    """
    path = out / "runs" / recipe / LOCK
    with _opened(path) as file:
        _take(file, path)
        # Who holds it is for people to read: a full disk must not end a run here.
        with suppress(OSError):
            file.truncate(0)
            file.write(_HOLDER.dump_json(_me()))
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def _opened(path: Path) -> FileIO:
    """The lock's file, open for adding: opening it must not cut what its holder wrote."""
    try:
        make_folders(path.parent)
        return path.open("a+b", buffering=0)
    except OSError as error:
        raise RunLockedError(f"a run must be able to lock {path}", error.strerror) from error


def _take(file: FileIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise RunLockedError(f"a run must be able to lock {path}", error.strerror) from error
        rule = f"one run of recipe `{path.parent.name}` at a time"
        raise RunLockedError(rule, f"one that began {_told(file)}") from None


def _told(file: FileIO) -> str:
    """Since when, and by whom; its holder may be about to write it."""
    file.seek(0)
    try:
        holder = _HOLDER.validate_json(file.read())
    except ValidationError:
        return "just now"
    return f"{holder.since} as process {holder.pid} on {holder.host}"


def _me() -> Holder:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return Holder(os.getpid(), socket.gethostname(), now)
