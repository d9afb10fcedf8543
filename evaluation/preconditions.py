"""What a recipe of an evaluation must have before anybody is asked."""

from collections.abc import Iterator
from pathlib import Path

from evaluation.answering import asking
from evaluation.data_sets import read_data
from evaluation.facts import scores_of
from pipelines.preconditions.gap import Check, Gap, Gaps
from pipelines.preconditions.release import model_files
from pipelines.recipe import Evaluation
from pipelines.recipe.hub_names import is_hub_name
from pipelines.stages.judges import refusal_judge


def data_sets(recipe: Evaluation, out: Path) -> Iterator[Gap]:
    """Data sets that are not there, lack a column, or hold what cannot be asked."""
    gaps = Gaps()
    for name, part in recipe.evaluate.data.items():
        if not is_hub_name(part.source):
            with gaps.of(f"evaluate.data.{name}"):
                read_data(recipe, name)
    yield from gaps.found


def settings(recipe: Evaluation, out: Path) -> Iterator[Gap]:
    """Chat templates that are not there, or that a target's server does not take."""
    gaps = Gaps()
    for name, setting in recipe.evaluate.settings.items():
        for target in recipe.evaluate.members:
            if setting.template is not None and target.model in recipe.models:
                with gaps.of(f"evaluate.settings.{name}.template"):
                    asking(recipe, target, setting)
    yield from gaps.found


def judges(recipe: Evaluation, out: Path) -> Iterator[Gap]:
    """Judges that cannot be made; models behind the others are looked at by themselves."""
    gaps = Gaps()
    for place, judge in enumerate(recipe.evaluate.judges):
        with gaps.of(f"evaluate.judges.{place}"):
            refusal_judge(recipe, judge)
    yield from gaps.found


def scores(recipe: Evaluation, out: Path) -> Iterator[Gap]:
    """What judges scored against people, where it is named and cannot be read."""
    gaps = Gaps()
    with gaps.of("evaluate.scores"):
        scores_of(recipe)
    yield from gaps.found


CHECKS: tuple[Check[Evaluation], ...] = (model_files, data_sets, settings, judges, scores)
"""What is looked at, in this order."""
