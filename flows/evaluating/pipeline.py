"""The order of an evaluation: prompts, then all targets at once, then all judges at once."""

from __future__ import annotations

from flows.evaluating.names import Cell, prompts_stage
from flows.recipe import Evaluation
from flows.recipe.judges import called
from flows.runner.run import Run, Step
from flows.stages.decoding import CODED


def cells_of(recipe: Evaluation) -> tuple[Cell, ...]:
    """Every data set, target and setting, in the recipe's order."""
    part = recipe.evaluate
    return tuple(
        Cell(data, target.name, setting)
        for data in part.data
        for target in part.members
        for setting in part.settings
    )


def evaluate(run: Run, recipe: Evaluation) -> dict[Cell, str]:
    """Runs every stage that is not finished.

    Args:
        run: Runs stages.
        recipe: What is evaluated.

    Returns:
        For each data set, target and setting the stage whose answers were judged.
    """
    run.together([Step(prompts_stage(data)) for data in recipe.evaluate.data])
    cells = cells_of(recipe)
    run.together([Step(each.answers, (each.prompts,)) for each in cells])
    coded = {data for data in recipe.evaluate.data if _has_coded(run, data)}
    if coded:
        run.together([Step(each.decoded, (each.answers,)) for each in cells if each.data in coded])
    last = {each: each.decoded if each.data in coded else each.answers for each in cells}
    for judge in recipe.evaluate.judges:
        run.together([Step(each.judged(called(judge)), (last[each],)) for each in cells])
    return last


def _has_coded(run: Run, data: str) -> bool:
    """Whether any prompt is in an encoding or in another language."""
    styles = run.kept(prompts_stage(data), ["style"])["style"]
    return not set(CODED).isdisjoint(styles)
