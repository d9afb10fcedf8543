"""`refusery moderate`: votes on any table, and scores where the table has true labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import typer
from rich.console import Console

from artifacts.summary import Cell, Table
from artifacts.user_tables import read_user_table, table_kind, write_user_table
from pipelines.errors import NotBuiltError
from pipelines.recipe import OrBench, load
from pipelines.sources.engine import open_engine, require_payable, run_of
from refusery.cli.printing import console, print_tables
from refusery.cli.progress import progress_for
from refusery.verbs.moderation import VERB, Moderated, by_type, moderated, pooled, truths_of

_LABEL = "label"
_TYPE = "type"


def moderate(
    table: Path, recipe: Path, out: Path | None, column: str, settings: list[str], cache: Path
) -> None:
    """Prints how the votes fall, scores them against a `label` column, writes them to `out`."""
    loaded = load(recipe, settings)
    if not isinstance(loaded, OrBench):
        raise NotBuiltError("moderate takes a recipe with a part `moderate`", loaded.benchmark)
    require_payable(loaded)
    if out is not None:
        table_kind(out)
    rows = read_user_table(table, column)
    truths = truths_of(rows[_LABEL].to_list()) if _LABEL in rows.columns else None
    found = _votes(loaded, rows[column].to_list(), cache, truths is not None)
    tables = [_counts(found), _risky(found, truths)]
    if truths is not None:
        tables.append(pooled(found.verdicts, truths))
        if _TYPE in rows.columns:
            tables.append(by_type(found.verdicts, truths, rows[_TYPE].to_list()))
    print_tables(console(), tables)
    if out is not None:
        write_user_table(out, _with_votes(rows, found))
        typer.echo(f"written: {out}")


def _votes(recipe: OrBench, texts: Sequence[str], cache: Path, labelled: bool) -> Moderated:
    progress = progress_for(Console(stderr=True), quiet=False)
    run, ledger = run_of(recipe, VERB), cache / "ledger.sqlite"
    with open_engine(recipe, ledger, cache / "embeddings", run) as engine:
        if progress is None:
            return moderated(engine, recipe, texts, labelled)
        progress.begin("moderate", len(texts))
        try:
            found = moderated(engine, recipe, texts, labelled, progress.advancer("moderate"))
            progress.end("moderate", {"kept": len(texts)})
            return found
        finally:
            progress.close()


def _counts(found: Moderated) -> Table:
    labels = ("safe", "toxic", "abstain", "undecided")
    rows: list[tuple[Cell, ...]] = [
        (voter.name, *(voter.labels.count(label) for label in labels)) for voter in found.verdicts
    ]
    return Table("Votes", ("moderator", *labels), tuple(rows))


def _risky(found: Moderated, truths: Sequence[bool] | None) -> Table:
    """The share that sounds risky, over all rows and over those whose true label is safe."""
    measured = [each.sounds_risky for each in found.decisions]
    groups: dict[str, list[bool | None]] = {"all": measured}
    if truths is not None:
        groups["labelled safe"] = [
            risky for risky, unsafe in zip(measured, truths, strict=True) if not unsafe
        ]
    rows: list[tuple[Cell, ...]] = []
    for name, values in groups.items():
        known = [value for value in values if value is not None]
        share = f"{sum(known) / len(known):.3f}" if known else "not measured"
        rows.append((name, len(known), sum(known), share))
    return Table("Sounds risky", ("rows", "measured", "risky", "share"), tuple(rows))


def _with_votes(rows: pl.DataFrame, found: Moderated) -> pl.DataFrame:
    """The table with the ensemble's decision and every vote; its own columns stay."""
    columns: dict[str, list[object]] = {
        "moderation": [each.label for each in found.decisions],
        "sounds_risky": [each.sounds_risky for each in found.decisions],
    }
    for votes in zip(*found.votes, strict=True):
        columns[f"vote_{votes[0].model}"] = [vote.label for vote in votes]
        columns[f"score_{votes[0].model}"] = [vote.score for vote in votes]
    return rows.with_columns(
        pl.Series(name, values, strict=False) for name, values in columns.items()
    )
