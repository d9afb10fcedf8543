"""Which judges somebody means on a command line, with a recipe or without."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from base.did_you_mean import repeated
from base.files import LARGEST_RECORD
from base.foreign_text import open_regular, read_json
from inference.models import EncoderSpec
from moderators.refusal.registry import build_judge
from moderators.refusal.types import RefusalJudge
from pipelines.errors import RecipeError
from pipelines.recipe import judges as recipe_judges
from pipelines.recipe.guards import require_fit_guards
from pipelines.recipe.judges import EnsembleJudge, Judge, TrainedJudge
from pipelines.recipe.loading import read_value
from pipelines.recipe.messages import recipe_error
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import Evaluation, OrBench, Recipe
from pipelines.stages.judges import judge_models, refusal_judge, trained_judge, unknown_judge

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
    if given == recipe_judges.KEYWORD:
        return given
    if given.startswith(TRAINED) and recipe is not None:
        return _trained(given)
    own = {} if recipe is None else {recipe_judges.called(each): each for each in judges_of(recipe)}
    if given in own:
        return own[given]
    if recipe is not None and given in recipe.models:
        return given
    if recipe is None:
        raise RecipeError("a judge that is a model needs a --recipe", given)
    raise RecipeError(unknown_judge(given, (recipe_judges.KEYWORD, *own, *recipe.models)), given)


def _trained(given: str) -> TrainedJudge:
    path = given.removeprefix(TRAINED)
    if not path:
        raise RecipeError(f"a trained judge must be given as {TRAINED}FOLDER", given)
    return TrainedJudge(kind="trained", path=path)


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
    require_fit_guards(
        recipe, taxonomy_of(recipe), recipe_judges.judge_references("panel.judge", judge)
    )
    return judge


@cache
def _adapter() -> TypeAdapter[Judge]:
    return TypeAdapter(Judge)


_CLOSES = {"{": 1, "}": -1, "[": 1, "]": -1}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A judge that is to be scored.

    Attributes:
        judge: The judge.
        models: The models of the recipe that it asks.
        asks: Whether it asks a model or an encoder at all.
        folder: Where it lies, if it was trained.
    """

    judge: RefusalJudge
    models: tuple[str, ...] = ()
    asks: bool = True
    folder: Path | None = None


def chosen_judges(recipe: Recipe | None, given: Sequence[str]) -> tuple[Chosen, ...]:
    """The judges that are named, in their order; without a name the recipe's own, or `keyword`.

    Args:
        recipe: Whose models and judges may be meant; None for judges that need no key.
        given: Names with commas between them: `keyword`, `trained:FOLDER`, a model or a judge of
            the recipe, or a judge written out as a recipe has it.

    Raises:
        RecipeError: One is none of these, or two have one name.
        JudgeInvalidError: A judge's parts do not go together, or a trained one does not fit.
    """
    names = [name for each in given for name in listed(each)]
    meant = [_meant(recipe, name) for name in names] or _own(recipe)
    found = tuple(_chosen(recipe, judge) for judge in meant)
    if again := repeated([each.judge.name for each in found]):
        raise RecipeError("judges must have a name each, or be listed once each", again)
    return found


def listed(given: str) -> list[str]:
    """The names in a list; commas inside braces are a judge's own."""
    names, depth, start = [], 0, 0
    for place, sign in enumerate(given):
        depth += _CLOSES.get(sign, 0)
        if sign == "," and depth == 0:
            names.append(given[start:place])
            start = place + 1
    return [name.strip() for name in (*names, given[start:]) if name.strip()]


def _meant(recipe: Recipe | None, name: str) -> Judge:
    if name.startswith(TRAINED):
        return _trained(name)
    return find_judge(recipe, name)


def _own(recipe: Recipe | None) -> list[Judge]:
    if isinstance(recipe, Evaluation):
        return list(recipe.evaluate.judges)
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        return [recipe.panel.judge]
    return [recipe_judges.KEYWORD]


def _chosen(recipe: Recipe | None, judge: Judge) -> Chosen:
    folder = Path(judge.path).expanduser() if isinstance(judge, TrainedJudge) else None
    if judge == recipe_judges.KEYWORD:
        return Chosen(build_judge(recipe_judges.KEYWORD), asks=False)
    if recipe is not None:
        return Chosen(refusal_judge(recipe, judge), judge_models(judge), folder=folder)
    if not isinstance(judge, TrainedJudge) or folder is None:
        raise RecipeError("a judge that is a model needs a --recipe", recipe_judges.called(judge))
    if not folder.is_dir():
        raise RecipeError("a trained judge must be a folder that is there", folder)
    found = trained_judge(folder, judge.encoder, EncoderSpec(judge.encoder))
    return Chosen(found, folder=folder)


CARD = "card.json"


def trained_on(folder: Path | None) -> frozenset[str]:
    """The models whose answers a trained judge was fitted to; empty where no card says so."""
    if folder is None:
        return frozenset()
    try:
        with open_regular(folder / CARD) as file:
            card = read_json(file.read(LARGEST_RECORD))
    except (OSError, ValueError):
        return frozenset()
    models = card.get("models") if isinstance(card, dict) else None
    return frozenset(str(each) for each in models) if isinstance(models, list) else frozenset()
