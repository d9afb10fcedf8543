"""Records as JSON files: frozen dataclasses, written whole and checked when read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from artifacts.errors import RecordUnreadable
from artifacts.files import replacing

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class _Formatted:
    """A record of which only the version of its format is looked at."""

    format: int


_FORMAT = TypeAdapter(_Formatted)


def write_json(path: Path, record: RecordT, kind: TypeAdapter[RecordT]) -> None:
    """Writes a dataclass as indented JSON, durable and at once.

    Raises:
        FileUnwritable: The file cannot be written; `NoSpace` where the disk is full.
    """
    data = kind.dump_json(record, indent=2) + b"\n"
    with replacing(path) as file:
        file.write(data)


def read_json(path: Path, kind: TypeAdapter[RecordT], newest: int | None = None) -> RecordT:
    """Reads a dataclass that `write_json` wrote.

    Args:
        path: The file.
        kind: What it must hold.
        newest: The newest value of its `format` that is known; None for a record without one.

    Raises:
        RecordUnreadable: The file is missing, is not JSON, does not fit `kind`, or is of a newer
            format.
    """
    try:
        data = path.read_bytes()
        return kind.validate_json(data)
    except OSError as error:
        rule = f"{path.name} must be readable: {error.strerror}"
        raise RecordUnreadable(rule, path.parent) from error
    except ValidationError as error:
        rule = f"{path.name} must be {_newer(data, newest) or _unfit(error)}"
        raise RecordUnreadable(rule, path.parent) from None


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
