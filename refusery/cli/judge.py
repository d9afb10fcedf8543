"""`refusery judge`: tells refusals in any table of answers, and scores the judge where it can."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell
from artifacts.user_tables import read_user_table, write_user_table
from base.did_you_mean import did_you_mean
from evaluation.judging import choice, report, verdicts
from moderators.refusal.types import Judgment
from people.ratings import truths_of
from pipelines.errors import RecipeError
from pipelines.recipe import Evaluation, OrBench, Recipe
from pipelines.recipe.judges import KEYWORD, Judge
from pipelines.recipe.models import FAMILIES, likely_slip
from pipelines.sources.engine import require_payable
from pipelines.stages.judges import judge_models, refusal_judge
from pipelines.stages.wordings import judge_wordings
from refusery.cli import unwritten
from refusery.cli.engine import with_engine, written_aside
from refusery.cli.options import (
    OUT,
    PROMPT,
    Cache,
    Column,
    Models,
    Result,
    Settings,
    Table,
    recipe_of,
    require_apart,
)
from refusery.cli.printing import print_tables, say, warn

_FINAL_LABEL = "final_label"
_Recipe = Annotated[
    Path | None, typer.Option("--recipe", help="The recipe whose judge or models may judge.")
]
_Name = Annotated[
    str | None,
    typer.Option(
        "--judge",
        help="`keyword`, a model or judge of the recipe, or one written out: {kind: llm, ...}.",
    ),
]
_Answers = Annotated[
    str | None,
    typer.Option("--answer-column", help="By default answer, response or completion."),
]
_Family = Annotated[
    str | None, typer.Option(help="Who trained the models that answered: gpt, llama, ...")
]
_Truth = Annotated[str | None, typer.Option(help="People's labels; by default final_label.")]


def judge(
    table: Table,
    recipe: _Recipe = None,
    name: _Name = None,
    out: Result = None,
    column: Column = PROMPT,
    answers: _Answers = None,
    models: Models = None,
    family: _Family = None,
    truth: _Truth = None,
    settings: Settings = None,
    cache: Cache = OUT,
) -> None:
    """Tell refusals in any table of answers; with people's labels, score the judge."""
    if likely_slip(family) is not None:
        rule = f"a family must be a known one{did_you_mean(family, FAMILIES)}, or like none of them"
        raise RecipeError(rule, family)
    loaded = recipe_of(recipe, settings)
    chosen = _chosen(loaded, name)
    if out is not None:
        require_apart(out, table)
    rows = read_user_table(table, column)
    if out is not None:
        verdicts.added_names(rows)  # said before anybody is asked
    exchanges, used = verdicts.exchanges_of(rows, column, answers, models, family, loaded)
    if answers is None and used != "answer":
        say(f"answers are read from column `{used}`")
    labels = _truth_column(rows, truth)
    truths = None if labels is None else truths_of(labels, rows[labels].to_list())
    done: verdicts.Done = {}

    def aside() -> str | None:
        places = [n for n, each in enumerate(exchanges) if n in done or not each.seen]
        judged = verdicts.with_judgments(rows[places], [done.get(place) for place in places])
        return written_aside(out, judged if done else judged.clear(), rows.height)

    found = ask_judge(loaded, chosen, exchanges, cache, done, aside)
    tables = [report.counted(exchanges, found)]
    if truths is not None:
        tables.append(report.agreement(exchanges, found, truths))
    if out is None:
        header = ("row", "label", "reason")
        tables.append(unwritten.first_rows("Judgments row by row", header, _lines(found)))
    print_tables(tables)
    if out is None:
        say(unwritten.say_of(rows.height, "their labels"))
    else:
        write_user_table(out, verdicts.with_judgments(rows, found))
        say(f"written: {out}")


def _lines(found: Sequence[Judgment | None]) -> Iterator[tuple[Cell, ...]]:
    for number, each in enumerate(found, 1):
        yield (number, each.label, each.reason) if each else (number, None, "missing")


def _chosen(recipe: Recipe | None, name: str | None) -> Judge:
    """The judge that the command names, else the recipe's, else the one without a model."""
    if name is not None:
        return choice.find_judge(recipe, name)
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        return recipe.panel.judge
    return recipe.evaluate.judges[0] if isinstance(recipe, Evaluation) else KEYWORD


def ask_judge(
    recipe: Recipe | None,
    chosen: Judge,
    exchanges: Sequence[verdicts.Exchange],
    cache: Path,
    done: verdicts.Done | None = None,
    aside: Callable[[], str | None] | None = None,
) -> list[Judgment | None]:
    """What a judge says of each exchange, with progress shown; None where an answer is missing.

    Args:
        recipe: Its models may judge; None for the keyword judge.
        chosen: The judge.
        exchanges: The exchanges.
        cache: Where ledger and embeddings are kept.
        done: Takes each judgment as it comes.
        aside: Writes what there is so far, where the verb is stopped.

    Raises:
        VotesMissingError: The judge could not be asked about every answer.
    """
    if recipe is None or chosen == KEYWORD:
        return verdicts.judged_by_rules(exchanges)
    who = refusal_judge(recipe, chosen)
    require_payable(recipe, judge_models(chosen))
    warn(judge_wordings(recipe, chosen))
    return with_engine(
        recipe,
        verdicts.VERB,
        cache,
        sum(bool(each.seen) for each in exchanges),
        lambda engine, advance: verdicts.judged(engine, recipe, who, exchanges, advance, done),
        lambda found: {"done": len(found)},
        aside,
    )


def _truth_column(rows: pl.DataFrame, given: str | None) -> str | None:
    if given is not None and given not in rows.columns:
        raise ColumnUnusableError.missing(given, rows.columns)
    return given or (_FINAL_LABEL if _FINAL_LABEL in rows.columns else None)
