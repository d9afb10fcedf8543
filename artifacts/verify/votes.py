"""Whether votes and answers are complete: one for each row and model, and as the row counts them.

A stage with answers is a panel, whose kept rows count refusals, or a rescue, whose answers are
voted on.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from artifacts.schemas import ANSWERS, MODERATED, PANELED, RESCUED, VOTES
from artifacts.sorry_bench_schemas import CATEGORY_VOTES, CLASSIFIED
from artifacts.stage_tables import ROW, StageTables, are, lost, repeated

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


TABLE = "category_votes"
_CATEGORY_VOTE = pl.Schema({name: CATEGORY_VOTES[name] for name in ("row", "model", "category")})
_ROW = pl.Schema({name: CLASSIFIED[name] for name in ("row", "category", "agreement")})
_ROUNDING = 1e-3


def check_category_votes(tables: StageTables) -> Iterator[str]:
    """One line for each way in which votes are missing, stray, doubled or miscounted."""
    votes = tables.read(TABLE, _CATEGORY_VOTE)
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


_ANSWER = pl.Schema({name: ANSWERS[name] for name in ("row", "model", "outcome", "refused")})
_ANSWER_VOTE = pl.Schema({name: VOTES[name] for name in ("row", "model")})
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
    votes = tables.read("votes", _ANSWER_VOTE)
    stray = "on no answer that complies or by no model of the stage"
    yield from check_each(tables, "vote", willing, tables.entry.models, votes, stray)
    rescued = rows.filter("rescued")
    if count := lost(rescued.select("row"), willing).height:
        yield f"{tables.edge}: {are(count, 'row', 'rescued without an answer that complies')}"
    if count := rescued.filter(pl.col("label") != "safe").height:
        yield f"{tables.edge}: {are(count, 'row', 'rescued and yet not safe')}"
    if count := rows["rescued"].null_count():
        yield f"{tables.edge}: {are(count, 'row', 'neither rescued nor not')}"
