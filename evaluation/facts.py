"""Who was asked, how, and who judged: what an evaluation's figures rest on."""

from pathlib import PurePath

from pydantic import TypeAdapter

from artifacts.evaluation_facts import JudgeFacts, SettingFacts, TargetModel
from artifacts.judge_score_facts import JudgeScore, JudgeScores
from artifacts.published_recipe import model_name, without_addresses
from base.files import read_json
from moderators.refusal.classifier import CLASSIFIERS
from pipelines.errors import RecipeError
from pipelines.recipe import Evaluation, evaluate, judges
from pipelines.recipe.models import OpenAIModel
from pipelines.sources.models import located
from pipelines.stages.identities import Identities
from pipelines.stages.judges import judge_models

_SCORES = TypeAdapter(JudgeScores)


def target_facts(recipe: Evaluation, identities: Identities) -> tuple[TargetModel, ...]:
    """The targets, in the recipe's order."""
    return tuple(
        TargetModel(
            each.name,
            model_name(recipe.models[each.model].model),
            model_name(identities.model(each.model)),
            recipe.models[each.model].family,
        )
        for each in recipe.evaluate.members
    )


def setting_facts(recipe: Evaluation) -> tuple[SettingFacts, ...]:
    """The settings, in the recipe's order."""
    return tuple(_setting(name, each) for name, each in recipe.evaluate.settings.items())


def _setting(name: str, given: evaluate.Setting) -> SettingFacts:
    template = None if given.template is None else PurePath(given.template).name
    system = None if given.system is None else without_addresses(given.system)
    return SettingFacts(name, given.temperature, system, template, given.max_tokens)


def judge_facts(recipe: Evaluation) -> tuple[JudgeFacts, ...]:
    """The judges, in the recipe's order, with their agreement with people where it is known.

    It is known from the recipe's `scores` alone: what a trained judge's card says is of answers
    like those that it was trained on.

    Raises:
        RecipeError: The file of the scores is not there.
        RecordUnreadableError: It is no such file.
    """
    measured = {score.judge: score for score in scores_of(recipe)}
    return tuple(
        _judge(recipe, each, measured.get(judges.called(each))) for each in recipe.evaluate.judges
    )


def _judge(recipe: Evaluation, judge: judges.Judge, measured: JudgeScore | None) -> JudgeFacts:
    asked = [model_name(recipe.models[name].model) for name in judge_models(judge)]
    models = ", ".join(asked) or None
    kappa, rows = (None, 0) if measured is None else (measured.kappa, measured.verdicts)
    return JudgeFacts(judges.called(judge), _kind(recipe, judge), models, kappa, rows)


def _kind(recipe: Evaluation, judge: judges.Judge) -> str:
    if not isinstance(judge, str):
        return judge.kind
    if judge == judges.KEYWORD:
        return judges.KEYWORD
    model = recipe.models[judge]
    dialect = model.dialect if isinstance(model, OpenAIModel) else None
    return "llm" if dialect is None else CLASSIFIERS.get(dialect, "guard")


def scores_of(recipe: Evaluation) -> tuple[JudgeScore, ...]:
    """What `evaluate.scores` says of judges; nothing where the recipe names no such file.

    Raises:
        RecipeError: There is no such file.
        RecordUnreadableError: It is not what `judge-score` wrote.
    """
    given = recipe.evaluate.scores
    if given is None:
        return ()
    path = located(recipe.folder, given)
    if path is None:
        raise RecipeError("evaluate.scores must be a file that is there", given)
    found = read_json(path, _SCORES)
    return tuple(each for each in found.scores if each.part == "all" and each.model is None)
