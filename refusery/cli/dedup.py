"""`refusery dedup`: exact and near repeats of any table, the first seen kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl
import typer

from artifacts.user_tables import read_user_table, table_kind, write_user_table
from inference.types import Failed
from pipelines.errors import NotBuiltError
from pipelines.recipe import OrBench, SorryBench, load
from pipelines.runner.stage import Row
from pipelines.sources.engine import open_engine
from pipelines.stages.dedup import DedupStage
from refusery.cli import options


def dedup(
    table: options.Table,
    recipe: options.WithRecipe,
    out: options.Result = None,
    column: options.Column = options.PROMPT,
    settings: options.Settings = None,
    cache: options.Cache = options.OUT,
) -> None:
    """Remove exact and near repeats from any table; the first seen stays."""
    loaded = load(recipe, settings or [])
    if not isinstance(loaded, OrBench | SorryBench):
        raise NotBuiltError("dedup takes a recipe with a part `dedup`", loaded.benchmark)
    if out is not None:
        table_kind(out)
    rows = read_user_table(table, column)
    part = loaded.dedup
    # The stage of a build, with the whole table in one category; nothing of it is kept.
    stage = DedupStage("dedup", "", part.encoder, part.threshold)
    given = [
        {"row": str(place), "text": text, "category": ""} for place, text in enumerate(rows[column])
    ]
    with open_engine(loaded, cache / "ledger.sqlite", cache / "embeddings") as engine:
        found = engine.run([stage.table(given)]).results[0]
    if isinstance(found, Failed):
        raise RuntimeError("an embedding cannot fail for want of a reply")
    counts = Counter(row["reason"] for row in found.dropped)
    typer.echo(
        f"{rows.height} rows: {len(found.kept)} kept, {counts['exact_duplicate']} exact and "
        f"{counts['near_duplicate']} near repeats dropped"
    )
    if out is not None:
        write_user_table(out, rows[[int(row["row"]) for row in found.kept]])
        write_user_table(options.beside(out, "dropped"), _evidence(rows, found.dropped))
        typer.echo(f"written: {out}, {options.beside(out, 'dropped')}")


def _evidence(rows: pl.DataFrame, dropped: Sequence[Row]) -> pl.DataFrame:
    """The dropped rows with the reason, the number (from 1) of the row repeated, and the score."""
    places = [int(row["row"]) for row in dropped]
    repeated = [int(row["duplicate_of"] or 0) + 1 for row in dropped]
    return rows[places].with_columns(
        pl.Series("row_number", [place + 1 for place in places], dtype=pl.Int64),
        pl.Series("reason", [row["reason"] for row in dropped], dtype=pl.String),
        pl.Series("duplicate_of", repeated, dtype=pl.Int64),
        pl.Series("score", [row["score"] for row in dropped], dtype=pl.Float64),
    )
