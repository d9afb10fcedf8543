"""One run of a recipe, and one maker of a release, at a time: locks in the output folder.

They are for hands and schedules alike. The kernel keeps a lock, not its file: it goes with the
process that holds it, however that ends, so that no lock is ever stale. The file stays, and says
who held it last; only where nothing came of a run it goes, with the folder that was made for it.
"""

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
from pipelines.errors import OutUnusableError, PipelineError
from pipelines.runner.run_folders import OWNER_FILE

LOCK = ".lock"
_TRIES = 50  # to make a folder that others clear away meanwhile


class RunLockedError(PipelineError):
    """Another process is at a run of the same recipe or release, or no lock can be taken."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock.

    Attributes:
        pid: Its process.
        host: The machine that the process runs on.
        since: When it took the lock (ISO 8601).
        maker: Of a release: the recipe that it is made by, or `review`.
    """

    pid: int
    host: str
    since: str
    maker: str | None = None


_HOLDER = TypeAdapter(Holder)


@contextmanager
def run_lock(out: Path, recipe: str) -> Iterator[None]:
    """Holds the lock of a recipe until the block ends.

    Args:
        out: The output folder.
        recipe: The recipe's name.

    Raises:
        RunLockedError: Another run of the recipe is under way, in this process or in another one.
        OutUnusableError: The output folder is a file.
    """
    require_folder(out)
    with _held(out / "runs" / recipe / LOCK, f"one run of recipe `{recipe}` at a time", _me()):
        yield


@contextmanager
def pilot_lock(out: Path, recipe: str) -> Iterator[None]:
    """Holds the lock of a recipe's pilots, which are in no other run's way.

    Raises:
        RunLockedError: Another pilot of the recipe is under way.
        OutUnusableError: The output folder is a file.
    """
    require_folder(out)
    path = out / "runs" / recipe / f".pilot{LOCK}"
    with _held(path, f"one pilot of recipe `{recipe}` at a time", _me()):
        yield


@contextmanager
def release_lock(release: Path, maker: str) -> Iterator[None]:
    """Holds the lock of one version of a benchmark until the block ends.

    Two recipes may name the same version: the second is told so before it asks or writes anything.

    Args:
        release: The folder of the release, there or not.
        maker: Who makes it: a recipe's name.

    Raises:
        RunLockedError: Somebody else makes it, in this process or in another one.
    """
    rule = f"one run at a time may make {release.parent.name} {release.name}"
    with _held(release.with_name(f".{release.name}{LOCK}"), rule, _me(maker)):
        yield


@contextmanager
def _held(path: Path, rule: str, holder: Holder) -> Iterator[None]:
    with _taken(path, rule) as file:
        # Who holds it is for people to read: a full disk must not end a run here.
        with suppress(OSError):
            file.truncate(0)
            file.write(_HOLDER.dump_json(holder, exclude_none=True))
        try:
            yield
        finally:
            _clear_if_unused(path)
            fcntl.flock(file, fcntl.LOCK_UN)


def _clear_if_unused(path: Path) -> None:
    """Removes the folder that was made for a lock, where a run was refused and left nothing."""
    folder = path.parent
    with suppress(OSError):
        if {each.name for each in folder.iterdir()} <= {path.name, OWNER_FILE}:
            (folder / OWNER_FILE).unlink(missing_ok=True)
            path.unlink()
            folder.rmdir()


def require_folder(out: Path) -> None:
    """Refuses an output folder that is a file, or lies below one.

    Raises:
        OutUnusableError: It is, or does.
    """
    for place in (out, *out.parents):
        if place.is_dir():
            return
        if place.exists() or place.is_symlink():
            raise OutUnusableError("--out must be a folder", f"the file {place}")


def _taken(path: Path, rule: str) -> FileIO:
    """The lock's file, locked; again where its last holder removed it before it was locked here."""
    while True:
        file = _opened(path)
        try:
            _take(file, path, rule)
            if _is_there(path, file):
                return file
        except BaseException:
            file.close()
            raise
        file.close()


def _is_there(path: Path, file: FileIO) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    return False


def _opened(path: Path) -> FileIO:
    """The lock's file, open for adding: opening it must not cut what its holder wrote."""
    try:
        for _ in range(_TRIES):
            with suppress(FileNotFoundError, FileExistsError):
                make_folders(path.parent)
                return path.open("a+b", buffering=0)
        make_folders(path.parent)
        return path.open("a+b", buffering=0)
    except OSError as error:
        raise RunLockedError(f"a run must be able to lock {path}", error.strerror) from error


def _take(file: FileIO, path: Path, rule: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise RunLockedError(f"a run must be able to lock {path}", error.strerror) from error
        raise RunLockedError(rule, f"one that began {_told(file)}") from None


def _told(file: FileIO) -> str:
    """Since when, and by whom; its holder may be about to write it."""
    file.seek(0)
    try:
        holder = _HOLDER.validate_json(file.read())
    except ValidationError:
        return "just now"
    by = "" if holder.maker is None else f", by `{holder.maker}`"
    return f"{holder.since} as process {holder.pid} on {holder.host}{by}"


def _me(maker: str | None = None) -> Holder:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return Holder(os.getpid(), socket.gethostname(), now, maker)
