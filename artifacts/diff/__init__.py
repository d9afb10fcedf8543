"""What has changed between two releases of one benchmark: rows, labels, models, recipe, licence."""

from __future__ import annotations

from artifacts.diff.changes import changes_of
from artifacts.diff.compare import compare, compare_rows
from artifacts.diff.difference import Counts, Difference
from artifacts.diff.errors import NotComparable
from artifacts.diff.showing import as_json, tables

__all__ = [
    "Counts",
    "Difference",
    "NotComparable",
    "as_json",
    "changes_of",
    "compare",
    "compare_rows",
    "tables",
]
