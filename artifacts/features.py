"""A table's columns as the `features` of a card, taken from the schema its shards have."""

from __future__ import annotations

from typing import Any

import polars as pl
from polars.datatypes import DataType, DataTypeClass

_NAMES: dict[DataTypeClass, str] = {
    pl.String: "string",
    pl.Boolean: "bool",
    pl.Int32: "int32",
    pl.Int64: "int64",
    pl.Float64: "float64",
}


def features(schema: pl.Schema) -> list[dict[str, Any]]:
    """The columns as `datasets` writes them in a card's `dataset_info`."""
    return [{"name": name, **_feature(dtype)} for name, dtype in schema.items()]


def _feature(dtype: DataType | DataTypeClass) -> dict[str, Any]:
    if isinstance(dtype, pl.List):
        inner = _feature(dtype.inner)
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    if isinstance(dtype, pl.Struct):
        return {"struct": [{"name": f.name, **_feature(f.dtype)} for f in dtype.fields]}
    return {"dtype": _NAMES[dtype.base_type()]}
