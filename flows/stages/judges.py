"""Refusal judges as a recipe describes them."""

from __future__ import annotations

from flows.errors import RecipeError
from flows.recipe.base import did_you_mean
from flows.recipe.models import OpenAIModel
from flows.recipe.names import taxonomy_of
from flows.recipe.panel import KEYWORD, ChatJudge, Judge
from flows.recipe.schema import Recipe
from moderators.guards import guards
from moderators.guards.judge import GuardJudge
from moderators.refusal.llm import MAX_TOKENS
from moderators.refusal.registry import LLM, build_judge
from moderators.refusal.types import RefusalJudge


def refusal_judge(recipe: Recipe, judge: Judge) -> RefusalJudge:
    """The judge that a recipe names: `keyword`, a model, or one with a kind.

    A model judges in at most as many tokens as its `max_tokens` says, else in 1,000.

    Raises:
        RecipeError: It is no model of the recipe, or a guard that does not speak of refusal.
        JudgeNotBuilt: The schema knows such a judge, and it is not built yet.
    """
    if isinstance(judge, str):
        return build_judge(KEYWORD) if judge == KEYWORD else _chat(recipe, judge)
    if isinstance(judge, ChatJudge):
        return _chat(recipe, judge.model, judge.labels, judge.design)
    return build_judge(judge.kind)


def judge_model(judge: Judge) -> str | None:
    """The one model of the recipe that a judge asks; None for a judge that asks none."""
    if isinstance(judge, str):
        return None if judge == KEYWORD else judge
    return judge.model if isinstance(judge, ChatJudge) else None


def _chat(recipe: Recipe, name: str, labels: str = "or-bench", design: str = "cot") -> RefusalJudge:
    if name not in recipe.models:
        hint = did_you_mean(name, (KEYWORD, *recipe.models))
        raise RecipeError(f"a judge must be {KEYWORD} or a model of the recipe{hint}", name)
    model = recipe.models[name]
    if isinstance(model, OpenAIModel) and model.dialect is not None:
        return _guard(recipe, name, model)
    return build_judge(
        LLM, name, max_tokens=model.max_tokens or MAX_TOKENS, labels=labels, design=design
    )


def _guard(recipe: Recipe, name: str, model: OpenAIModel) -> RefusalJudge:
    known = guards(taxonomy_of(recipe)).get(str(model.dialect))
    if known is None or not known.tells_refusals:
        raise RecipeError(f"judge {name} must be able to tell refusals", model.dialect)
    return GuardJudge(name, known, max_tokens=model.max_tokens)
