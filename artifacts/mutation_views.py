"""The configs of a SORRY-Bench release: one for each prompt style, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from artifacts.mutation_facts import BASE
from artifacts.mutation_schemas import SORRY_BENCH
from artifacts.views import Value, View, meets, rounded

ALL = "all"


def draw_sorry_bench(stage: str, kept: pl.DataFrame, styles: Sequence[str]) -> list[View]:
    """The views of collected rows: `base`, each style, and `all`.

    Args:
        stage: The stage that `kept` is of.
        kept: The stage's kept table (COLLECTED).
        styles: The styles that were asked for, in the order in which `all` shows them after
            `base`; one without rows is a config without rows.
    """
    return [*_views(stage, kept, (BASE, *styles))]


def _views(stage: str, kept: pl.DataFrame, styles: Sequence[str]) -> Iterator[View]:
    order = dict(zip(styles, range(len(styles)), strict=True))
    rows = (
        kept.with_columns(
            rounded("checks", "value"),
            category=pl.col("number"),
            turns=pl.concat_list("text"),
            place=pl.col("prompt_style").replace_strict(order, return_dtype=pl.Int64),
        )
        .sort("place", "question_id", "row")
        .select(*SORRY_BENCH.names(), "redistribute")
    )
    for config in (*styles, ALL):
        where: dict[str, Value] = {} if config == ALL else {"prompt_style": config}
        chosen = rows.filter(meets(where))
        yield View(
            config,
            stage,
            where,
            bool(chosen["redistribute"].all()),
            SORRY_BENCH,
            chosen.drop("redistribute"),
        )
