"""A source's files as one table."""

from __future__ import annotations

import polars as pl

from artifacts.user_tables import read_any_table, read_user_table
from flows.errors import SourceError
from flows.sources.source import Source


def frame_of(source: Source, column: str | None = None) -> pl.DataFrame:
    """All rows of a source, shard after shard.

    Args:
        source: The table.
        column: A column that must hold a text in every row; None where any table will do.

    Raises:
        SourceError: Shards do not fit each other.
        TableUnreadable: A file is missing, empty, binary, or not what its ending says.
        ColumnUnusable: The column is missing, or holds something else than texts.
    """
    if column is None:
        tables = [read_any_table(path) for path in source.paths]
    else:
        tables = [read_user_table(path, column) for path in source.paths]
    if len(tables) == 1:
        return tables[0]
    try:
        return pl.concat(tables)
    except pl.exceptions.PolarsError:
        raise SourceError("shards of a source must have the same columns", source.name) from None
