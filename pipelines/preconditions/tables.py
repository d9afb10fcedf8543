"""Tables of a recipe's own, looked at whole: every column and every category that does not fit."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from artifacts.errors import ColumnUnusableError, columns_shown
from base.did_you_mean import did_you_mean
from base.errors import RefuseryError
from base.problems import all_of
from pipelines.errors import SourceError
from pipelines.preconditions.gap import Gap
from pipelines.sources.seeds import frame_of
from pipelines.sources.source import Source

_SHOWN = 5  # rows of a table with the same kind of problem


def opened(source: Source, columns: Sequence[tuple[str, str | None]]) -> Iterator[Gap]:
    """Columns that a table lacks; what is wrong with the table itself is raised.

    Args:
        source: The table.
        columns: The recipe's keys that name a column, each with what it names; None for none.

    Raises:
        TableUnreadableError: The table cannot be read.
        SourceError: Shards do not fit each other.
    """
    frame = frame_of(source)
    for key, column in columns:
        if column is not None and column not in frame.columns:
            yield Gap(key, _no_column(frame, column, source))


def _no_column(frame: pl.DataFrame, column: str, source: Source) -> ColumnUnusableError:
    hint = did_you_mean(column, frame.columns)
    rule = f"table {source.name} must have the column `{column}`{hint}"
    return ColumnUnusableError(rule, columns_shown(frame.columns))


def read(key: str, reads: Callable[[], object]) -> Iterator[Gap]:
    """What is wrong with a table's rows; of many the first few, and how many more.

    Args:
        key: The recipe's key of the table.
        reads: Reads it, and raises the first problem with all others.
    """
    try:
        reads()
    except RefuseryError as error:
        found = all_of(error)
        for each in found[:_SHOWN]:
            yield Gap(key, each)
        if len(found) > _SHOWN:
            more = f"and {len(found) - _SHOWN:,} rows more like these"
            yield Gap(key, SourceError(f"every row must be sound, {more}", f"{len(found):,} rows"))
