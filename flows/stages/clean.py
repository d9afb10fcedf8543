"""Cleaning: a text is tidied, then kept or dropped by the first check that objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from checks.clean import tidy
from flows.runner.stage import Kind, Outcome, Row, RowProgram
from flows.stages.findings import findings
from flows.stages.rows import drop, item_of
from inference.types import Check, Program

STAGE_VERSION = 1


@dataclass(frozen=True)
class CleanStage:
    """Selects rows by checks on their text alone; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's part and STAGE_VERSION.
        checks: Run in order; the first reason drops the row.
    """

    name: str
    digest: str
    checks: tuple[Check, ...]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The row with its text tidied, kept or dropped."""
        tidied = {**row, "text": tidy(row["text"])}
        _, reason = yield from findings(self.checks, item_of(tidied), tidied["text"])
        if reason is not None:
            return Outcome(dropped=[drop(tidied, reason)])
        return Outcome(kept=[tidied])
