"""One Arrow type for each polars type, so that a file's schema depends on nothing else."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
from polars.datatypes import DataType, DataTypeClass

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
