"""Calls, tokens and price of a recipe's stages; pure, without a key and without a network."""

from __future__ import annotations

from flows.errors import NotBuilt
from flows.planning import evaluate, or_bench, sorry_bench
from flows.planning.relatives import relatives
from flows.planning.tokens import TOKEN_ERROR
from flows.planning.values import Plan, StagePlan, total
from flows.recipe.schema import Evaluation, OrBench, Recipe, SorryBench

_MODES = {
    "refresh": (
        "mode refresh: every writer is asked anew, whatever the ledger holds, and what it writes "
        "is held against all earlier releases"
    ),
    "extend": (
        "mode extend: the figures are those of a whole set; what the latest release has is carried "
        "and costs nothing, and only what it lacks is written"
    ),
}


def plan(recipe: Recipe) -> Plan:
    """What a recipe would do if every answer were usable and nothing were dropped.

    Raises:
        SourceError: A file of seeds or base requests is not there, or its categories are not the
            taxonomy's.
        TableUnreadable: Such a file cannot be read.
        ColumnUnusable: Such a file lacks a column.
    """
    planned = _stages(recipe)
    notes = (*relatives(recipe), *_over_budget(recipe, planned), *_mode(recipe))
    return Plan(recipe.name, planned, TOKEN_ERROR, notes)


def _stages(recipe: Recipe) -> tuple[StagePlan, ...]:
    if isinstance(recipe, OrBench):
        return or_bench.stages(recipe)
    if isinstance(recipe, Evaluation):
        return evaluate.stages(recipe)
    if isinstance(recipe, SorryBench):
        return sorry_bench.stages(recipe)
    raise NotBuilt("a plan takes a recipe of a known benchmark", recipe.benchmark)


def _over_budget(recipe: Recipe, planned: tuple[StagePlan, ...]) -> tuple[str, ...]:
    usd = total(each.usd for each in planned)
    cap = recipe.budget.max_usd if recipe.budget else None
    if usd is None or cap is None or usd <= cap:
        return ()
    return (f"the run would reach its budget of {cap:,.2f} US dollars before its end",)


def _mode(recipe: Recipe) -> tuple[str, ...]:
    """What a mode changes; a plan does not look at the releases that there are."""
    mode = recipe.mode if isinstance(recipe, OrBench | SorryBench) else None
    return (_MODES[mode],) if mode is not None else ()
