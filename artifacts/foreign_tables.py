"""Parquet and JSON Lines of others, looked at before polars believes them.

polars takes Arrow's texts for valid UTF-8 and its types for ones that it knows; where they are not,
it ends the process or reads what is no text. And twenty kilobytes may stand for many gigabytes.
"""

from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from artifacts.errors import TableUnreadableError

ROOM = 64 << 20
"""Bytes that any table may have when it is read."""
RATIO = 1_000
"""Bytes that each byte of a file may stand for beyond that; texts of prompts come to ten."""
MOST = 4 << 30
_DEEPEST = 20
_VALUE_BYTES = 4

UNREADABLE = (
    *(OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError, RecursionError),
    *(pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException),
)
"""What readers of tables raise; polars' panic is no `Exception`, and would pass all others by."""


def frame_of(table: pa.Table) -> pl.DataFrame:
    """An Arrow table as a frame, once each of its values is what its type says.

    Raises:
        TableUnreadableError: Its types are nested too deeply.
        pa.ArrowException: A text is no UTF-8, or an offset leads out of its buffer.
    """
    for field in table.schema:
        _require_shallow(field.type)
    table.validate(full=True)
    return pl.DataFrame(table)


def require_small(file: pq.ParquetFile, size: int) -> None:
    """Refuses a Parquet file whose tables would be out of all proportion to its size.

    Args:
        file: The file, opened with `read_dictionary=text_columns(...)`, so that a text that stands
            in a million rows is held once.
        size: Its bytes.

    Raises:
        TableUnreadableError: It would have too many bytes when it is read.
    """
    limit = min(ROOM + RATIO * size, MOST)
    metadata = file.metadata
    declared = 0
    for number in range(metadata.num_row_groups):
        # Not its columns: a column whose statistics are damaged ends the process there.
        group = metadata.row_group(number)
        values = group.num_rows * metadata.num_columns
        declared += max(group.total_byte_size, _VALUE_BYTES * values)
    _require_within(declared, limit)
    found = 0
    for group in range(metadata.num_row_groups):
        for name in text_columns(file):
            part = file.read_row_group(group, columns=[name])
            for array in part.columns:
                for piece in array.chunks:
                    found += _decoded(piece)
            _require_within(found, limit)


def text_columns(file: pq.ParquetFile) -> list[str]:
    """The columns of texts, by their paths in the schema."""
    columns = (file.schema.column(place) for place in range(file.metadata.num_columns))
    kinds = ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
    return list(dict.fromkeys(each.path for each in columns if each.physical_type in kinds))


def _require_within(found: int, limit: int) -> None:
    if found > limit:
        rule = f"a table must have at most {limit:,} bytes when it is read"
        raise TableUnreadableError(rule, f"{found:,} or more")


def _decoded(array: pa.Array) -> int:
    """Bytes of an array once each of its texts stands where it belongs."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        if not (pa.types.is_string(kind.value_type) or pa.types.is_binary(kind.value_type)):
            return int(array.nbytes)
        lengths = pc.take(pc.binary_length(array.dictionary), array.indices)
        return int(pc.sum(lengths.cast(pa.int64())).as_py() or 0)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _decoded(array.flatten())
    if pa.types.is_struct(kind):
        return sum(_decoded(each) for each in array.flatten())
    return int(array.nbytes)


def _require_shallow(kind: pa.DataType, left: int = _DEEPEST) -> None:
    if not left:
        raise _too_deep()
    for place in range(kind.num_fields):
        _require_shallow(kind.field(place).type, left - 1)


def require_shallow(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, whose types are not nested so deeply that nobody can show them.

    Raises:
        TableUnreadableError: They are.
    """
    level: list[pl.DataType] = list(frame.dtypes)
    for _ in range(_DEEPEST):
        level = [inner for kind in level for inner in _inner(kind)]
        if not level:
            return frame
    raise _too_deep()


def _too_deep() -> TableUnreadableError:
    """What is said of types whose levels nobody counts to their end."""
    rule = f"a table's types must be nested at most {_DEEPEST} levels deep"
    return TableUnreadableError(rule, f"{_DEEPEST + 1} or more")


def _inner(kind: pl.DataType) -> Iterator[pl.DataType]:
    if isinstance(kind, pl.List | pl.Array):
        yield pl.Series([], dtype=kind.inner).dtype
    elif isinstance(kind, pl.Struct):
        yield from (pl.Series([], dtype=field.dtype).dtype for field in kind.fields)
