"""The stages of an evaluation's recipe, each with what it asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.planning.asks import ask
from flows.planning.sizes import CallSize, answer_call
from flows.planning.tokens import tokens
from flows.planning.values import StagePlan
from flows.planning.votes import judge_asks
from flows.recipe.judges import called
from flows.recipe.names import taxonomy_of
from flows.recipe.schema import Evaluation
from flows.sources.hub_names import is_hub_name
from generators.mutations.registry import GROUPS


@dataclass(frozen=True, slots=True)
class _Size:
    """One data set: rows, mean tokens of a prompt, and rows in another language."""

    rows: int | None
    prompt: int
    foreign: int


def stages(recipe: Evaluation) -> tuple[StagePlan, ...]:
    """The stages in the order in which they run: data sets, answers, translations, judgments.

    Raises:
        SourceError: A data set is not there or is not what it should be.
    """
    sizes = {name: _size(recipe, name) for name in recipe.evaluate.data}
    settings = len(recipe.evaluate.settings)
    rows = _sum(each.rows for each in sizes.values())
    each_target = None if rows is None else rows * settings
    answers = None if each_target is None else each_target * len(recipe.evaluate.members)
    return (
        *(StagePlan(f"data.{name}", each.rows, notes=_notes(each)) for name, each in sizes.items()),
        _answers(recipe, sizes, each_target, answers),
        *_decoded(recipe, sizes),
        *_judged(recipe, answers),
    )


def _size(recipe: Evaluation, name: str) -> _Size:
    if is_hub_name(recipe.evaluate.data[name].source):
        return _Size(None, answer_call().input, 0)
    from flows.evaluating.data_sets import read_data  # loads the table libraries

    rows = read_data(recipe, name).rows
    texts = [tokens(row["text"]) for row in rows]
    foreign = sum(GROUPS.get(row["style"]) == "language" for row in rows)
    return _Size(len(rows), round(sum(texts) / len(texts)), foreign)


def _notes(size: _Size) -> tuple[str, ...]:
    return () if size.rows is not None else ("its rows are not known before it is fetched",)


def _answers(
    recipe: Evaluation, sizes: Mapping[str, _Size], calls: int | None, answers: int | None
) -> StagePlan:
    """One call for each row, target and setting."""
    part = recipe.evaluate
    known = [each for each in sizes.values() if each.rows]
    rows = sum(each.rows or 0 for each in known)
    mean = round(sum((each.rows or 0) * each.prompt for each in known) / rows) if rows else 0
    longest = max(each.max_tokens for each in part.settings.values())
    system = max(tokens(each.system or "") for each in part.settings.values())
    plain = answer_call()
    size = CallSize((mean or plain.input) + system, plain.output)
    asks = tuple(ask(recipe, each.model, calls, size, longest) for each in part.members)
    return StagePlan("answers", answers, asks)


def _decoded(recipe: Evaluation, sizes: Mapping[str, _Size]) -> Iterator[StagePlan]:
    """One call for each answer to a prompt in another language."""
    part = recipe.evaluate
    foreign = sum(each.foreign for each in sizes.values())
    calls = foreign * len(part.members) * len(part.settings)
    if not calls:
        return
    if part.translator is None:
        note = "no translator: answers to prompts in other languages will not be judged"
        yield StagePlan("translations", calls, notes=(note,))
        return
    size = answer_call()
    asks = (ask(recipe, part.translator, calls, CallSize(size.output, size.output)),)
    yield StagePlan("translations", calls, asks)


def _judged(recipe: Evaluation, answers: int | None) -> Iterator[StagePlan]:
    """One call for each answer and model of a judge; rules and trained judges ask no model."""
    taxonomy = taxonomy_of(recipe)
    for judge in recipe.evaluate.judges:
        asks = tuple(judge_asks(recipe, taxonomy, judge, answers))
        yield StagePlan(f"judged.{called(judge)}", answers, asks)


def _sum(counts: Iterator[int | None]) -> int | None:
    found = list(counts)
    return None if None in found else sum(each for each in found if each is not None)
