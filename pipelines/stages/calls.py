"""The calls that writers, votes and judgments make, model by model."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from moderators.guards.registry import guard, guards
from moderators.refusal.classifier import CLASSIFIERS
from moderators.refusal.llm import DESIGNS
from pipelines.recipe.guards import dialects_of
from pipelines.recipe.judges import KEYWORD, ChatJudge, ClassifierJudge, EnsembleJudge, Judge
from pipelines.recipe.moderation import LogprobModerator, asked_model
from pipelines.recipe.schema import OrBench, Recipe
from pipelines.recipe.writer_names import Writer, names_of, shares_of
from pipelines.runner.expected import Assumption, Calls, CallSize
from pipelines.stages import sizes
from pipelines.stages.makers import policy_of
from taxonomy.model import Taxonomy


def writing_calls(
    writer: Writer | None, rows: int | None, size: CallSize, max_tokens: int | None
) -> Iterator[Calls]:
    """What writers are asked about so many rows: of a list the first one alone.

    Args:
        writer: As the recipe has it.
        rows: How many; None where nobody knows.
        size: Tokens of a call.
        max_tokens: The longest answer that the stage allows.
    """
    names, shares = names_of(writer), shares_of(writer)
    if not shares:
        yield from (Calls(name, rows, size, max_tokens) for name in names[:1])
        return
    given, share = 0, 0.0
    for name in names:
        share += shares[name]
        until = None if rows is None else round(rows * share)
        yield Calls(name, None if until is None else until - given, size, max_tokens)
        given = until or 0


def fallback_notes(writer: Writer | None, rows: int | None, tries: int) -> Iterator[Assumption]:
    """What a plan says of writers that are asked where those before them gave too little.

    Args:
        writer: As the recipe has it.
        rows: The rows that are asked about; None where nobody knows.
        tries: How often each is asked about a row.
    """
    names = () if shares_of(writer) else names_of(writer)
    for before, name in pairwise(names):
        most = "" if rows is None else f", up to {rows * tries:,} calls more"
        yield Assumption(f"{name} is asked where {before} refuses or gives too little{most}")


def prompt_votes(recipe: OrBench, taxonomy: Taxonomy, prompts: int | None) -> Iterator[Calls]:
    """What the moderators ask about prompts; offline ones ask nobody."""
    for moderator in recipe.moderate.moderators:
        if (model := asked_model(moderator)) is not None:
            size = sizes.moderation_call(taxonomy, policy_of(recipe))
            vote = _vote(recipe, taxonomy, model, prompts, size, False)
            yield replace(vote, max_tokens=recipe.moderate.limits.get(model))
        elif isinstance(moderator, LogprobModerator):
            yield Calls(moderator.model, prompts, sizes.logprob_call(), 1)


def exchange_votes(recipe: OrBench, taxonomy: Taxonomy, answers: int | None) -> Iterator[Calls]:
    """What the moderators ask about answers; those that are no models take prompts alone."""
    for moderator in recipe.moderate.moderators:
        if (model := asked_model(moderator)) is not None:
            size = sizes.exchange_call(taxonomy, policy_of(recipe))
            vote = _vote(recipe, taxonomy, model, answers, size, True)
            yield replace(vote, max_tokens=recipe.moderate.limits.get(model))


def judge_calls(
    recipe: Recipe, taxonomy: Taxonomy, judge: Judge, answers: int | None
) -> Iterator[Calls]:
    """What one judge asks about so many answers; rules and trained judges ask no chat model."""
    if isinstance(judge, EnsembleJudge):
        for member in judge.judges:
            yield from judge_calls(recipe, taxonomy, member, answers)
    elif isinstance(judge, ChatJudge):
        size = sizes.judge_call(DESIGNS[judge.labels, judge.design])
        yield Calls(judge.model, answers, size, judge.max_tokens)
    elif isinstance(judge, ClassifierJudge):
        yield Calls(judge.model, answers, sizes.classifier_call(judge.kind))
    elif isinstance(judge, str) and judge != KEYWORD:
        kind = CLASSIFIERS.get(dialects_of(recipe).get(judge, ""))
        size = sizes.judge_call() if kind is None else sizes.classifier_call(kind)
        yield _vote(recipe, taxonomy, judge, answers, size, True)


def _vote(
    recipe: Recipe,
    taxonomy: Taxonomy,
    model: str,
    items: int | None,
    size: CallSize,
    answered: bool,
) -> Calls:
    """One verdict of a model on each item; `size` is that of a chat model's."""
    dialect = dialects_of(recipe).get(model, "")
    if dialect not in guards(taxonomy):  # a chat model, or a judge that asks one question
        return Calls(model, items, size)
    questions = sizes.guard_call(guard(dialect, taxonomy), answered)
    sent = math.ceil(sum(each.input for each in questions) / len(questions))
    count = None if items is None else items * len(questions)
    return Calls(model, count, CallSize(sent, questions[0].output))
