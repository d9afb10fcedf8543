"""What the schema knows and no flow does yet: shown by `plan`, refused by `build`."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import NotBuilt
from flows.recipe.schema import Evaluation, OrBench, Recipe, SorryBench


def not_built(recipe: Recipe) -> tuple[str, ...]:
    """What of the recipe no flow does yet, by its keys, in the order of the pipeline."""
    return tuple(_not_built(recipe))


def require_built(recipe: Recipe) -> None:
    """Refuses a recipe that asks for something that is not built.

    Raises:
        NotBuilt: It does; the value lists the keys.
    """
    if missing := not_built(recipe):
        raise NotBuilt("recipe must use only what is built so far", ", ".join(missing))


def _not_built(recipe: Recipe) -> Iterator[str]:
    if not isinstance(recipe, OrBench | SorryBench | Evaluation):
        yield recipe.benchmark
