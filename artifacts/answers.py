"""Whether answers are complete: one for each row and model that were asked, and as counted.

A stage with answers is a panel, whose kept rows count refusals, or a rescue, whose answers are
voted on.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from artifacts.keys import are, lost
from artifacts.schemas import ANSWERS, PANELED, RESCUED, VOTES
from artifacts.stage_tables import StageTables
from artifacts.votes import check_each

_ANSWER = pl.Schema({name: ANSWERS[name] for name in ("row", "model", "outcome", "refused")})
_VOTE = pl.Schema({name: VOTES[name] for name in ("row", "model")})
_COUNTED = pl.Schema({name: PANELED[name] for name in ("row", "refusals", "answers", "missing")})
_RESCUE = pl.Schema({name: RESCUED[name] for name in ("row", "label", "rescued")})
_STRAY = "on no row that was asked about or by no model that was asked"


def check_answers(tables: StageTables) -> Iterator[str]:
    """One line for each way in which answers are missing, stray, doubled or miscounted."""
    answers = tables.read("answers", _ANSWER)
    if "refusals" in tables.columns("kept"):
        counted = tables.read("kept", _COUNTED).drop_nulls("refusals")
        yield from _check(tables, counted.select("row"), answers)
        if count := lost(counted, _counts(answers)).height:
            yield f"{tables.edge}: {are(count, 'row', 'counted otherwise than its answers')}"
        return
    rows = tables.read("kept", _RESCUE)
    flagged = rows.filter((pl.col("label") == "toxic") | pl.col("rescued"))
    yield from _check(tables, flagged.select("row"), answers)
    yield from _check_rescued(tables, rows, answers)


def _check(tables: StageTables, asked: pl.DataFrame, answers: pl.DataFrame) -> Iterator[str]:
    return check_each(tables, "answer", asked, tables.entry.asked, answers, _STRAY)


def _counts(answers: pl.DataFrame) -> pl.DataFrame:
    """What a panel's row must count: verdicts, refusals among them, and who has none."""
    refused = pl.col("refused")
    counts = {
        "refusals": refused.sum(),
        "answers": refused.count(),
        "missing": refused.null_count(),
    }
    return answers.group_by("row").agg(
        column.cast(PANELED[name]).alias(name) for name, column in counts.items()
    )


def _check_rescued(tables: StageTables, rows: pl.DataFrame, answers: pl.DataFrame) -> Iterator[str]:
    # A refusal says nothing about its prompt, so that nobody votes on it.
    willing = answers.filter(outcome="answered", refused=False).select("row").unique()
    votes = tables.read("votes", _VOTE)
    stray = "on no answer that complies or by no model of the stage"
    yield from check_each(tables, "vote", willing, tables.entry.models, votes, stray)
    rescued = rows.filter("rescued")
    if count := lost(rescued.select("row"), willing).height:
        yield f"{tables.edge}: {are(count, 'row', 'rescued without an answer that complies')}"
    if count := rescued.filter(pl.col("label") != "safe").height:
        yield f"{tables.edge}: {are(count, 'row', 'rescued and yet not safe')}"
    if count := rows["rescued"].null_count():
        yield f"{tables.edge}: {are(count, 'row', 'neither rescued nor not')}"
