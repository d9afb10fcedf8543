"""`refusery moderate`: votes on any table, and scores where the table has true labels."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell
from artifacts.user_tables import read_user_table, write_user_table
from pipelines.errors import NotBuiltError, RecipeError
from pipelines.recipe import OrBench, load
from pipelines.sources.engine import require_payable
from pipelines.stages.wordings import moderator_wordings
from refusery.cli import unwritten
from refusery.cli.engine import with_engine, written_aside
from refusery.cli.given_models import given_models, guards_among
from refusery.cli.options import (
    OUT,
    PROMPT,
    Cache,
    Column,
    MaybeRecipe,
    Result,
    Settings,
    Table,
    require_apart,
    require_recipe,
)
from refusery.cli.printing import print_tables, say, warn
from refusery.texts import DEFAULT_MODERATORS, moderating
from refusery.verbs import moderation as verb

_TYPE = "type"
_Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="NAME=URL",
        help="A model that votes, at an OpenAI-compatible server (.../v1); repeatable.",
    ),
]
_Truth = Annotated[
    str | None,
    typer.Option(help="True labels (safe, toxic); by default label, where it has such ones."),
]


def moderate(
    table: Table,
    recipe: MaybeRecipe = None,
    models: _Models = None,
    out: Result = None,
    column: Column = PROMPT,
    truth: _Truth = None,
    settings: Settings = None,
    cache: Cache = OUT,
) -> None:
    """Let moderators vote on any table; with true labels, score them."""
    loaded = _recipe(recipe, models or [], settings)
    # Without a recipe there is a writer in name alone, which nobody asks.
    asked = [each.name for each in loaded.moderate.references() if each.kind == "model"]
    require_payable(loaded, asked if recipe is None else None)
    if out is not None:
        require_apart(out, table)
    rows = read_user_table(table, column)
    texts = rows[column].to_list()
    truths = _truths(rows, truth)
    warn([*moderator_wordings(loaded), *guards_among(models or [])])
    done: verb.Done = {}
    found = with_engine(
        loaded,
        verb.VERB,
        cache,
        len(texts),
        lambda engine, advance: verb.moderated(
            engine, loaded, texts, truths is not None, advance, done
        ),
        lambda _: {"done": len(texts)},
        lambda: written_aside(out, verb.so_far(rows, done), len(texts)),
    )
    tables = [verb.counts_of(found), verb.risky(found, truths)]
    if truths is not None:
        tables.append(verb.pooled(found.verdicts, truths))
        if _TYPE in rows.columns:
            tables.append(verb.by_type(found.verdicts, truths, rows[_TYPE].to_list()))
    if out is None:
        header = ("row", "label", *loaded.moderate.voters)
        tables.append(unwritten.first_rows("Votes row by row", header, _votes(found)))
    print_tables(tables)
    if out is None:
        say(unwritten.say_of(rows.height, "their votes"))
    else:
        write_user_table(out, verb.with_votes(rows, found))
        say(f"written: {out}")


def _truths(rows: pl.DataFrame, given: str | None) -> list[bool] | None:
    """The true labels; None without any, as where a `label` is that of a judge."""
    if given is not None and given not in rows.columns:
        raise ColumnUnusableError.missing(given, rows.columns)
    column = given or verb.LABEL
    if column not in rows.columns:
        return None
    labels = rows[column].to_list()
    if given is None and not any(map(verb.is_truth, labels)):
        known = ", ".join(verb.LABELS)
        say(f"column `{column}` holds none of {known}: nothing is scored; --truth names another")
        return None
    return verb.truths_of(column, labels)


def _recipe(recipe: Path | None, models: Sequence[str], settings: Sequence[str] | None) -> OrBench:
    """The recipe that says who votes: the one given, or one of models or offline moderators."""
    require_recipe(recipe, settings)
    if recipe is None:
        return moderating(given_models(models) or DEFAULT_MODERATORS)
    if models:
        raise RecipeError("--model must come without --recipe, whose models vote", models[0])
    loaded = load(recipe, settings or [])
    if not isinstance(loaded, OrBench):
        raise NotBuiltError("moderate takes a recipe with a part `moderate`", loaded.benchmark)
    return loaded


def _votes(found: verb.Moderated) -> Iterator[tuple[Cell, ...]]:
    rows = zip(found.decisions, found.votes, strict=True)
    for number, (decision, votes) in enumerate(rows, 1):
        yield (number, decision["label"], *(vote["label"] for vote in votes))
