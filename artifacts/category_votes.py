"""Whether classifiers' votes are complete: one for each row and model, and as the row has them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from artifacts.base_schemas import CATEGORY_VOTES, CLASSIFIED
from artifacts.keys import ROW, are
from artifacts.stage_tables import StageTables
from artifacts.votes import check_each

TABLE = "category_votes"
_VOTE = pl.Schema({name: CATEGORY_VOTES[name] for name in ("row", "model", "category")})
_ROW = pl.Schema({name: CLASSIFIED[name] for name in ("row", "category", "agreement")})
_ROUNDING = 1e-3


def check_category_votes(tables: StageTables) -> Iterator[str]:
    """One line for each way in which votes are missing, stray, doubled or miscounted."""
    votes = tables.read(TABLE, _VOTE)
    stray = "on no kept row or by no model of the stage"
    yield from check_each(
        tables, "vote", tables.read("kept", ROW), tables.entry.models, votes, stray
    )
    kept = tables.read("kept", _ROW)
    beside = votes.join(kept, on="row", suffix="_of_row")
    share = (pl.col("category") == pl.col("category_of_row")).fill_null(False).mean()
    counted = beside.group_by("row").agg(share=share, agreement=pl.col("agreement").first())
    off = (pl.col("share") - pl.col("agreement")).abs() > _ROUNDING
    if count := counted.filter(off).height:
        yield f"{tables.edge}: {are(count, 'row', 'classified by other counts than its votes')}"
