"""`refusery judge-score`: every judge held against people's labels."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from artifacts.judge_score_facts import JudgeScores
from evaluation.judging import choice, labelled_tables, report, scoring, splits
from inference.accounts import Advance
from people.errors import LabelsUnusableError
from people.labelled import LabelledSet
from refusery.cli import options, printing
from refusery.cli.progress import progress_shown

_Table = Annotated[
    str | None, typer.Argument(metavar="[TABLE]", help=f"Labelled answers. {options.TABLE}")
]
_Judges = Annotated[
    list[str] | None,
    typer.Option(
        "--judge",
        help="keyword, trained:FOLDER, or a model or judge of the recipe; several with commas "
        "between them. By default the recipe's judges, else keyword.",
    ),
]
_Recipe = Annotated[
    Path | None, typer.Option("--recipe", help="The recipe whose models and judges may judge.")
]
_Ratings = Annotated[
    Path | None, typer.Option("--ratings", help="Labels in the layout of human_ratings.jsonl.")
]
_Prompts = Annotated[
    Path | None,
    typer.Option("--prompts", help="The ratings' prompts: question*.jsonl, or their folder."),
]
_Answers = Annotated[
    Path | None,
    typer.Option("--answers", help="The ratings' answers, where they do not hold them."),
]
_Split = Annotated[
    str | None,
    typer.Option(
        metavar="authors|seed:7:0.4|model", help="Which answers are scored; by default all."
    ),
]
_Model = Annotated[
    str | None, typer.Option("--model-column", help="The column that says who answered.")
]
_Truth = Annotated[
    str | None,
    typer.Option(help="The column with people's labels; several with commas: their majority."),
]
_Out = Annotated[
    Path | None, typer.Option("--out", help="A folder for tables, chart, JSON and verdicts.")
]


def judge_score(
    table: _Table = None,
    judges: _Judges = None,
    recipe: _Recipe = None,
    ratings: _Ratings = None,
    prompts: _Prompts = None,
    answers: _Answers = None,
    split: _Split = None,
    column: options.Prompts = None,
    answer: options.Answers = None,
    model: _Model = None,
    truth: _Truth = None,
    seed: Annotated[int, typer.Option(help="Seed of the intervals.")] = 7,
    out: _Out = None,
    json: options.Json = False,
    settings: options.Settings = None,
    cache: options.Cache = options.OUT,
) -> None:
    """Hold refusal judges against people's labels: kappa, recalls, seconds and price a pass."""
    loaded = options.recipe_of(recipe, settings)
    named = labelled_tables.Named(column, answer, model, options.names(truth))
    chosen = choice.chosen_judges(loaded, judges or [])
    labelled = _labelled(table, named, ratings, prompts, answers)
    beside = None if ratings is None else ratings.parent
    parts = None if split is None else splits.split(labelled, split, beside)
    found, verdicts = _scored(labelled, parts, chosen, scoring.Means(loaded, cache, seed), json)
    written: tuple[Path, ...] = ()
    if out is not None:
        # before anything is printed: a reader that goes away must not cost the files
        rows = labelled.rows if parts is None else parts.test
        written = report.write_scores(out, found, rows, verdicts, parts)
    if json:
        printing.say_json(report.as_json(found))
    else:
        printing.print_tables(report.tables(found))
        for note in found.notes:
            printing.say(f"note: {note}")
    for path in written:
        printing.say(f"written: {path}", err=json)


def _scored(
    labelled: LabelledSet,
    parts: splits.Split | None,
    judges: Sequence[choice.Chosen],
    means: scoring.Means,
    quiet: bool,
) -> tuple[JudgeScores, dict[str, tuple[bool | None, ...]]]:
    """Every judge's figures and verdicts, with progress shown."""
    with progress_shown(quiet) as progress:
        if progress is None:
            return scoring.score_judges(labelled, parts, judges, means)

        def watch(name: str, rows: int) -> Advance | None:
            progress.begin(name, rows)
            return progress.advancer(name)

        return scoring.score_judges(labelled, parts, judges, replace(means, watch=watch))


def _labelled(
    table: str | None,
    columns: labelled_tables.Named,
    ratings: Path | None,
    prompts: Path | None,
    answers: Path | None,
) -> LabelledSet:

    if table is not None and ratings is None:
        if prompts is not None or answers is not None:
            raise LabelsUnusableError("--prompts and --answers must come with --ratings")
        return labelled_tables.labelled_table(options.located(table), columns)
    if ratings is None or table is not None:
        raise LabelsUnusableError("judge-score must have a TABLE, or --ratings")
    if columns != labelled_tables.Named():
        raise LabelsUnusableError("columns must not be named with --ratings")
    return labelled_tables.labelled_ratings(ratings, prompts, answers)
