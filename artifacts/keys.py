"""Sets of keys held against each other, and the words to say how they differ."""

from __future__ import annotations

import polars as pl

ROW = pl.Schema({"row": pl.String()})


def lost(expected: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The keys of `expected`, each once, that are not among `found`; both have the same columns."""
    return expected.unique().join(found, on=expected.columns, how="anti", nulls_equal=True)


def repeated(found: pl.DataFrame) -> int:
    """How many keys occur more than once."""
    return found.group_by(found.columns).len().filter(pl.col("len") > 1).height


def are(count: int, noun: str, what: str) -> str:
    """`1 row is lost`, `2 rows are lost`."""
    return f"{count} {noun} is {what}" if count == 1 else f"{count} {noun}s are {what}"
