"""Calls, tokens and price of a recipe's stages; pure, without a key and without a network."""

from __future__ import annotations

from pipelines.errors import NotBuiltError
from pipelines.planning import or_bench, sorry_bench
from pipelines.planning.shared_models import shared_models
from pipelines.planning.sizes import TOKEN_ERROR
from pipelines.planning.values import Plan, StagePlan, total
from pipelines.recipe.schema import OrBench, Recipe, SorryBench

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


def plan_of(recipe: Recipe, planned: tuple[StagePlan, ...]) -> Plan:
    """A recipe's stages as planned, with what is to be said of them."""
    notes = (*shared_models(recipe), *_over_budget(recipe, planned), *_mode(recipe))
    return Plan(recipe.name, planned, TOKEN_ERROR, notes)


def release_stages(recipe: Recipe) -> tuple[StagePlan, ...]:
    """The stages of a recipe that a release is built from, each with what it asks.

    Raises:
        NotBuiltError: It is of no known benchmark.
    """
    if isinstance(recipe, OrBench):
        return or_bench.stages(recipe)
    if isinstance(recipe, SorryBench):
        return sorry_bench.stages(recipe)
    raise NotBuiltError("a plan takes a recipe of a known benchmark", recipe.benchmark)


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
