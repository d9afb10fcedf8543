"""Files that are whole or not there: atomic writes, hashes, and records as JSON."""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO, TypeVar

from pydantic import TypeAdapter, ValidationError

from base.errors import (
    DISK_FULL,
    FileUnwritableError,
    NoSpaceError,
    RecordTooNewError,
    RecordUnreadableError,
)
from base.foreign_text import open_regular


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One table on disk as a record or a manifest states it.

    Attributes:
        name: The file's name in a record, its path relative to the release in a manifest.
        sha256: Hash of its bytes, in hex.
        rows: Rows of the table.
        bytes: Size of the file.
    """

    name: str
    sha256: str
    rows: int
    bytes: int


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Opens a file that takes the place of `path` when the block ends, durable and at once.

    A reader, or a run that starts after a crash, sees the old file or the whole new one.

    Raises:
        NoSpaceError: The disk or the quota is full, or the shell allows no file so large.
        FileUnwritableError: The folder or the file cannot be written.
    """
    # One fixed name per file: what a crash leaves behind is overwritten by the resumed run.
    part = path.with_name(f".{path.name}.part")
    try:
        make_folders(path.parent)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        sync_folder(path.parent)
    except OSError as error:
        _discard(part)
        raise unwritable(path, error) from error
    except BaseException:
        _discard(part)
        raise


PRIVATE = 0o700
"""The mode of folders that we make: prompts and answers are for who runs us alone."""

PRIVATE_FILE = 0o600
"""The mode of files that hold prompts and replies of all runs."""

LARGEST_RECORD = 64_000_000
"""Bytes of a record that are read; a manifest of a hundred thousand tombstones has a fifth."""


def make_folders(folder: Path) -> None:
    """Makes a folder and those above it that are missing, for their owner alone.

    Those that are there keep their modes, and a file system without modes is as good as any. Each
    is durable in the one that holds it: a file's name lasts no longer than its folder's.

    Raises:
        OSError: It cannot be made, or is no folder.
    """
    missing = list(takewhile(lambda each: not each.exists(), (folder, *folder.parents)))
    for each in reversed(missing):
        each.mkdir(mode=PRIVATE, exist_ok=True)
    folder.mkdir(mode=PRIVATE, exist_ok=True)  # raises where it is no folder
    for each in missing:
        sync_folder(each.parent)


def make_private_file(path: Path, *suffixes: str) -> None:
    """Makes an empty file that other users can neither read nor write, or closes one to them.

    Args:
        path: The file.
        suffixes: Endings of files beside it that are closed to others too, where they are there.

    Raises:
        OSError: It can be neither made nor opened, or is a pipe, a device or a folder.
    """
    # Without waiting: whoever opens a pipe waits for its other end.
    flags = os.O_RDONLY | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags, PRIVATE_FILE)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it must be a regular file")
    finally:
        os.close(handle)
    for suffix in ("", *suffixes):
        # A file of another user's, or one that has gone since, stays as it is.
        with contextlib.suppress(OSError):
            _close_to_others(path.with_name(path.name + suffix))


def _close_to_others(path: Path) -> None:
    """Closes a file of one's own; what a link leads to, or has another name, is somebody else's."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        is_own = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
        if is_own and found.st_mode & 0o077:
            os.fchmod(handle, stat.S_IMODE(found.st_mode) & PRIVATE_FILE)
    finally:
        os.close(handle)


def others_may_read(folder: Path) -> bool:
    """Whether other users of this machine may look into a folder; False for one that is not there.

    A file system that knows no modes shows what it was mounted with.
    """
    try:
        return bool(folder.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH))
    except OSError:
        return False


def sync_folder(folder: Path) -> None:
    """Makes renames inside `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_text(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _discard(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # the first error is the one that matters


def unwritable(path: Path, error: OSError) -> FileUnwritableError:
    """What is said of a path that the system lets nobody write."""
    if error.errno in DISK_FULL:
        how = "free some" if error.errno != errno.EFBIG else "let `ulimit -f` allow larger files"
        return NoSpaceError(f"no space left for {path.name}; {how} and run again", path.parent)
    return FileUnwritableError(
        f"a file must be writable: {error.strerror or 'input/output error'}", path
    )


RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class _Formatted:
    """A record of which only the version of its format is looked at."""

    format: int


_FORMAT = TypeAdapter(_Formatted)


def write_json(
    path: Path, record: RecordT, kind: TypeAdapter[RecordT], without: Set[str] = frozenset()
) -> None:
    """Writes a dataclass as indented JSON, durable and at once.

    Args:
        path: The file.
        record: What it is to hold.
        kind: What the record is.
        without: Its fields that are left out.

    Raises:
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    with replacing(path) as file:
        file.write(json_of(record, kind, without))


def json_of(record: RecordT, kind: TypeAdapter[RecordT], without: Set[str] = frozenset()) -> bytes:
    """A dataclass as indented JSON, but for the fields that are left out."""
    return kind.dump_json(record, indent=2, exclude=set(without)) + b"\n"


def read_json(path: Path, kind: TypeAdapter[RecordT], newest: int | None = None) -> RecordT:
    """Reads a dataclass that `write_json` wrote.

    Args:
        path: The file.
        kind: What it must hold.
        newest: The newest value of its `format` that is known; None for a record without one.

    Raises:
        RecordUnreadableError: The file is missing, is not JSON or does not fit `kind`;
            `RecordTooNewError` where it is of a newer format.
    """
    try:
        with open_regular(path) as file:
            data = file.read(LARGEST_RECORD + 1)
    except OSError as error:
        rule = f"{path.name} must be readable: {error.strerror}"
        raise RecordUnreadableError(rule, path.parent) from error
    return record_of(data, kind, path.name, path.parent, newest)


def record_of(
    data: bytes, kind: TypeAdapter[RecordT], name: str, place: object, newest: int | None = None
) -> RecordT:
    """The dataclass in a file's bytes; name and place are for the error.

    Raises:
        RecordUnreadableError: They are no such record, or too many.
    """
    if len(data) > LARGEST_RECORD:
        rule = f"{name} must have at most {LARGEST_RECORD:,} bytes"
        raise RecordUnreadableError(rule, place)
    try:
        return kind.validate_json(data)
    except ValidationError as error:
        if (newer := _newer(data, newest)) is not None:
            raise RecordTooNewError(f"{name} must be {newer}", place) from None
        raise RecordUnreadableError(f"{name} must be {_unfit(error)}", place) from None


def _newer(data: bytes, newest: int | None) -> str | None:
    """What to say of a record whose format is newer than any that is known."""
    if newest is None:
        return None
    try:
        # What else such a record holds is for who knows its format to judge.
        found = _FORMAT.validate_json(data).format
    except ValidationError:
        return None
    if found <= newest:
        return None
    return f"of format {newest} at most, the newest known here; it is of format {found}"


def _unfit(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"a whole record: {where}: {first['msg']}"
