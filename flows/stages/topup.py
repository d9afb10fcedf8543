"""Whom a further round is for: the seeds of the categories that are short of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from flows.runner.stage import Kind, Outcome, Row
from flows.stages.rows import drop
from inference.types import Program


@dataclass(frozen=True)
class TopUpStage:
    """Selects the parents of the next round; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of what is missing.
        missing: Rows still wanted, by category; one that is not in it is full.
    """

    name: str
    digest: str
    missing: Mapping[str, int]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """Every parent of a short category, none of a full one."""
        yield from ()
        kept = [row for row in rows if row["category"] in self.missing]
        full = [row for row in rows if row["category"] not in self.missing]
        return Outcome(kept, [drop(row, "category_full") for row in full])
