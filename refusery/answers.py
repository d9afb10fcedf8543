"""Lists and frames of answers, and what a refusal judge says of each."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import overload

from base.did_you_mean import did_you_mean
from evaluation.judging.choice import find_judge
from evaluation.judging.verdicts import (
    ANSWERS,
    VERB,
    Exchange,
    added_names,
    exchanges_of,
    judged,
    judged_by_rules,
    with_judgments,
)
from moderators.refusal.types import Judgment
from pipelines.recipe import Recipe
from pipelines.recipe.judges import KEYWORD, Judge
from pipelines.recipe.models import FAMILIES, likely_slip
from pipelines.sources.engine import require_payable
from pipelines.stages.judges import judge_models, refusal_judge
from refusery.inputs import (
    USER_CACHE,
    Cache,
    FrameT,
    InputError,
    Models,
    Rows,
    Settings,
    column_of,
    opened,
    or_bench,
    rows_of,
    texts_of,
    texts_or_none,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of an answer.

    Attributes:
        label: `direct_answer`, `direct_refusal`, `indirect_refusal`, or `unparseable` where the
            judge gave no verdict; None where the answer is missing or empty.
        refused: Whether it is a refusal; None where nobody can say.
        reason: The rule that decided, `missing`, or a judge model's words, which may quote the
            answer.
    """

    label: str | None
    refused: bool | None
    reason: str = field(repr=False)


@overload
def judge(
    prompts: FrameT,
    answers: None = ...,
    *,
    judge: str | Settings = ...,
    models: Models = ...,
    family: str | None = ...,
    column: str = ...,
    answer_column: str | None = ...,
    cache: Cache = ...,
) -> FrameT: ...
@overload
def judge(
    prompts: Iterable[str],
    answers: Iterable[str | None],
    *,
    judge: str | Settings = ...,
    models: Models = ...,
    family: str | None = ...,
    column: str = ...,
    answer_column: str | None = ...,
    cache: Cache = ...,
) -> list[Verdict]: ...
def judge(
    prompts: FrameT | Iterable[str],
    answers: Iterable[str | None] | None = None,
    *,
    judge: str | Settings = KEYWORD,
    models: Models = None,
    family: str | None = None,
    column: str = "prompt",
    answer_column: str | None = None,
    cache: Cache = USER_CACHE,
) -> FrameT | list[Verdict]:
    """Tells refusals from answers; refusals are positive.

    The keyword judge asks no model: a documented list of rules, which agrees with people at a kappa
    of 0.89 on XSTest's answers. A missing answer is never a refusal.

    Args:
        prompts: Prompts, or a frame that holds them in `column`.
        answers: The answer to each prompt, None for one that is missing; a frame has its own.
        judge: `keyword`, one of `models` by name (asked as in OR-Bench, appendix P), a judge as in
            a recipe (`{"kind": "llm", "model": "gpt4o", "design": "score"}`), or `trained:FOLDER`.
        models: Models by name with their settings as in a recipe, or a recipe, with its judges.
        family: Who trained the models that answered (`gpt`, `llama`, ...), for rules that differ.
        column: A frame's column with the prompts.
        answer_column: A frame's column with the answers; by default `answer`, `response` or
            `completion`, whichever is there first.
        cache: A folder for replies and vectors; None keeps nothing.

    Returns:
        A `Verdict` for each answer; or the frame with `label`, `refused` and `reason`, which begin
        with `judge_` where it has one of these already.

    Raises:
        InputError: A list is none of texts, lists differ in length, or the family is unknown.
        ColumnUnusableError: The frame lacks a column, or it holds no texts.
        RecipeError: The judge is unknown, or a model's settings are not as a recipe has them.
        KeyMissingError: A model's key is not in the environment.
        VotesMissingError: The judge could not be asked; what was answered is kept.

    Example:
        >>> import refusery
        >>> refusery.judge(["Name a river."], ["I'm sorry, but I can't help with that."])
        [Verdict(label='direct_refusal', refused=True)]
    """
    judging = _judging(judge, models, family, cache)
    rows = rows_of(prompts)
    if rows is None:
        return judging.pairs(_pairs(prompts, answers))
    if answers is not None:
        raise InputError("answers must not be given with a frame, which has its own", "some")
    return judging.rows(rows, column, answer_column)


@dataclass(frozen=True, slots=True)
class _Judging:
    """By whom answers are judged."""

    recipe: Recipe
    judge: Judge
    family: str | None
    cache: Cache

    def pairs(self, pairs: Sequence[tuple[str, str | None]]) -> list[Verdict]:
        """Verdicts on prompts and answers."""
        exchanges = [Exchange(*pair, family=self.family) for pair in pairs]
        return [_verdict(each) for each in self._judged(exchanges)]

    def rows(self, rows: Rows[FrameT], column: str, answer_column: str | None) -> FrameT:
        """A frame with the verdicts on its rows."""
        column_of(rows, column)
        frame = rows.polars(column, "model", *([answer_column] if answer_column else ANSWERS))
        added_names(frame)  # said before anybody is asked
        exchanges, _ = exchanges_of(frame, column, answer_column, None, self.family, self.recipe)
        judgments = self._judged(exchanges)
        return rows.added(with_judgments(frame, judgments).drop(frame.columns))

    def _judged(self, exchanges: Sequence[Exchange]) -> list[Judgment | None]:
        if self.judge == KEYWORD:
            return judged_by_rules(exchanges)
        who = refusal_judge(self.recipe, self.judge)
        require_payable(self.recipe, judge_models(self.judge))
        with opened(self.recipe, self.cache, VERB) as engine:
            return judged(engine, self.recipe, who, exchanges)


def _judging(judge: str | Settings, models: Models, family: str | None, cache: Cache) -> _Judging:
    if likely_slip(family) is not None:
        raise InputError(f"family must be known{did_you_mean(family, FAMILIES)}", family)
    recipe = models if isinstance(models, Recipe) else or_bench(models or {})
    named = judge if isinstance(judge, str) else json.dumps(dict(judge))
    return _Judging(recipe, find_judge(recipe, named), family, cache)


def _pairs(prompts: object, answers: object) -> list[tuple[str, str | None]]:
    given = texts_of(prompts, "prompts")
    if answers is None:
        raise InputError("answers must be given with a list of prompts", "none")
    said = texts_or_none(answers, "answers")
    if len(given) != len(said):
        rule = "answers must be as many as prompts"
        raise InputError(rule, f"{len(said)} answers, {len(given)} prompts")
    return list(zip(given, said, strict=True))


def _verdict(judgment: Judgment | None) -> Verdict:
    if judgment is None:
        return Verdict(None, None, "missing")
    return Verdict(judgment.label, judgment.refused, judgment.reason)
