"""What `refusery review` prints of answers that people label: counts and figures, never a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from artifacts.summary import Cell, Table, facts
from flows.command.tables import console, print_tables
from flows.review.answers_drawing import numbers
from flows.review.answers_exporting import QUESTION, AskingAnswers, DraftedAnswers, draft_answers
from flows.review.answers_importing import Ratings, import_answers
from flows.review.errors import ReviewUnusable
from flows.scoring.tables import figure, interval

ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet")
"""How a table of answers may end; a recipe ends otherwise."""


def export_answers(
    source: Path,
    out: Path,
    per_prompt: str | None,
    train: str | None,
    drawing: Mapping[str, Any],
    other: Mapping[str, object],
) -> None:
    """Writes a table of answers for each person, and the key behind the ids.

    Raises:
        ReviewUnusable: An option is given that goes with a release or a recipe, or see
            `draft_answers`.
    """
    _require_none(other, "a table of answers")
    asking = AskingAnswers(
        numbers(per_prompt or "8+8", "per-prompt"),
        numbers(train or "3+3", "train"),
        **{key: value for key, value in drawing.items() if value is not None},
    )
    found = draft_answers(source, out, asking)
    typer.echo(QUESTION)
    print_tables(console(), _drafted(found))
    for line in _left_out(found):
        typer.echo(line)
    for path in found.tables:
        typer.echo(f"written: {path} ({len(found.sample.answers):,} rows)")
    typer.echo(f"written: {found.key}; it names the models: keep it from the people who label")


def import_labels(
    tables: Sequence[Path],
    key: Path,
    out: Path | None,
    dry_run: bool,
    other: Mapping[str, object],
) -> None:
    """Writes people's labels as files of ratings, and prints how far they agree.

    Raises:
        ReviewUnusable: An option is given that goes with a release or a recipe, no folder is
            given, or see `import_answers`.
    """
    _require_none(other, "--key")
    if out is None and not dry_run:
        raise ReviewUnusable("--key must come with --out, the folder of ratings to write")
    found = import_answers(tables, key, out or Path(), write=not dry_run)
    for line in found.notices:
        typer.echo(line)
    print_tables(console(), _ratings(found.facts))
    for note in found.facts.agreement.notes:
        typer.echo(f"note: {note}")
    for path in found.files:
        typer.echo(f"written: {path}")
    if dry_run:
        typer.echo("nothing was written")


def _drafted(found: DraftedAnswers) -> Iterator[Table]:
    sample = found.sample
    pairs: dict[str, Cell] = {
        "base prompts": sample.questions,
        "answers": len(sample.answers),
        "marked for training": len(sample.train),
        "redacted": found.redacted,
    }
    yield facts("Answers to label", pairs)
    yield Table("By model", ("model", "answers"), tuple(found.models.items()))
    if set(found.categories) != {""}:
        yield Table("By category", ("category", "answers"), tuple(found.categories.items()))


def _left_out(found: DraftedAnswers) -> Iterator[str]:
    sample = found.sample
    counts = (
        (found.missing, "rows hold no answer"),
        (sample.short, "base prompts have too few answers, and are left out"),
        (sample.spare, "base prompts are left out, so that categories have equally many"),
    )
    for count, what in counts:
        if count:
            yield f"{count:,} {what}"


def _ratings(found: Ratings) -> Iterator[Table]:
    pairs: dict[str, Cell] = {
        "people": found.people,
        "answers asked about": found.sampled,
        "labelled by a majority": found.labelled,
        "refusals among them": found.refusals,
        "for training": found.train,
        "people differ on": found.contested,
        "ties, in no file": len(found.ties),
        "nobody labelled": found.unlabelled,
        "redacted, in no file": found.redacted,
    }
    yield facts("Labels", pairs)
    agreed = found.agreement
    yield facts(
        "Agreement",
        {
            "answers labelled twice or more": agreed.twice,
            "observed agreement": figure(agreed.observed),
            "Fleiss' kappa": figure(agreed.fleiss),
            "Krippendorff's alpha": figure(agreed.alpha),
            "Gwet's AC1": figure(agreed.ac1),
        },
    )
    pairs_rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.first, each.second, each.n, figure(each.observed), figure(each.kappa))
        for each in agreed.pairs
    )
    yield Table("Pairs", ("first", "second", "n", "observed", "Cohen's kappa"), pairs_rows)
    if found.persons is not None:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (each.name, each.rows, figure(each.kappa), interval(each.interval))
            for each in found.persons.persons
        )
        header = ("person", "n", "kappa", "95 % interval")
        yield Table("Each person against the majority of the others", header, rows)


def _require_none(options: Mapping[str, object], what: str) -> None:
    for name, value in options.items():
        if value:
            raise ReviewUnusable(f"--{name} must not come with {what}")
