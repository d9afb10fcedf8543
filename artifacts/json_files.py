"""Records as JSON files: frozen dataclasses, written whole and checked when read."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from artifacts.errors import RecordUnreadable
from artifacts.files import replacing

RecordT = TypeVar("RecordT")


def write_json(path: Path, record: RecordT, kind: TypeAdapter[RecordT]) -> None:
    """Writes a dataclass as indented JSON, durable and at once.

    Raises:
        FileUnwritable: The file cannot be written; `NoSpace` where the disk is full.
    """
    data = kind.dump_json(record, indent=2) + b"\n"
    with replacing(path) as file:
        file.write(data)


def read_json(path: Path, kind: TypeAdapter[RecordT]) -> RecordT:
    """Reads a dataclass that `write_json` wrote.

    Raises:
        RecordUnreadable: The file is missing, is not JSON, or does not fit `kind`.
    """
    try:
        return kind.validate_json(path.read_bytes())
    except OSError as error:
        rule = f"{path.name} must be readable: {error.strerror}"
        raise RecordUnreadable(rule, path.parent) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        rule = f"{path.name} must be a whole record: {where}: {first['msg']}"
        raise RecordUnreadable(rule, path.parent) from None
