"""Which recipes are evaluations, and where what one comes to is written."""

from pathlib import Path

from pipelines.errors import NotBuiltError
from pipelines.recipe import Evaluation, Recipe
from pipelines.runner.run_folders import run_key


def results_of(recipe: Evaluation, out: Path) -> Path:
    """Where an evaluation's tables, figures and page are written."""
    return out.resolve() / "evaluations" / run_key(recipe.path, out)


def require_evaluation(recipe: Recipe) -> Evaluation:
    """The recipe, if it is one of an evaluation.

    Raises:
        NotBuiltError: It is one of a data set.
    """
    if not isinstance(recipe, Evaluation):
        raise NotBuiltError("evaluate takes a recipe of evaluation", recipe.benchmark)
    return recipe
