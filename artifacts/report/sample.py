"""A fixed draw of rows from each category: the same rows in whatever order they come."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

SEED = 7
PER_CATEGORY = 100
"""Rows of each category of each config that a report shows at most."""


def drawn(frame: pl.DataFrame, categories: Sequence[str], per_category: int) -> pl.DataFrame:
    """The first rows of each category by lot, categories in their order, rows in that of the lot.

    Args:
        frame: A table with `category`, or without: then all rows are of one category.
        categories: The order of categories; others follow by name.
        per_category: Rows of each at most.
    """
    ordered = _in_order(frame, categories)
    return ordered.filter(pl.col("_place") < per_category).drop("_lot", "_place", "_rank")


def rest(frame: pl.DataFrame, categories: Sequence[str], per_category: int) -> pl.DataFrame:
    """All other rows, in the same order."""
    ordered = _in_order(frame, categories)
    return ordered.filter(pl.col("_place") >= per_category).drop("_lot", "_place", "_rank")


def _in_order(frame: pl.DataFrame, categories: Sequence[str]) -> pl.DataFrame:
    known = {name: rank for rank, name in enumerate(categories)}
    names = (
        frame["category"].cast(pl.String).fill_null("")
        if "category" in frame.columns
        else pl.repeat("", frame.height, eager=True)
    )
    ranks = [(known.get(name, len(known)), name) for name in names]
    place = {name: rank for rank, name in enumerate(sorted(set(ranks)))}
    return (
        frame.with_columns(
            pl.Series("_lot", _lots(frame), dtype=pl.String),
            pl.Series("_rank", [place[name] for name in ranks], dtype=pl.Int64),
        )
        .sort("_rank", "_lot", maintain_order=True)
        .with_columns(_place=pl.int_range(pl.len()).over("_rank"))
    )


def _lots(frame: pl.DataFrame) -> list[str]:
    """By id where rows have one, else by text; equal rows keep the order of the table."""
    column = next((name for name in ("id", "prompt", "turns") if name in frame.columns), None)
    if column is None:
        return [""] * frame.height
    return [
        hashlib.sha256(f"{SEED}\n{key}".encode("utf-8", "replace")).hexdigest()
        for key in frame[column].to_list()
    ]
