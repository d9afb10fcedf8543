"""What has changed between two releases of one benchmark: rows, labels, models, recipe, licence."""

from __future__ import annotations

from artifacts.diff.compare import changes_of, compare, compare_rows
from artifacts.diff.rows import Counts, Difference, NotComparableError
from artifacts.diff.tables import as_json, tables

__all__ = [
    "Counts",
    "Difference",
    "NotComparableError",
    "as_json",
    "changes_of",
    "compare",
    "compare_rows",
    "tables",
]
