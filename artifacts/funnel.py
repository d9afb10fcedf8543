"""How many rows went through each stage of a run, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from artifacts.records import Kind
from artifacts.schemas import ANSWERS, DROPPED, FAILED, PARENTS, ROWS, VOTES
from artifacts.stage_tables import StageTables, edge_name


@dataclass(frozen=True, slots=True)
class Edge:
    """One stage of the funnel.

    Attributes:
        stage: The stage's name.
        kind: What it may do to its rows.
        inputs: The stages that its rows come from.
        entered: Rows that came in; for an expand stage these are the parents.
        kept: Rows of its `kept` table.
        dropped: Rows of its `dropped` table.
        failed: Rows of its `failed` table.
        votes: Rows of its `votes` table.
        answers: Rows of its `answers` table.
        parents: For an expand stage, parents by outcome.
        reasons: Dropped rows by reason, the most frequent first.
        categories: Kept rows by category.
    """

    stage: str
    kind: Kind
    inputs: tuple[str, ...]
    entered: int
    kept: int
    dropped: int
    failed: int
    votes: int = 0
    answers: int = 0
    parents: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The edge as it is named in reports: `rewrite -> dedup`."""
        return edge_name(self.stage, self.inputs)


def count_edge(tables: StageTables, entered: int | None) -> Edge:
    """The numbers of one stage.

    Args:
        tables: The stage's tables.
        entered: Rows that came in, or None for a source, whose rows come from nowhere else.

    Raises:
        TableDamaged: A table cannot be read.
    """
    entry = tables.entry
    kept = _column(tables, "kept", "category", ROWS)
    dropped = _column(tables, "dropped", "reason", DROPPED)
    failed = _column(tables, "failed", "row", FAILED)
    outcomes = _column(tables, "parents", "outcome", PARENTS)
    if entered is None:
        own = outcomes if entry.kind == "expand" else pl.concat([kept, dropped, failed])
        entered = len(own)
    return Edge(
        stage=entry.name,
        kind=entry.kind,
        inputs=entry.inputs,
        entered=entered,
        kept=len(kept),
        dropped=len(dropped),
        failed=len(failed),
        votes=len(_column(tables, "votes", "row", VOTES)),
        answers=len(_column(tables, "answers", "row", ANSWERS)),
        parents=tally(outcomes),
        reasons=tally(dropped),
        categories=tally(kept),
    )


def tally(values: pl.Series) -> dict[str, int]:
    """How often each value occurs, the most frequent first, then by name."""
    counted = values.value_counts().sort(["count", values.name], descending=[True, False])
    return {str(value): count for value, count in counted.iter_rows()}


def _column(tables: StageTables, table: str, column: str, schema: pl.Schema) -> pl.Series:
    return tables.read(table, pl.Schema({column: schema[column]})).to_series()
