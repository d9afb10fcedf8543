"""Where files lie: names below a place, read and written whole through one object.

A place is a folder today. Whoever has a `Storage` opens files through it alone and builds no path,
so that another kind of place (a bucket) is one more class here and no change anywhere else.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pydantic import TypeAdapter

from base.errors import RecordUnreadableError
from base.files import LARGEST_RECORD, RecordT, record_of, replacing, sha256_file
from base.foreign_text import open_regular


class Storage(Protocol):
    """Files below a place, by names such as `kept-00-of-04.parquet`."""

    @property
    def name(self) -> str:
        """What the place is called in errors: never a whole address."""
        ...

    def within(self, name: str) -> Storage:
        """The place of that name below this one; it need not be there yet."""
        ...

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        ...

    def reading(self, name: str) -> BinaryIO:
        """A file opened for reading, seekable; the caller closes it.

        Raises:
            OSError: There is none, or it cannot be read.
        """
        ...

    def writing(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file that takes the place of that name when the block ends, whole or not at all.

        Raises:
            FileUnwritableError: It cannot be written; `NoSpaceError` where there is no room.
        """
        ...

    def sha256(self, name: str) -> str:
        """The SHA-256 of a file's bytes, in hex."""
        ...

    def size(self, name: str) -> int:
        """A file's size in bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in a folder of this machine, or of one that all machines of a run share.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as root:
        ...     place = Folder(Path(root)).within("runs")
        ...     with place.writing("note.txt") as file:
        ...         _ = file.write(b"kept")
        ...     place.exists("note.txt"), place.size("note.txt")
        (True, 4)

    Attributes:
        root: The folder; it is made when a file is written.
    """

    root: Path

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.root.name

    def within(self, name: str) -> Folder:
        """The folder of that name in it."""
        return Folder(self.root / name)

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return (self.root / name).is_file()

    def reading(self, name: str) -> BinaryIO:
        """A file opened for reading."""
        return open_regular(self.root / name)

    def writing(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file that is there, whole and durable, when the block ends."""
        return replacing(self.root / name)

    def sha256(self, name: str) -> str:
        """The SHA-256 of a file's bytes, in hex."""
        return sha256_file(self.root / name)

    def size(self, name: str) -> int:
        """A file's size in bytes."""
        return (self.root / name).stat().st_size


def record_in(place: Storage, name: str, kind: TypeAdapter[RecordT]) -> RecordT:
    """A dataclass from a file of JSON.

    Raises:
        RecordUnreadableError: The file is missing, is not JSON, or does not fit `kind`.
    """
    try:
        with place.reading(name) as file:
            data = file.read(LARGEST_RECORD + 1)
    except OSError as error:
        rule = f"{name} must be readable: {error.strerror}"
        raise RecordUnreadableError(rule, place.name) from error
    return record_of(data, kind, name, place.name)
