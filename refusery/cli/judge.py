"""`refusery judge`: tells refusals in any table of answers, and scores the judge where it can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import polars as pl
import typer
from rich.console import Console

from artifacts.errors import ColumnUnusableError
from artifacts.user_tables import read_user_table, table_kind, write_user_table
from base.did_you_mean import did_you_mean
from evaluation.judging.choice import find_judge
from evaluation.judging.report import agreement, counted
from evaluation.judging.verdicts import (
    VERB,
    Exchange,
    exchanges_of,
    judged,
    judged_by_rules,
    with_judgments,
)
from moderators.refusal.types import Judgment
from people.ratings import truths_of
from pipelines.errors import RecipeError
from pipelines.recipe import Evaluation, OrBench, Recipe, load
from pipelines.recipe.judges import KEYWORD, Judge
from pipelines.recipe.models import Family
from pipelines.sources.engine import open_engine, require_payable, run_of
from pipelines.stages.judges import judge_models, refusal_judge
from refusery.cli.printing import console, print_tables
from refusery.cli.progress import progress_for

_FINAL_LABEL = "final_label"


@dataclass(frozen=True, slots=True)
class Options:
    """What to judge, and how.

    Attributes:
        table: The table of answers.
        recipe: The recipe whose models may judge, or None for the keyword judge alone.
        settings: Overrides of the recipe's keys.
        judge: `keyword`, a model of the recipe, a name of one of its judges, or a judge written
            out; None for the recipe's own.
        column: The column with the prompts.
        answers: The column with the answers, or None for the first usual one.
        models: The column that says who answered, or None for `model` where there is one.
        family: The family of the models that answered, or None for what the recipe says.
        truth: The column with people's labels, or None for `final_label` where there is one.
        out: The table to write, or None for none.
        cache: Where ledger and embeddings are kept.
    """

    table: Path
    recipe: Path | None
    settings: Sequence[str]
    judge: str | None
    column: str
    answers: str | None
    models: str | None
    family: str | None
    truth: str | None
    out: Path | None
    cache: Path


def judge(options: Options) -> None:
    """Prints what the answers are, scores the judge against people, writes the judgments."""
    _require_family(options.family)
    recipe = None if options.recipe is None else load(options.recipe, options.settings)
    chosen = _chosen(recipe, options)
    if options.out is not None:
        table_kind(options.out)
    rows = read_user_table(options.table, options.column)
    exchanges, used = exchanges_of(
        rows, options.column, options.answers, options.models, options.family, recipe
    )
    if options.answers is None and used != "answer":
        typer.echo(f"answers are read from column `{used}`")
    truth = _truth_column(rows, options.truth)
    truths = None if truth is None else truths_of(truth, rows[truth].to_list())
    found = ask_judge(recipe, chosen, exchanges, options.cache)
    tables = [counted(exchanges, found)]
    if truths is not None:
        tables.append(agreement(exchanges, found, truths))
    print_tables(console(), tables)
    if options.out is not None:
        write_user_table(options.out, with_judgments(rows, found))
        typer.echo(f"written: {options.out}")


def _chosen(recipe: Recipe | None, options: Options) -> Judge:
    """The judge that the command names, else the recipe's, else the one without a model."""
    if options.judge is not None:
        return find_judge(recipe, options.judge)
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        return recipe.panel.judge
    return recipe.evaluate.judges[0] if isinstance(recipe, Evaluation) else KEYWORD


def ask_judge(
    recipe: Recipe | None, chosen: Judge, exchanges: Sequence[Exchange], cache: Path
) -> list[Judgment | None]:
    """What a judge says of each exchange, with progress shown; None where an answer is missing.

    Args:
        recipe: Its models may judge; None for the keyword judge.
        chosen: The judge.
        exchanges: The exchanges.
        cache: Where ledger and embeddings are kept.

    Raises:
        VotesMissingError: The judge could not be asked about every answer.
    """
    if recipe is None or chosen == KEYWORD:
        return judged_by_rules(exchanges)
    who = refusal_judge(recipe, chosen)
    require_payable(recipe, judge_models(chosen))
    progress = progress_for(Console(stderr=True), quiet=False)
    run, ledger = run_of(recipe, VERB), cache / "ledger.sqlite"
    with open_engine(recipe, ledger, cache / "embeddings", run) as engine:
        if progress is None:
            return judged(engine, recipe, who, exchanges)
        progress.begin(VERB, sum(bool(each.seen) for each in exchanges))
        try:
            found = judged(engine, recipe, who, exchanges, progress.advancer(VERB))
            progress.end(VERB, {"kept": len(found)})
            return found
        finally:
            progress.close()


def _truth_column(rows: pl.DataFrame, given: str | None) -> str | None:
    if given is not None and given not in rows.columns:
        raise ColumnUnusableError(f"a table must have the column '{given}'", "no such column")
    return given or (_FINAL_LABEL if _FINAL_LABEL in rows.columns else None)


def _require_family(given: str | None) -> None:
    known = get_args(Family)
    if given is not None and given not in known:
        raise RecipeError(f"a family must be a known one{did_you_mean(given, known)}", given)
