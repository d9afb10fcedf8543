"""`refusery dedup`: exact and near repeats of any table, the first seen kept."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import typer

from artifacts.user_tables import read_user_table, table_kind, write_user_table
from curation.near import dedup as near
from curation.rows import Candidate, Dropped, exact
from inference.types import Program
from pipelines.errors import NotBuiltError
from pipelines.recipe import OrBench, SorryBench, load
from pipelines.sources.engine import open_engine
from refusery.cli.options import beside


def dedup(
    table: Path, recipe: Path, out: Path | None, column: str, settings: list[str], cache: Path
) -> None:
    """Writes the kept rows to `out` and the dropped ones, with their evidence, beside it."""
    loaded = load(recipe, settings)
    if not isinstance(loaded, OrBench | SorryBench):
        raise NotBuiltError("dedup takes a recipe with a part `dedup`", loaded.benchmark)
    if out is not None:
        table_kind(out)
    rows = read_user_table(table, column)
    candidates = [Candidate(str(place), text) for place, text in enumerate(rows[column])]
    part = loaded.dedup
    with open_engine(loaded, cache / "ledger.sqlite", cache / "embeddings") as engine:
        dropped = engine.run([_dropped(candidates, part.encoder, part.threshold)]).results[0]
    if not isinstance(dropped, list):
        raise RuntimeError("an embedding cannot fail for want of a reply")
    places = {int(each.row): each for each in dropped}
    kept = rows.filter(pl.Series([place not in places for place in range(rows.height)]))
    counts = {reason: 0 for reason in ("exact_duplicate", "near_duplicate")}
    for each in dropped:
        counts[each.reason] += 1
    typer.echo(
        f"{rows.height} rows: {kept.height} kept, {counts['exact_duplicate']} exact and "
        f"{counts['near_duplicate']} near repeats dropped"
    )
    if out is not None:
        write_user_table(out, kept)
        evidence = _evidence(rows, places)
        write_user_table(beside(out, "dropped"), evidence)
        typer.echo(f"written: {out}, {beside(out, 'dropped')}")


def _dropped(
    candidates: list[Candidate], encoder: str, threshold: float | None
) -> Program[list[Dropped]]:
    repeats = exact(candidates)
    if threshold is None:
        return list(repeats.dropped)
    gone = {each.row for each in repeats.dropped}
    left = [each for each in candidates if each.row not in gone]
    alike = yield from near(left, encoder, threshold)
    return [*repeats.dropped, *alike.dropped]


def _evidence(rows: pl.DataFrame, places: dict[int, Dropped]) -> pl.DataFrame:
    """The dropped rows with the reason, the number (from 1) of the row repeated, and the score."""
    ordered = sorted(places)
    return rows[ordered].with_columns(
        pl.Series("row_number", [place + 1 for place in ordered], dtype=pl.Int64),
        pl.Series("reason", [places[place].reason for place in ordered], dtype=pl.String),
        pl.Series(
            "duplicate_of",
            [int(places[place].duplicate_of or 0) + 1 for place in ordered],
            dtype=pl.Int64,
        ),
        pl.Series("score", [places[place].score for place in ordered], dtype=pl.Float64),
    )
