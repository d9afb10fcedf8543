"""Whether votes are complete: one for each kept row and model, and as the row counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from artifacts.keys import ROW, are, lost, repeated
from artifacts.schemas import MODERATED, VOTES
from artifacts.stage_tables import StageTables

_LABELS = ("safe", "toxic", "abstain")
_VOTE = pl.Schema({name: VOTES[name] for name in ("row", "model", "label")})
_COUNTS = pl.Schema({name: MODERATED[name] for name in ("row", *_LABELS)})


def check_votes(tables: StageTables) -> Iterator[str]:
    """One line for each way in which votes are missing, stray, doubled or miscounted."""
    votes = tables.read("votes", _VOTE)
    rows = tables.read("kept", ROW)
    stray = "on no kept row or by no model of the stage"
    yield from check_each(tables, "vote", rows, tables.entry.models, votes, stray)
    if count := _miscounted(tables.read("kept", _COUNTS), votes):
        yield f"{tables.edge}: {are(count, 'row', 'labelled by other counts than its votes')}"


def check_each(
    tables: StageTables,
    noun: str,
    rows: pl.DataFrame,
    models: Sequence[str],
    found: pl.DataFrame,
    stray: str,
) -> Iterator[str]:
    """One line for each way in which a table does not have each (row, model) once.

    Args:
        tables: The stage.
        noun: What a row of the table is: a vote, an answer.
        rows: The rows that each model must have one for, in column `row`.
        models: The models; where the record names none, those of the table.
        found: The table, with columns `row` and `model`.
        stray: What to say of one that should not be there.
    """
    keys = found.select("row", "model")
    names = tuple(models) or tuple(found["model"].unique().sort())
    each = pl.DataFrame({"model": names}, schema={"model": pl.String})
    wanted = rows.join(each, how="cross")
    if count := lost(wanted, keys).height:
        yield f"{tables.edge}: {are(count, noun, 'lost')}"
    if count := lost(keys, wanted).height:
        yield f"{tables.edge}: {are(count, noun, stray)}"
    if count := repeated(keys):
        yield f"{tables.edge}: {are(count, noun, 'given more than once')}"


def _miscounted(kept: pl.DataFrame, votes: pl.DataFrame) -> int:
    found = votes.group_by("row").agg(
        (pl.col("label") == label).sum().cast(pl.Int32).alias(label) for label in _LABELS
    )
    return lost(kept, found.select(kept.columns)).height
