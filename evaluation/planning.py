"""What an evaluation would ask, stage by stage, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from base.errors import RefuseryError
from generators.mutations.styles import GROUPS
from pipelines.planning.model_calls import ask, judge_asks
from pipelines.planning.sizes import CallSize, answer_call, tokens
from pipelines.planning.sources import on_the_hub
from pipelines.planning.values import Finding, StagePlan
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.judges import called
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import Evaluation, Recipe


def evaluate_sources(recipe: Recipe) -> Iterator[Finding]:
    """What is to be said of data sets, of how targets are asked, and of judges."""
    if not isinstance(recipe, Evaluation):
        return
    for name in recipe.evaluate.data:
        yield _data(recipe, name)
    yield from _templates(recipe)
    yield from _judges(recipe)


def _data(recipe: Evaluation, name: str) -> Finding:
    """Whether a data set is there and can be read, and what it is taken to measure."""
    subject = f"evaluate.data.{name}"
    source = recipe.evaluate.data[name].source
    if is_hub_name(source):
        return on_the_hub(subject, source, "dataset")
    from evaluation.data_sets import read_data  # loads the table libraries

    try:
        facts = read_data(recipe, name).facts
    except RefuseryError as error:
        return Finding("problem", subject, str(error))
    measures = facts.measure.replace("_", "-")
    return Finding("ok", subject, f"{facts.source} has {facts.rows:,} prompts, for {measures}")


def _templates(recipe: Evaluation) -> Iterator[Finding]:
    from evaluation.answering import asking

    for name, setting in recipe.evaluate.settings.items():
        if setting.template is None:
            continue
        for target in recipe.evaluate.members:
            subject = f"evaluate.settings.{name}.template"
            try:
                asking(recipe, target, setting)
            except RefuseryError as error:
                yield Finding("problem", subject, str(error))
            else:
                yield Finding("ok", subject, f"{setting.template} is there, for {target.name}")


def _judges(recipe: Evaluation) -> Iterator[Finding]:
    """Judges that cannot be made; models behind the others are looked at by themselves."""
    from pipelines.stages.judges import refusal_judge

    for place, judge in enumerate(recipe.evaluate.judges):
        try:
            refusal_judge(recipe, judge)
        except RefuseryError as error:
            yield Finding("problem", f"evaluate.judges.{place}", str(error))


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
    from evaluation.data_sets import read_data  # loads the table libraries

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
