"""A user's table of answers as exchanges, and with judgments beside its own columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from artifacts.errors import ColumnUnusable
from flows.recipe import Recipe
from flows.verbs.judging import Exchange
from moderators.refusal.types import Judgment

ANSWERS = ("answer", "response", "completion")
"""Columns that answers are looked for in, in this order, where none is named."""

_MODEL = "model"
_ADDED = ("label", "refused", "reason")


def exchanges_of(
    rows: pl.DataFrame,
    prompts: str,
    answers: str | None = None,
    models: str | None = None,
    family: str | None = None,
    recipe: Recipe | None = None,
) -> tuple[list[Exchange], str]:
    """The table's exchanges, and the name of the column that answers were read from.

    Args:
        rows: The table.
        prompts: The column with the prompts.
        answers: The column with the answers; None for the first of `ANSWERS` that is there.
        models: The column that says who answered; None for `model` where there is one.
        family: The family of all models that answered; None for what the recipe says of each.
        recipe: Knows families of models by their names in it, or as their servers know them.

    Raises:
        ColumnUnusable: A column is missing, or the answers are not texts.
    """
    used = answers or next((name for name in ANSWERS if name in rows.columns), ANSWERS[0])
    said = _texts(rows, used)
    named = models or (_MODEL if _MODEL in rows.columns else None)
    who = [""] * len(rows) if named is None else [str(each or "") for each in _column(rows, named)]
    families = families_of(recipe)
    asked = zip(rows[prompts].to_list(), said, who, strict=True)
    return [
        Exchange(prompt, answer, model, family or families.get(model))
        for prompt, answer, model in asked
    ], used


def with_judgments(rows: pl.DataFrame, judgments: Sequence[Judgment | None]) -> pl.DataFrame:
    """The table with columns `label`, `refused`, `reason`; missing answers have the reason alone.

    Where the table has one of these already, ours are `judge_label` and so on.

    Raises:
        ColumnUnusable: Those names are taken too.
    """
    taken = any(name in rows.columns for name in _ADDED)
    names = [f"judge_{name}" if taken else name for name in _ADDED]
    if clash := [name for name in names if name in rows.columns]:
        raise ColumnUnusable("a table to be judged must not have judgments already", clash[0])
    return rows.with_columns(
        pl.Series(names[0], [each and each.label for each in judgments], pl.String),
        pl.Series(names[1], [each and each.refused for each in judgments], pl.Boolean),
        pl.Series(names[2], [each.reason if each else "missing" for each in judgments], pl.String),
    )


def _texts(rows: pl.DataFrame, name: str) -> list[str | None]:
    texts = _column(rows, name)
    if isinstance(texts.dtype, pl.Categorical | pl.Enum) or texts.dtype == pl.Null:
        texts = texts.cast(pl.String)
    if texts.dtype != pl.String:
        raise ColumnUnusable(f"column '{name}' must hold texts", texts.dtype)
    found: list[str | None] = texts.to_list()
    return found


def _column(rows: pl.DataFrame, name: str) -> pl.Series:
    if name not in rows.columns:
        raise ColumnUnusable(f"a table must have the column '{name}'", "no such column")
    return rows[name]


def families_of(recipe: Recipe | None) -> Mapping[str, str]:
    """Families by a model's name in the recipe, and by the name that its server knows."""
    found: dict[str, str] = {}
    for name, model in (recipe.models if recipe is not None else {}).items():
        if model.family is not None:
            found[name] = model.family
            found.setdefault(model.model, model.family)
    return found
