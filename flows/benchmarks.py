"""What is told apart by benchmark where a run is opened: its stages, and how wide it is."""

from __future__ import annotations

from typing import TypeAlias, TypeGuard

from flows.evaluating import stages as evaluation
from flows.recipe import Evaluation, OrBench, Recipe, SorryBench
from flows.runner.layout import Layout
from flows.runner.stage import StageMaker
from flows.stages import or_bench, sorry_bench

Buildable: TypeAlias = OrBench | SorryBench
"""The recipes that a flow builds a release from."""

Runnable: TypeAlias = Buildable | Evaluation
"""The recipes that have stages."""


def is_buildable(recipe: Recipe) -> TypeGuard[Buildable]:
    """Whether a flow builds a release from such a recipe."""
    return isinstance(recipe, OrBench | SorryBench)


def is_runnable(recipe: Recipe) -> TypeGuard[Runnable]:
    """Whether a run of such a recipe has stages, which a worker may be asked to run."""
    return isinstance(recipe, OrBench | SorryBench | Evaluation)


def stages_of(recipe: Runnable, layout: Layout, limit: int | None = None) -> StageMaker:
    """Makes the stages of a run by name; `limit` takes only so many first rows a category."""
    if isinstance(recipe, OrBench):
        return or_bench.stage_maker(recipe, layout, limit)
    if isinstance(recipe, SorryBench):
        return sorry_bench.stage_maker(recipe, layout, limit)
    return evaluation.stage_maker(recipe, layout)


def widest(recipe: Buildable, limit: int | None = None) -> int:
    """About how many rows the widest stage will have; decides the number of shards."""
    if isinstance(recipe, OrBench):
        return or_bench.widest(recipe, limit)
    return sorry_bench.widest(recipe, limit)
