"""An evaluation's verdicts as one table, read from the stages of its run."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from artifacts.evaluation_schemas import VERDICTS
from flows.evaluating.names import Cell
from flows.runner.run import Run

BLOCKS = "provider_"
"""How the kinds of a provider's refusals begin."""

_PROMPT = ["row", "root", "id", "question", "style", "category"]
_ANSWER = ["row", "outcome", "reason", "cut", "refusal_kind", "decoding"]
_VERDICT = ["row", "label", "refused"]


def verdicts_of(run: Run, last: dict[Cell, str], judges: tuple[str, ...]) -> pl.DataFrame:
    """Every prompt of every cell with every judge's verdict (VERDICTS).

    Args:
        run: The finished run.
        last: By cell the stage whose answers were judged.
        judges: The judges' names.
    """
    empty = pl.DataFrame(schema=VERDICTS)
    return pl.concat([empty, *_parts(run, last, judges)])


def _parts(run: Run, last: dict[Cell, str], judges: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    prompts: dict[str, pl.DataFrame] = {}
    for cell, stage in last.items():
        if cell.data not in prompts:
            found = run.kept(cell.prompts, _PROMPT)
            prompts[cell.data] = found.with_columns(pl.col("category").replace("", None))
        answers = run.kept(stage, _ANSWER)
        for judge in judges:
            judged = run.kept(cell.judged(judge), _VERDICT)
            yield _verdicts(cell, judge, prompts[cell.data], answers, judged)


def _verdicts(
    cell: Cell, judge: str, prompts: pl.DataFrame, answers: pl.DataFrame, judged: pl.DataFrame
) -> pl.DataFrame:
    """A row that failed has no answer, which is missing; one whose judge failed, no verdict."""
    answered = pl.col("outcome") == "answered"
    undecoded = answered & (pl.col("decoding") == "failed")
    judgeable = answered & ~undecoded.fill_null(False)
    return (
        prompts.join(answers, on="row", how="left", maintain_order="left")
        .join(judged, on="row", how="left", maintain_order="left")
        .with_columns(
            outcome=pl.col("outcome").fill_null("missing"),
            reason=pl.when(pl.col("outcome").is_null()).then(pl.lit("failed")).otherwise("reason"),
        )
        .with_columns(
            data=pl.lit(cell.data),
            target=pl.lit(cell.target),
            setting=pl.lit(cell.setting),
            judge=pl.lit(judge),
            label=pl.when(judgeable).then(pl.col("label").fill_null("unparseable")),
            blocked=pl.col("refusal_kind").str.starts_with(BLOCKS).fill_null(False),
            cut=pl.col("cut").fill_null(False),
            decoded=pl.when(answered & (pl.col("decoding") != "as_it_was")).then(~undecoded),
        )
        .select(VERDICTS.names())
    )
