"""Refusal judges as a recipe describes them, made ready to ask."""

from collections.abc import Iterable
from pathlib import Path

from base.did_you_mean import did_you_mean
from base.digests import require_digest
from inference.models import EncoderSpec
from inference.templates import Template
from moderators.guards.moderator import GuardJudge
from moderators.guards.registry import DIALECTS, guard
from moderators.refusal import ensemble
from moderators.refusal.classifier import CLASSIFIERS
from moderators.refusal.llm import given_chat
from moderators.refusal.registry import LLM, build_judge
from moderators.refusal.types import RefusalJudge, RenamedJudge
from pipelines.errors import RecipeError
from pipelines.recipe.guards import marked_guards
from pipelines.recipe.judges import (
    KEYWORD,
    ChatJudge,
    ClassifierJudge,
    EnsembleJudge,
    Judge,
    TrainedJudge,
    judge_references,
)
from pipelines.recipe.models import OpenAIModel
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import Recipe
from pipelines.sources.models import located, to_encoder


def refusal_judge(recipe: Recipe, judge: Judge) -> RefusalJudge:
    """The judge that a recipe names: `keyword`, a model, or one with a kind.

    A model judges in at most as many tokens as its `max_tokens` says, else as its kind needs.

    Raises:
        RecipeError: It is no model of the recipe, a guard that does not speak of refusal, or a
            file of its own is not there.
        JudgeInvalidError: Its parts do not go together.
        TemplateInvalidError: A template of its own lacks a place for prompt or answer.
    """
    if isinstance(judge, str):
        return build_judge(KEYWORD) if judge == KEYWORD else _named(recipe, judge)
    if isinstance(judge, ChatJudge):
        return _chat(recipe, judge)
    if isinstance(judge, ClassifierJudge):
        template = _template(recipe, judge.called, judge.template)
        return _classifier(recipe, judge.kind, judge.model, judge.called, template)
    if isinstance(judge, TrainedJudge):
        return _trained(recipe, judge)
    return _ensemble(recipe, judge)


def trained_judge(folder: Path, encoder: str, spec: EncoderSpec) -> RefusalJudge:
    """The judge in a folder that `judge-train` wrote, held against the encoder that it will ask.

    Args:
        folder: Its folder.
        encoder: The encoder's name, for asking.
        spec: Where that encoder is.

    Raises:
        JudgeInvalidError: The folder is not whole, or the judge was trained with another encoder.
    """
    from inference.encoders import Encoder  # loads numerical libraries, as the next one does
    from moderators.refusal.trained import load_trained

    return load_trained(folder, encoder, Encoder(spec, Path()).identity)


def judge_models(judge: Judge) -> tuple[str, ...]:
    """The models of the recipe that a judge asks, each once; none for one that asks nobody."""
    asked = (each.name for each in judge_references("judge", judge) if each.kind == "model")
    return tuple(dict.fromkeys(asked))


def unknown_judge(given: str, known: Iterable[str]) -> str:
    """The rule that a judge of no known name breaks, with the nearest name."""
    return f"a judge must be {KEYWORD} or a model of the recipe{did_you_mean(given, known)}"


def _named(recipe: Recipe, name: str) -> RefusalJudge:
    if name not in recipe.models:
        raise RecipeError(unknown_judge(name, (KEYWORD, *recipe.models)), name)
    model = recipe.models[name]
    dialect = model.dialect if isinstance(model, OpenAIModel) else None
    if dialect is None:
        return build_judge(LLM, name, max_tokens=model.max_tokens)
    if dialect in CLASSIFIERS:
        return _classifier(recipe, CLASSIFIERS[dialect], name, "", None)
    marked = name in marked_guards(recipe)
    spoken = guard(dialect, taxonomy_of(recipe), marked) if dialect in DIALECTS else None
    if spoken is None or not spoken.tells_refusals:
        raise RecipeError(f"judge {name} must be able to tell refusals", dialect)
    made = GuardJudge(name, spoken, max_tokens=model.max_tokens)
    require_digest("judge", name, made)
    return made


def _chat(recipe: Recipe, judge: ChatJudge) -> RefusalJudge:
    model = recipe.models.get(judge.model)
    if model is None:
        raise RecipeError(unknown_judge(judge.model, (KEYWORD, *recipe.models)), judge.model)
    if isinstance(model, OpenAIModel) and model.dialect is not None:
        rule = f"judge {judge.called} of kind {LLM} must be a chat model, without a dialect"
        raise RecipeError(rule, model.dialect)
    return build_judge(
        LLM,
        judge.model,
        name=judge.called,
        max_tokens=judge.max_tokens or model.max_tokens,
        labels=judge.labels,
        design=judge.design,
        template=_template(recipe, judge.called, judge.template),
    )


def _classifier(
    recipe: Recipe, kind: str, name: str, said: str, template: Template | None
) -> RefusalJudge:
    model = recipe.models.get(name)
    if model is None:
        raise RecipeError(unknown_judge(name, (KEYWORD, *recipe.models)), name)
    dialect = model.dialect if isinstance(model, OpenAIModel) else None
    if dialect is not None and CLASSIFIERS.get(dialect) != kind:
        raise RecipeError(
            f"judge {said or name} of kind {kind} must not have another dialect", dialect
        )
    completion = isinstance(model, OpenAIModel) and model.api == "completions"
    return build_judge(
        kind,
        name,
        name=said,
        max_tokens=model.max_tokens,
        template=template,
        completion=completion,
    )


def _trained(recipe: Recipe, judge: TrainedJudge) -> RefusalJudge:
    folder = _located(recipe, f"path of judge {judge.called}", judge.path)
    found = trained_judge(folder, judge.encoder, to_encoder(recipe, judge.encoder))
    return found if found.name == judge.called else RenamedJudge(judge.called, found)


def _ensemble(recipe: Recipe, judge: EnsembleJudge) -> RefusalJudge:
    members = tuple(refusal_judge(recipe, each) for each in judge.judges)
    return ensemble.EnsembleJudge(judge.called, members, judge.rule, judge.weights)


def _template(recipe: Recipe, called: str, given: str | None) -> Template | None:
    if given is None:
        return None
    whose = f"template of judge {called}"
    return given_chat(_located(recipe, whose, given), whose)


def _located(recipe: Recipe, what: str, given: str) -> Path:
    found = located(recipe.folder, given)
    if found is None:
        raise RecipeError(f"{what} must be there", given)
    return found
