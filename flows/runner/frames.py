"""Rows to tables and back: what a shard's programs gave, as frames in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from artifacts.schemas import FAILED
from flows.runner.stage import Outcome, Row, Stage
from inference.types import Failed

_ORDER = ("category", "row", "model", "position")


def frames_of(
    stage: Stage, rows: Sequence[Row], results: Sequence[Outcome | Failed]
) -> dict[str, pl.DataFrame]:
    """Every table of a shard, by name, from one result per row.

    Rows are in (category, row) order, whatever order replies arrived in. A failed row stands in
    `failed`, and in `parents` too where the stage expands.
    """
    tables: dict[str, list[Row]] = {name: [] for name in (*stage.schemas, "failed")}
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Failed):
            _add_failure(tables, row, result)
        else:
            _add_outcome(tables, result)
    schemas = {**stage.schemas, "failed": FAILED}
    return {name: frame_of(tables[name], schema) for name, schema in schemas.items()}


def frame_of(rows: Iterable[Row], schema: pl.Schema) -> pl.DataFrame:
    """A frame with the schema's columns alone, in (category, row, model) order."""
    columns = [{name: row[name] for name in schema} for row in rows]
    frame = pl.DataFrame(columns, schema=schema)
    return frame.sort([name for name in _ORDER if name in schema], maintain_order=True)


def _add_outcome(tables: dict[str, list[Row]], outcome: Outcome) -> None:
    tables["kept"].extend(outcome.kept)
    tables["dropped"].extend(outcome.dropped)
    for name, rows in outcome.side.items():
        tables[name].extend(rows)


def _add_failure(tables: dict[str, list[Row]], row: Row, failed: Failed) -> None:
    known = {"row": row["row"], "root": row["root"], "reason": failed.reason}
    tables["failed"].append(known)
    if "parents" in tables:
        tables["parents"].append({**known, "outcome": "failed", "children": 0, "asks": 0})
