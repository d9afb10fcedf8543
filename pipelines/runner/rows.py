"""Rows of stage tables: an item for prompt tasks and checks, a child with its lineage, a drop."""

from collections.abc import Collection, Sequence

import polars as pl

from checks.identity import row_key
from curation.rows import Candidate, Dropped
from inference.types import Item, Score, Text
from pipelines.runner.stage import Row

EVIDENCE = pl.Schema({"reason": pl.String(), "score": pl.Float64(), "duplicate_of": pl.String()})
"""Why a row is out: the columns that a `dropped` table has besides its stage's own."""


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
        **text.labels,
    }


def scores_of(scores: tuple[Score, ...]) -> list[Row]:
    """What checks measured, as the `checks` column holds it."""
    return [{"name": score.name, "value": score.value} for score in scores]


def drop(row: Row, reason: str, score: float | None = None, duplicate_of: str | None = None) -> Row:
    """The row for a `dropped` table."""
    return {**row, "reason": reason, "score": score, "duplicate_of": duplicate_of}


def candidates(frame: pl.DataFrame, group: str | None = None) -> list[Candidate]:
    """The rows of a frame as curation sees them.

    Args:
        frame: Has `row`, `text`, and the column of groups.
        group: The column within whose values rows are compared; None for all with all.
    """
    groups = frame[group] if group is not None else [""] * frame.height
    return [
        Candidate(row, text, each)
        for row, text, each in zip(frame["row"], frame["text"], groups, strict=True)
    ]


def without(frame: pl.DataFrame, rows: Collection[str]) -> pl.DataFrame:
    """The frame without those rows."""
    return frame.filter(~pl.col("row").is_in(list(rows)))


def split(frame: pl.DataFrame, dropped: Sequence[Dropped]) -> dict[str, pl.DataFrame]:
    """The rows of a select's input, each kept or dropped with its evidence."""
    evidence = pl.DataFrame(
        [(each.row, each.reason, each.score, each.duplicate_of) for each in dropped],
        schema={"row": pl.String(), **EVIDENCE},
        orient="row",
    ).unique("row", keep="last", maintain_order=True)
    return {
        "kept": frame.join(evidence, on="row", how="anti", maintain_order="left"),
        "dropped": frame.join(evidence, on="row", how="inner", maintain_order="left"),
    }


def dropped_as(frame: pl.DataFrame, reason: str) -> pl.DataFrame:
    """Rows that are dropped for one reason alone."""
    values = {"reason": reason, "score": None, "duplicate_of": None}
    return frame.with_columns(
        pl.lit(values[name], dtype=dtype).alias(name) for name, dtype in EVIDENCE.items()
    )


def first_of_each(frame: pl.DataFrame, most: int | None) -> dict[str, pl.DataFrame]:
    """The first so many rows of each category, and the others; all where there is no bound."""
    if most is None:
        return {"kept": frame, "others": frame.clear()}
    place = pl.int_range(pl.len()).over("category")
    return {"kept": frame.filter(place < most), "others": frame.filter(place >= most)}
