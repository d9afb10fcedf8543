"""What is said of rows that were made and are written nowhere."""

from collections.abc import Iterable

from artifacts.summary import Cell, Table
from base.formats import row_count

_SHOWN = 10


def say_of(rows: int, what: str) -> str:
    """That rows are thrown away, and which option keeps them.

    Example:
        >>> say_of(3, "their votes")
        'not written: 3 rows with their votes; --out FILE keeps them (.csv, .jsonl or .parquet)'
    """
    return (
        f"not written: {row_count(rows)} with {what}; --out FILE keeps them "
        "(.csv, .jsonl or .parquet)"
    )


def first_rows(title: str, header: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> Table:
    """The first rows of a table that is written nowhere: by their numbers, without their texts."""
    whole = tuple(rows)
    if len(whole) > _SHOWN:
        title = f"{title}: the first {_SHOWN} of {len(whole):,}"
    return Table(title, header, whole[:_SHOWN])
