"""What calls, votes and judgments cost of each model."""

from __future__ import annotations

import math
from collections.abc import Iterator

from inference.prices import price_usd
from inference.types import Usage
from moderators.guards.registry import guard, guards
from moderators.refusal.classifier import CLASSIFIERS
from moderators.refusal.llm import DESIGNS
from pipelines.planning.servers import server_of
from pipelines.planning.sizes import (
    CallSize,
    classifier_call,
    exchange_call,
    guard_call,
    judge_call,
    logprob_call,
    moderation_call,
)
from pipelines.planning.values import ModelCalls
from pipelines.recipe.guards import dialects_of
from pipelines.recipe.judges import (
    KEYWORD,
    ChatJudge,
    ClassifierJudge,
    EnsembleJudge,
    Judge,
)
from pipelines.recipe.moderation import LogprobModerator
from pipelines.recipe.panel import Panel
from pipelines.recipe.schema import OrBench, Recipe
from taxonomy.model import Taxonomy

THIS_MACHINE = "this machine"


def ask(
    recipe: Recipe, model: str, calls: int | None, size: CallSize, max_tokens: int | None = None
) -> ModelCalls:
    """What so many calls of that size cost; the price list is the one that is installed.

    Args:
        recipe: Whose model it is.
        model: Its name in the recipe.
        calls: How many, or None where nobody knows.
        size: Tokens of one of them.
        max_tokens: Longest answer that the stage allows; by default the model's own.
    """
    size = size.capped(max_tokens or recipe.models[model].max_tokens)
    server = server_of(recipe, model)
    each: float | None
    if server is None:
        host, retired, each = THIS_MACHINE, False, 0.0
    else:
        host, retired = server.host, bool(server.retired)
        each = price_usd(server.spec, Usage(size.input, size.output))
    return ModelCalls(
        model=model,
        server=host,
        calls=calls,
        input_tokens=None if calls is None else calls * size.input,
        output_tokens=None if calls is None else calls * size.output,
        usd=None if calls is None or each is None else calls * each,
        retired=retired,
        priced=each is not None,
    )


def is_hosted(recipe: Recipe, model: str) -> bool:
    """Whether a model is somebody else's: their terms and their filters apply."""
    server = server_of(recipe, model)
    return server is not None and server.hosted


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
