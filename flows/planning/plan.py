"""Calls, tokens and price of a recipe's stages; pure, without a key and without a network."""

from __future__ import annotations

from flows.planning import or_bench, sorry_bench
from flows.planning.relatives import relatives
from flows.planning.tokens import TOKEN_ERROR
from flows.planning.values import Plan, StagePlan, total
from flows.recipe.names import parts_of
from flows.recipe.schema import OrBench, Recipe, SorryBench
from flows.recipe.unbuilt import not_built


def plan(recipe: Recipe) -> Plan:
    """What a recipe would do if every answer were usable and nothing were dropped.

    Raises:
        SourceError: A file of seeds or base requests is not there, or its categories are not the
            taxonomy's.
        TableUnreadable: Such a file cannot be read.
        ColumnUnusable: Such a file lacks a column.
    """
    planned = _stages(recipe)
    notes = (*relatives(recipe), *_over_budget(recipe, planned))
    return Plan(recipe.name, planned, not_built(recipe), TOKEN_ERROR, notes)


def _stages(recipe: Recipe) -> tuple[StagePlan, ...]:
    if isinstance(recipe, OrBench):
        return or_bench.stages(recipe)
    return sorry_bench.stages(recipe) if isinstance(recipe, SorryBench) else _unknown(recipe)


def _over_budget(recipe: Recipe, planned: tuple[StagePlan, ...]) -> tuple[str, ...]:
    usd = total(each.usd for each in planned)
    cap = recipe.budget.max_usd if recipe.budget else None
    if usd is None or cap is None or usd <= cap:
        return ()
    return (f"the run would reach its budget of {cap:,.2f} US dollars before its end",)


def _unknown(recipe: Recipe) -> tuple[StagePlan, ...]:
    """The stages of a benchmark that no flow builds yet: named, and without figures."""
    return tuple(StagePlan(key, None, built=False) for key, _ in parts_of(recipe))
