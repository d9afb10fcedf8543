"""Whether an expand stage adds up: parents by their outcome, children by their parent."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from artifacts.keys import ROW, are, lost, repeated
from artifacts.schemas import PARENTS, ROWS
from artifacts.stage_tables import StageTables

_OUTCOMES = ("expanded", "dropped", "failed")
_PARENT = pl.Schema({name: PARENTS[name] for name in ("row", "outcome", "children")})
_CHILD = pl.Schema({name: ROWS[name] for name in ("row", "parent")})


def check_expansion(tables: StageTables) -> Iterator[str]:
    """One line for each way in which parents and children do not fit together."""
    parents = tables.read("parents", _PARENT)
    kept, dropped = (tables.read(name, _CHILD) for name in ("kept", "dropped"))
    texts = pl.concat([kept, dropped])
    if count := repeated(texts.select("row")):
        yield f"{tables.edge}: {are(count, 'text', 'kept or dropped more than once')}"
    known = parents.select(parent="row")
    if count := texts.join(known, on="parent", how="anti", nulls_equal=True).height:
        yield f"{tables.edge}: {are(count, 'text', 'without a known parent')}"
    if count := parents.filter(~pl.col("outcome").is_in(_OUTCOMES)).height:
        yield f"{tables.edge}: {are(count, 'parent', 'of an unknown outcome')}"
    yield from _check_children(tables, parents, kept)
    failed = parents.filter(outcome="failed").select("row")
    listed = tables.read("failed", ROW)
    if count := lost(failed, listed).height + lost(listed, failed).height:
        yield f"{tables.edge}: {are(count, 'parent', 'failed in one table and not in the other')}"


def _check_children(
    tables: StageTables, parents: pl.DataFrame, kept: pl.DataFrame
) -> Iterator[str]:
    found = kept.group_by("parent").len("found")
    beside = parents.join(found, left_on="row", right_on="parent", how="left").with_columns(
        missing=pl.col("children") - pl.col("found").fill_null(0).cast(pl.Int64)
    )
    if short := beside.select(pl.col("missing").clip(lower_bound=0).sum()).item():
        yield f"{tables.edge}: {are(short, 'row', 'lost among the children')}"
    if over := beside.select((-pl.col("missing")).clip(lower_bound=0).sum()).item():
        yield f"{tables.edge}: {are(over, 'row', 'more than the parents count as children')}"
    childless = (pl.col("outcome") == "expanded") != (pl.col("children") > 0)
    if count := parents.filter(childless).height:
        yield f"{tables.edge}: {are(count, 'parent', 'of an outcome that its children belie')}"
