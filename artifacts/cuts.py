"""Where a table is cut into row groups and shards: by its rows alone, so always alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

_ITEM_BYTES = 128
_VALUE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that one piece may hold; a single larger row is a piece of its own."""

    rows: int
    bytes: int


ROW_GROUP = Limit(rows=20_000, bytes=100_000_000)
SHARD = Limit(rows=1_000_000, bytes=500_000_000)


def row_bytes(frame: pl.DataFrame) -> list[int]:
    """An estimate of each row's bytes before compression.

    Taken from the values and not from the buffers, which differ between equal frames.
    """
    if not frame.width:
        return []
    sizes = [_size(name, dtype) for name, dtype in frame.schema.items()]
    return frame.select(pl.sum_horizontal(sizes)).to_series().to_list()


def cuts(sizes: Iterable[int], limit: Limit) -> Iterator[tuple[int, int]]:
    """The (offset, length) of each piece, in order; nothing for no rows."""
    start = end = held = 0
    for size in sizes:
        if end > start and (held + size > limit.bytes or end - start == limit.rows):
            yield start, end - start
            start, held = end, 0
        held += size
        end += 1
    if end > start:
        yield start, end - start


def _size(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.String:
        return column.str.len_bytes().fill_null(0).cast(pl.Int64)
    if isinstance(dtype, pl.List):
        return column.list.len().fill_null(0).cast(pl.Int64) * _ITEM_BYTES
    return pl.lit(_VALUE_BYTES, dtype=pl.Int64)
