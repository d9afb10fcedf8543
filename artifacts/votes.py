"""Whether votes are complete: one for each kept row and model, and as the row counts them."""

from __future__ import annotations

from collections.abc import Iterator

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
    keys = votes.select("row", "model")
    models = tables.entry.models or tuple(votes["model"].unique().sort())
    voters = pl.DataFrame({"model": models}, schema={"model": pl.String})
    wanted = tables.read("kept", ROW).join(voters, how="cross")
    if count := lost(wanted, keys).height:
        yield f"{tables.edge}: {are(count, 'vote', 'lost')}"
    if count := lost(keys, wanted).height:
        yield f"{tables.edge}: {are(count, 'vote', 'on no kept row or by no model of the stage')}"
    if count := repeated(keys):
        yield f"{tables.edge}: {are(count, 'vote', 'given more than once')}"
    if count := _miscounted(tables.read("kept", _COUNTS), votes):
        yield f"{tables.edge}: {are(count, 'row', 'labelled by other counts than its votes')}"


def _miscounted(kept: pl.DataFrame, votes: pl.DataFrame) -> int:
    found = votes.group_by("row").agg(
        (pl.col("label") == label).sum().cast(pl.Int32).alias(label) for label in _LABELS
    )
    return lost(kept, found.select(kept.columns)).height
