"""What votes and judgments ask: a chat model once, a guard as often as its dialect does."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.planning.asks import ask
from flows.planning.sizes import (
    CallSize,
    classifier_call,
    exchange_call,
    guard_call,
    judge_call,
    logprob_call,
    moderation_call,
)
from flows.planning.values import ModelCalls
from flows.recipe.guards import dialects_of
from flows.recipe.judges import (
    CLASSIFIERS,
    KEYWORD,
    ChatJudge,
    ClassifierJudge,
    EnsembleJudge,
    Judge,
)
from flows.recipe.moderate import LogprobModerator
from flows.recipe.panel import Panel
from flows.recipe.schema import OrBench, Recipe
from moderators.guards import guard, guards
from moderators.refusal.designs import DESIGNS
from taxonomy.model import Taxonomy


def prompt_votes(recipe: OrBench, taxonomy: Taxonomy, prompts: int | None) -> Iterator[ModelCalls]:
    """What the moderators ask about prompts; offline ones ask nobody."""
    for moderator in recipe.moderate.moderators:
        if isinstance(moderator, str):
            yield _vote(recipe, taxonomy, moderator, prompts, moderation_call(taxonomy), False)
        elif isinstance(moderator, LogprobModerator):
            yield ask(recipe, moderator.model, prompts, logprob_call(), 1)


def exchange_votes(
    recipe: OrBench, taxonomy: Taxonomy, answers: int | None
) -> Iterator[ModelCalls]:
    """What the moderators ask about answers; those that are no models take prompts alone."""
    for moderator in recipe.moderate.moderators:
        if isinstance(moderator, str):
            yield _vote(recipe, taxonomy, moderator, answers, exchange_call(taxonomy), True)


def judgments(
    recipe: OrBench, taxonomy: Taxonomy, panel: Panel, answers: int | None
) -> Iterator[ModelCalls]:
    """What the judges ask about the panel's answers; keyword rules ask nobody."""
    yield from judge_asks(recipe, taxonomy, panel.judge, answers)


def judge_asks(
    recipe: Recipe, taxonomy: Taxonomy, judge: Judge, answers: int | None
) -> Iterator[ModelCalls]:
    """What one judge asks about so many answers; rules and trained judges ask no chat model."""
    if isinstance(judge, EnsembleJudge):
        for member in judge.judges:
            yield from judge_asks(recipe, taxonomy, member, answers)
    elif isinstance(judge, ChatJudge):
        size = judge_call(DESIGNS[judge.labels, judge.design])
        yield ask(recipe, judge.model, answers, size)
    elif isinstance(judge, ClassifierJudge):
        yield ask(recipe, judge.model, answers, classifier_call(judge.kind))
    elif isinstance(judge, str) and judge != KEYWORD:
        kind = CLASSIFIERS.get(dialects_of(recipe).get(judge, ""))
        size = judge_call() if kind is None else classifier_call(kind)
        yield _vote(recipe, taxonomy, judge, answers, size, True)


def _vote(
    recipe: Recipe,
    taxonomy: Taxonomy,
    model: str,
    items: int | None,
    size: CallSize,
    answered: bool,
) -> ModelCalls:
    """One verdict of a model on each item; `size` is that of a chat model's."""
    dialect = dialects_of(recipe).get(model, "")
    if dialect not in guards(taxonomy):  # a chat model, or a judge that asks one question
        return ask(recipe, model, items, size)
    sizes = guard_call(guard(dialect, taxonomy), answered)
    mean = CallSize(math.ceil(sum(each.input for each in sizes) / len(sizes)), sizes[0].output)
    return ask(recipe, model, None if items is None else items * len(sizes), mean)
