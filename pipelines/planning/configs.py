"""What a recipe is to give: rows that are wanted, and those that a pilot lets expect."""

from pipelines.planning.projection import Projection
from pipelines.planning.values import ConfigPlan
from pipelines.recipe.base_set import LoadedBase
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import OrBench, Runnable, SorryBench


def configs_of(recipe: Runnable, found: Projection | None) -> tuple[ConfigPlan, ...]:
    """Rows of each set of a recipe; nothing of an evaluation, which releases none.

    Args:
        recipe: What is planned.
        found: A pilot of it; without one nobody knows what there will be.
    """
    return tuple(
        ConfigPlan(name, wanted, None if found is None else found.rows_of(name))
        for name, wanted in _wanted(recipe).items()
    )


def _wanted(recipe: Runnable) -> dict[str, int | None]:
    if isinstance(recipe, OrBench):
        each = recipe.rewrite.target
        accepted = None if each is None else each * len(taxonomy_of(recipe).names)
        wanted = {"accepted": accepted}
        if recipe.hard is not None:
            wanted["hard"] = recipe.hard.wanted
        return wanted | {"toxic": None if recipe.toxic is None else recipe.toxic.wanted}
    return _of_styles(recipe) if isinstance(recipe, SorryBench) else {}


def _of_styles(recipe: SorryBench) -> dict[str, int | None]:
    each = recipe.base.per_category
    base = None if each is None else each * len(taxonomy_of(recipe).names)
    if recipe.mutate is None:
        return {} if isinstance(recipe.base, LoadedBase) and base is None else {"base": base}
    styles = len(recipe.mutate.wanted)
    return {"base": base, "mutated": None if base is None else base * styles}
