"""Rows of stage tables: an item for prompt tasks and checks, a child with its lineage, a drop."""

from __future__ import annotations

from checks.identity import row_key
from curation.rows import Candidate, Dropped
from inference.types import Item, Score, Text
from pipelines.runner.stage import Outcome, Row


def item_of(row: Row) -> Item:
    """The row as prompt tasks and checks see it."""
    return Item(row["row"], row["text"], row["category"], row["position"])


def child_of(parent: Row, stage: str, text: Text, writer: str) -> Row:
    """The row of one written text: its own key, its parent's root, category and licence."""
    return {
        **parent,
        "row": row_key(parent["row"], stage, text.position),
        "parent": parent["row"],
        "position": text.position,
        "text": text.text,
        "writer": writer,
        "checks": scores_of(text.scores),
    }


def scores_of(scores: tuple[Score, ...]) -> list[Row]:
    """What checks measured, as the `checks` column holds it."""
    return [{"name": score.name, "value": score.value} for score in scores]


def drop(row: Row, reason: str, score: float | None = None, duplicate_of: str | None = None) -> Row:
    """The row for a `dropped` table."""
    return {**row, "reason": reason, "score": score, "duplicate_of": duplicate_of}


def candidate(row: Row, group: str = "") -> Candidate:
    """The row as curation sees it."""
    return Candidate(row["row"], row["text"], group)


def split(rows: list[Row], dropped: tuple[Dropped, ...]) -> Outcome:
    """The rows of a select's input, each kept or dropped with its evidence."""
    out = {each.row: each for each in dropped}
    kept = [row for row in rows if row["row"] not in out]
    gone = [
        drop(row, found.reason, found.score, found.duplicate_of)
        for row in rows
        if (found := out.get(row["row"])) is not None
    ]
    return Outcome(kept, gone)
