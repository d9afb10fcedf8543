"""Parquet tables on disk: written whole, and equal frames to equal bytes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.datatypes import DataType, DataTypeClass

from artifacts import foreign_tables
from artifacts.errors import SchemaBrokenError, TableDamagedError, TableUnreadableError
from base.files import FileRecord
from base.foreign_text import open_regular
from base.storage import Folder, Storage

_PLAIN: dict[DataTypeClass, pa.DataType] = {
    pl.String: pa.string(),
    pl.Boolean: pa.bool_(),
    pl.Int32: pa.int32(),
    pl.Int64: pa.int64(),
    pl.Float64: pa.float64(),
}


def arrow_schema(schema: pl.Schema) -> pa.Schema:
    """The Arrow schema that a table of this schema has on disk."""
    return pa.schema([(name, _arrow_type(dtype)) for name, dtype in schema.items()])


def arrow_table(frame: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    """The frame as an Arrow table of `schema` in one chunk."""
    return frame.rechunk().to_arrow().cast(schema).combine_chunks()


def type_names(schema: pl.Schema) -> dict[str, str]:
    """Each column's type on disk in words, as a manifest states it."""
    return arrow_names(arrow_schema(schema))


def arrow_names(schema: pa.Schema) -> dict[str, str]:
    """Each column's type in words."""
    return {field.name: str(field.type) for field in schema}


def _arrow_type(dtype: DataType | DataTypeClass) -> pa.DataType:
    if isinstance(dtype, pl.List):
        # Parquet's own name for a list's child, the one a reader gives back.
        return pa.list_(pa.field("element", _arrow_type(dtype.inner)))
    if isinstance(dtype, pl.Struct):
        return pa.struct([(field.name, _arrow_type(field.dtype)) for field in dtype.fields])
    return _PLAIN[dtype.base_type()]


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


# Content-defined chunks and the page index let the Hub store only what changed between versions
# and let readers skip; checksums let them notice damage before they decode it. No Arrow schema,
# no pandas metadata and no time enter the file.
_OPTIONS = {
    "compression": "zstd",
    "compression_level": 3,
    "use_content_defined_chunking": True,
    "write_page_index": True,
    "write_page_checksum": True,
    "write_statistics": True,
    "store_schema": False,
    "version": "2.6",
    "data_page_version": "1.0",
}


def table_name(table: str, shard: int, shards: int) -> str:
    """The file name of one shard of a stage's table, such as `kept-00-of-04.parquet`."""
    return f"{table}-{shard:02d}-of-{shards:02d}.parquet"


def write_table(path: Path, frame: pl.DataFrame, schema: pl.Schema) -> FileRecord:
    """Writes a frame as Parquet, durable and at once; equal frames give equal bytes.

    Raises:
        SchemaBrokenError: The frame has other columns or types than `schema`.
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    return write_table_in(Folder(path.parent), path.name, frame, schema)


def write_table_in(place: Storage, name: str, frame: pl.DataFrame, schema: pl.Schema) -> FileRecord:
    """Writes a frame as Parquet below a place; see `write_table`."""
    rows = _conforming(frame, schema)
    target = arrow_schema(schema)
    with place.writing(name) as file, pq.ParquetWriter(file, target, **_OPTIONS) as writer:
        for offset, length in cuts(row_bytes(rows), ROW_GROUP):
            group = arrow_table(rows.slice(offset, length), target)
            writer.write_table(group, row_group_size=length)
    return FileRecord(name, place.sha256(name), rows.height, place.size(name))


def read_table(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """A table as `write_table` wrote it, whole or some of its columns; perhaps another's.

    Raises:
        TableDamagedError: The file is missing, is no whole Parquet file, lacks a column, or would
            be out of all proportion to its size.
    """
    return _read(Folder(path.parent), path.name, columns, ours=False)


def read_table_in(place: Storage, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """A table that a run of ours has written below a place; see `read_table`."""
    return _read(place, name, columns, ours=True)


def _read(place: Storage, name: str, columns: Sequence[str] | None, ours: bool) -> pl.DataFrame:
    try:
        if not ours:
            with place.reading(name) as opened:
                _require_small(opened, place.size(name))
        with (
            place.reading(name) as opened,
            pq.ParquetFile(opened, page_checksum_verification=True) as file,
        ):
            missing = set(columns or ()) - set(file.schema_arrow.names)
            if missing:
                raise TableDamagedError(f"a table must have the column '{min(missing)}'", name)
            return foreign_tables.frame_of(file.read(columns=columns))
    except TableUnreadableError as error:
        raise TableDamagedError(error.rule, name) from None
    except foreign_tables.UNREADABLE as error:
        raise TableDamagedError("a table must be a whole Parquet file", name) from error


def _require_small(opened: BinaryIO, size: int) -> None:
    with pq.ParquetFile(opened) as file:
        texts = foreign_tables.text_columns(file)
    opened.seek(0)
    with pq.ParquetFile(opened, read_dictionary=texts) as file:
        foreign_tables.require_small(file, size)


def read_footer(path: Path) -> tuple[int, dict[str, str]]:
    """A table's number of rows and its columns' types in words, without reading its rows.

    Raises:
        TableDamagedError: The file is missing or is no Parquet file.
    """
    try:
        with open_regular(path) as opened, pq.ParquetFile(opened) as file:
            return file.metadata.num_rows, arrow_names(file.schema_arrow)
    except foreign_tables.UNREADABLE as error:
        raise TableDamagedError("a table must be a whole Parquet file", path.name) from error


def _conforming(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    for name, dtype in schema.items():
        found = frame.schema.get(name)
        if found != dtype:
            raise SchemaBrokenError(f"column '{name}' of this table must be {dtype}", found)
    if frame.width != len(schema):
        extra = sorted(set(frame.columns) - set(schema))
        raise SchemaBrokenError("a table must have its schema's columns alone", ", ".join(extra))
    return frame.select(schema.names())
