"""`refusery judge-score`: every judge held against people's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from rich.console import Console

from evaluation.judging.choice import chosen_judges
from evaluation.judging.labelled_tables import Named, labelled_ratings, labelled_table
from evaluation.judging.report import as_json, tables, write_scores
from evaluation.judging.scoring import Means, score_judges
from evaluation.judging.splits import split
from inference.engine import Advance
from people.errors import LabelsUnusableError
from people.labelled import LabelledSet
from pipelines.recipe import load
from refusery.cli.printing import console, print_tables
from refusery.cli.progress import progress_for


@dataclass(frozen=True, slots=True)
class Options:
    """What to score, and on what.

    Attributes:
        table: A table of labelled answers, or None.
        ratings: Labels in the layout of `human_ratings.jsonl`, or None.
        prompts: Where the ratings' prompts are, or None.
        answers: Where the ratings' answers are, or None.
        judges: The judges' names.
        recipe: The recipe whose models may judge, or None.
        settings: Overrides of the recipe's keys.
        columns: The table's columns.
        split: Which answers are scored, or None for all.
        seed: Seed of the intervals.
        out: The folder to write to, or None.
        json: Whether JSON is printed in place of tables.
        cache: Where ledger and embeddings are kept.
    """

    table: Path | None
    ratings: Path | None
    prompts: Path | None
    answers: Path | None
    judges: Sequence[str]
    recipe: Path | None
    settings: Sequence[str]
    columns: Named
    split: str | None
    seed: int
    out: Path | None
    json: bool
    cache: Path


def judge_score(options: Options) -> None:
    """Prints every judge's figures, and writes them where a folder is given."""
    recipe = None if options.recipe is None else load(options.recipe, options.settings)
    judges = chosen_judges(recipe, options.judges)
    labelled = _labelled(options)
    beside = None if options.ratings is None else options.ratings.parent
    parts = None if options.split is None else split(labelled, options.split, beside)
    means = Means(recipe, options.cache, options.seed)
    progress = progress_for(Console(stderr=True), quiet=options.json)
    try:
        if progress is not None:
            shown = progress

            def watch(name: str, rows: int) -> Advance | None:
                shown.begin(name, rows)
                return shown.advancer(name)

            means = replace(means, watch=watch)
        found, verdicts = score_judges(labelled, parts, judges, means)
    finally:
        if progress is not None:
            progress.close()
    written: tuple[Path, ...] = ()
    if options.out is not None:
        # before anything is printed: a reader that goes away must not cost the files
        rows = labelled.rows if parts is None else parts.test
        written = write_scores(options.out, found, rows, verdicts, parts)
    if options.json:
        typer.echo(as_json(found))
    else:
        print_tables(console(), tables(found))
        for note in found.notes:
            typer.echo(f"note: {note}")
    for path in written:
        typer.echo(f"written: {path}", err=options.json)


def _labelled(options: Options) -> LabelledSet:
    if (options.table is None) == (options.ratings is None):
        raise LabelsUnusableError("judge-score must have a TABLE, or --ratings")
    if options.ratings is not None:
        if options.columns != Named():
            raise LabelsUnusableError("columns must not be named with --ratings")
        return labelled_ratings(options.ratings, options.prompts, options.answers)
    if options.prompts is not None or options.answers is not None:
        raise LabelsUnusableError("--prompts and --answers must come with --ratings")
    assert options.table is not None
    return labelled_table(options.table, options.columns)
