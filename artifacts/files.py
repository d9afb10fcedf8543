"""Files that are whole or not there: atomic writes and hashes."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from artifacts.errors import ArtifactError, FileUnwritable, NoSpace

_FULL = (errno.ENOSPC, errno.EDQUOT)


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
        NoSpace: The disk or the quota is full.
        FileUnwritable: The folder or the file cannot be written.
    """
    # One fixed name per file: what a crash leaves behind is overwritten by the resumed run.
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        sync_folder(path.parent)
    except OSError as error:
        _discard(part)
        raise _unwritable(path, error) from error
    except BaseException:
        _discard(part)
        raise


def sync_folder(folder: Path) -> None:
    """Makes renames inside `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_text(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _discard(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # the first error is the one that matters


def _unwritable(path: Path, error: OSError) -> ArtifactError:
    if error.errno in _FULL:
        return NoSpace(f"no space left for {path.name}; free some and run again", path.parent)
    return FileUnwritable(
        f"a file must be writable: {error.strerror or 'input/output error'}", path
    )
