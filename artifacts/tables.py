"""Parquet tables on disk: written whole, and equal frames to equal bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from artifacts.arrow import arrow_names, arrow_schema, arrow_table
from artifacts.cuts import ROW_GROUP, cuts, row_bytes
from artifacts.errors import SchemaBroken, TableDamaged
from artifacts.files import FileRecord, replacing, sha256_file

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
        SchemaBroken: The frame has other columns or types than `schema`.
        FileUnwritable: The file cannot be written; `NoSpace` where the disk is full.
    """
    rows = _conforming(frame, schema)
    target = arrow_schema(schema)
    with replacing(path) as file, pq.ParquetWriter(file, target, **_OPTIONS) as writer:
        for offset, length in cuts(row_bytes(rows), ROW_GROUP):
            group = arrow_table(rows.slice(offset, length), target)
            writer.write_table(group, row_group_size=length)
    return FileRecord(path.name, sha256_file(path), rows.height, path.stat().st_size)


def read_table(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """A table as `write_table` wrote it, whole or some of its columns.

    Raises:
        TableDamaged: The file is missing, is no whole Parquet file, or lacks a column.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            missing = set(columns or ()) - set(file.schema_arrow.names)
            if missing:
                raise TableDamaged(f"a table must have the column '{min(missing)}'", path.name)
            return pl.DataFrame(file.read(columns=columns))
    except (OSError, pa.ArrowException) as error:
        raise TableDamaged("a table must be a whole Parquet file", path.name) from error


def read_footer(path: Path) -> tuple[int, dict[str, str]]:
    """A table's number of rows and its columns' types in words, without reading its rows.

    Raises:
        TableDamaged: The file is missing or is no Parquet file.
    """
    try:
        with pq.ParquetFile(path) as file:
            return file.metadata.num_rows, arrow_names(file.schema_arrow)
    except (OSError, pa.ArrowException) as error:
        raise TableDamaged("a table must be a whole Parquet file", path.name) from error


def _conforming(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    for name, dtype in schema.items():
        found = frame.schema.get(name)
        if found != dtype:
            raise SchemaBroken(f"column '{name}' of this table must be {dtype}", found)
    if frame.width != len(schema):
        extra = sorted(set(frame.columns) - set(schema))
        raise SchemaBroken("a table must have its schema's columns alone", ", ".join(extra))
    return frame.select(schema.names())
