"""The judges that a command line names: with a recipe, or without for those that need no key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.errors import RecipeError
from flows.recipe import Evaluation, OrBench, Recipe
from flows.recipe.base import repeated
from flows.recipe.judges import KEYWORD, Judge, TrainedJudge, called
from flows.stages.judges import judge_models, refusal_judge, trained_judge
from flows.verbs.judge_choice import find_judge
from inference.models import EncoderSpec
from moderators.refusal.registry import build_judge
from moderators.refusal.types import RefusalJudge

TRAINED = "trained:"
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
        JudgeInvalid: A judge's parts do not go together, or a trained one does not fit.
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
        return TrainedJudge(kind="trained", path=name.removeprefix(TRAINED))
    return find_judge(recipe, name)


def _own(recipe: Recipe | None) -> list[Judge]:
    if isinstance(recipe, Evaluation):
        return list(recipe.evaluate.judges)
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        return [recipe.panel.judge]
    return [KEYWORD]


def _chosen(recipe: Recipe | None, judge: Judge) -> Chosen:
    folder = Path(judge.path).expanduser() if isinstance(judge, TrainedJudge) else None
    if judge == KEYWORD:
        return Chosen(build_judge(KEYWORD), asks=False)
    if recipe is not None:
        return Chosen(refusal_judge(recipe, judge), judge_models(judge), folder=folder)
    if not isinstance(judge, TrainedJudge) or folder is None:
        raise RecipeError("a judge that is a model needs a --recipe", called(judge))
    if not folder.is_dir():
        raise RecipeError("a trained judge must be a folder that is there", folder)
    found = trained_judge(folder, judge.encoder, EncoderSpec(judge.encoder))
    return Chosen(found, folder=folder)
