"""An audit as a JSON file, and back."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from artifacts.audit_facts import Audit
from artifacts.json_files import read_json, write_json

AUDIT = "audit.json"

_AUDIT = TypeAdapter(Audit)


def to_json(audit: Audit) -> str:
    """An audit as indented JSON; it holds opening words, which are prompt text."""
    return _AUDIT.dump_json(audit, indent=2).decode()


def write_audit(path: Path, audit: Audit) -> None:
    """Writes an audit as JSON, durable and at once.

    Raises:
        FileUnwritable: The file cannot be written; `NoSpace` where the disk is full.
    """
    write_json(path, audit, _AUDIT)


def read_audit(path: Path) -> Audit:
    """The audit that `write_audit` wrote.

    Raises:
        RecordUnreadable: The file is missing, or is no such audit.
    """
    return read_json(path, _AUDIT)
