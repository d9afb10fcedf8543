"""`refusery dedup`: exact and near repeats of any table, the first seen kept."""

from collections import Counter

import polars as pl
import typer

from artifacts.user_tables import read_user_table, table_kind, write_user_table
from inference.types import Failed
from pipelines.errors import NotBuiltError
from pipelines.recipe import OrBench, SorryBench, load
from pipelines.sources.engine import open_engine
from pipelines.stages.dedup import dedup_rows
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
    given = pl.DataFrame({"row": [*map(str, range(rows.height))], "text": rows[column]})
    given = given.with_columns(category=pl.lit(""))
    with open_engine(loaded, cache / "ledger.sqlite", cache / "embeddings") as engine:
        program = dedup_rows(given, part.encoder, part.threshold)
        found = engine.run([program]).results[0]
    if isinstance(found, Failed):
        raise RuntimeError("an embedding cannot fail for want of a reply")
    kept, dropped = found["kept"], found["dropped"]
    counts = Counter(dropped["reason"])
    typer.echo(
        f"{rows.height} rows: {kept.height} kept, {counts['exact_duplicate']} exact and "
        f"{counts['near_duplicate']} near repeats dropped"
    )
    if out is not None:
        write_user_table(out, rows[kept["row"].cast(pl.Int64)])
        write_user_table(options.beside(out, "dropped"), _evidence(rows, dropped))
        typer.echo(f"written: {out}, {options.beside(out, 'dropped')}")


def _evidence(rows: pl.DataFrame, dropped: pl.DataFrame) -> pl.DataFrame:
    """The dropped rows with the reason, the number (from 1) of the row repeated, and the score."""
    places = dropped["row"].cast(pl.Int64)
    return rows[places].with_columns(
        (places + 1).alias("row_number"),
        dropped["reason"],
        (dropped["duplicate_of"].cast(pl.Int64).fill_null(0) + 1).alias("duplicate_of"),
        dropped["score"],
    )
