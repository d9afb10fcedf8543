"""Which judge somebody means on a command line."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter, ValidationError

from flows.errors import RecipeError
from flows.recipe.guards import require_fit_guards
from flows.recipe.judges import (
    KEYWORD,
    EnsembleJudge,
    Judge,
    TrainedJudge,
    called,
    judge_references,
)
from flows.recipe.messages import recipe_error
from flows.recipe.names import taxonomy_of
from flows.recipe.reading import read_value
from flows.recipe.schema import Evaluation, OrBench, Recipe
from flows.stages.judges import unknown_judge

TRAINED = "trained:"
"""What stands before the folder of a trained judge."""


def find_judge(recipe: Recipe | None, given: str) -> Judge:
    """The judge that somebody means on a command line.

    Args:
        recipe: Its models and its own judges may be meant; None where there is none.
        given: `keyword`, `trained:FOLDER`, a model's name, the name of one of the recipe's judges,
            or a judge as a recipe writes it: `{kind: llm, model: gpt4o, design: score}`.

    Raises:
        RecipeError: It is none of these.
    """
    if given.lstrip().startswith("{"):
        return _written(recipe, given)
    if given == KEYWORD:
        return given
    if given.startswith(TRAINED) and recipe is not None:
        return TrainedJudge(kind="trained", path=given.removeprefix(TRAINED))
    own = {} if recipe is None else {called(each): each for each in judges_of(recipe)}
    if given in own:
        return own[given]
    if recipe is not None and given in recipe.models:
        return given
    if recipe is None:
        raise RecipeError("a judge that is a model needs a --recipe", given)
    raise RecipeError(unknown_judge(given, (KEYWORD, *own, *recipe.models)), given)


def own_judges(recipe: Recipe) -> tuple[Judge, ...]:
    """The judges that a recipe's parts name."""
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        return (recipe.panel.judge,)
    return recipe.evaluate.judges if isinstance(recipe, Evaluation) else ()


def judges_of(recipe: Recipe) -> tuple[Judge, ...]:
    """The judges that a recipe's parts name, members of ensembles after them."""
    outer = own_judges(recipe)
    inner = [each.judges for each in outer if isinstance(each, EnsembleJudge)]
    return (*outer, *(judge for judges in inner for judge in judges))


def _written(recipe: Recipe | None, given: str) -> Judge:
    if recipe is None:
        raise RecipeError("a judge that is written out needs a --recipe", given[:60])
    try:
        said = read_value(given)
    except RecipeError:
        raise RecipeError("a judge that is written out must be YAML", given[:60]) from None
    try:
        judge: Judge = _adapter().validate_python(said)
    except ValidationError as error:
        raise recipe_error(error, said if isinstance(said, dict) else {}) from None
    require_fit_guards(recipe, taxonomy_of(recipe), judge_references("panel.judge", judge))
    return judge


@cache
def _adapter() -> TypeAdapter[Judge]:
    return TypeAdapter(Judge)
