"""A difference as tables for a terminal, and as JSON."""

from __future__ import annotations

from dataclasses import fields

from pydantic_core import to_json

from artifacts.diff.change_tables import change_tables
from artifacts.diff.changes import changes_of
from artifacts.diff.difference import Difference
from artifacts.summary import Table, facts

_NOT_IN_JSON = "fates"


def tables(difference: Difference) -> list[Table]:
    """The whole difference but its rows."""
    return [_counts(difference), *change_tables(changes_of(difference))]


def as_json(difference: Difference) -> str:
    """The difference as indented JSON; its rows are a table of their own and left out."""
    content = {
        field.name: getattr(difference, field.name)
        for field in fields(difference)
        if field.name != _NOT_IN_JSON
    }
    return to_json(content, indent=2).decode()


def _counts(difference: Difference) -> Table:
    counts = difference.counts
    return facts(
        f"{difference.benchmark}: from {difference.old.version} to {difference.new}",
        {
            "rows before": counts.before,
            "rows now": counts.now,
            "added": counts.added,
            "removed": counts.removed,
            "of these withdrawn by people": counts.withdrawn,
            "kept": counts.kept,
            "of these relabelled": counts.relabelled,
            "of these moved between configs": counts.moved,
        },
    )
