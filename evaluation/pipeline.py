"""An evaluation, stage by stage: prompts, answers, answers decoded, verdicts of each judge.

Each stage's fingerprint covers what that stage depends on and nothing else of the recipe: another
target, setting or judge leaves all stages as they are that are not of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from artifacts import evaluation_schemas as schemas
from artifacts.records import StageName
from artifacts.schemas import kept_and_dropped
from base.digests import Json, digests_of, require_digest
from evaluation import answering
from evaluation.answering import SettingTask, asking
from evaluation.data_sets import DataRows, read_data
from evaluation.preconditions import CHECKS
from evaluation.progress import Grouped
from evaluation.sizes import EvaluationSize
from generators.mutations.translation import BackTranslator
from moderators.refusal.types import RefusalJudge
from pipelines.benchmark import Benchmark
from pipelines.recipe import Evaluation
from pipelines.recipe.digest import model_digest
from pipelines.recipe.judges import Judge, called, judge_references
from pipelines.recipe.panel import Target
from pipelines.runner.draw import Drawn
from pipelines.runner.pipeline import Pipeline, Step, Together
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout, Sharding
from pipelines.runner.stage import EachRow, Round, Stage, Tables, latest
from pipelines.stages.answers import SIGNAL, judged_row
from pipelines.stages.decoding import CODED, decoding_part, translators_into_english
from pipelines.stages.identities import Identities
from pipelines.stages.judges import refusal_judge
from pipelines.stages.source import frame_from

_ODD = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One data set put to one target in one setting.

    Attributes:
        data: The data set's name.
        target: The target's name.
        setting: The setting's name.
    """

    data: str
    target: str
    setting: str

    @property
    def prompts(self) -> StageName:
        """The stage with the data set's prompts."""
        return StageName("prompts", data=self.data)

    @property
    def answers(self) -> StageName:
        """The stage with the answers as they came."""
        return self._stage("answers")

    @property
    def decoded(self) -> StageName:
        """The stage with the answers in plain English."""
        return self._stage("decoded")

    def judged(self, judge: str) -> StageName:
        """The stage with a judge's verdicts."""
        return self._stage("judged", plain(judge))

    def _stage(self, stage: str, judge: str | None = None) -> StageName:
        return StageName(
            stage, data=self.data, target=self.target, setting=self.setting, judge=judge
        )


def plain(name: str) -> str:
    """A judge's name as it stands in the name of a folder."""
    return _ODD.sub("-", name) or "-"


def cells_of(recipe: Evaluation) -> tuple[Cell, ...]:
    """Every data set, target and setting, in the recipe's order."""
    part = recipe.evaluate
    return tuple(
        Cell(data, target.name, setting)
        for data in part.data
        for target in part.members
        for setting in part.settings
    )


def pipeline(recipe: Evaluation, layout: Layout, limit: int | None = None) -> Pipeline:
    """The stages of a recipe.

    Args:
        recipe: What is evaluated.
        layout: Where its files lie.
        limit: Of no meaning here: a data set says itself how many prompts are drawn.
    """
    return Pipeline(tuple(_steps(_Parts(recipe, layout))))


def _steps(of: "_Parts") -> Iterator[Step]:
    recipe, cells = of.recipe, cells_of(of.recipe)
    yield Together(tuple(_prompts_stage(of, data) for data in recipe.evaluate.data))
    yield Together(tuple(_answers_stage(of, cell) for cell in cells))
    decoded = tuple(_decoded_stage(of, cell) for cell in cells)
    yield Together(decoded, only=_has_coded, foreseen=of.is_coded)
    for judge in recipe.evaluate.judges:
        judged = {data for data in recipe.evaluate.data if judge in recipe.evaluate.judges_of(data)}
        yield Together(
            tuple(_judged_stage(of, cell, judge) for cell in cells if cell.data in judged)
        )


class _Parts:
    """A recipe, opened: data sets and judges are read once, and when needed."""

    def __init__(self, recipe: Evaluation, layout: Layout) -> None:
        self.recipe = recipe
        self.size = EvaluationSize(recipe)
        self._identities = Identities(recipe, layout.embeddings)
        self._data: dict[str, DataRows] = {}
        self._judges: dict[str, RefusalJudge] = {}

    def rows(self, data: str) -> DataRows:
        """A data set."""
        if data not in self._data:
            self._data[data] = read_data(self.recipe, data)
        return self._data[data]

    def is_coded(self, stage: Stage) -> bool:
        """Whether a plan expects a stage's data set to have prompts in code."""
        return stage.name.data is not None and self.size.is_coded(stage.name.data)

    def identity(self, model: str) -> tuple[str, str]:
        """What a model is, and how it is asked."""
        return self._identities.model(model), model_digest(self.recipe, model)

    def judge(self, given: Judge) -> RefusalJudge:
        """A judge."""
        name = called(given)
        if name not in self._judges:
            self._judges[name] = refusal_judge(self.recipe, given)
        return self._judges[name]

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The models that are asked, by name."""
        return {each.name: each for each in self.recipe.evaluate.members}

    @cached_property
    def translators(self) -> dict[str, BackTranslator]:
        """Who translates into English, by language style."""
        model = self.recipe.evaluate.translator
        return {} if model is None else translators_into_english(model, self.recipe.models[model])


def _prompts_stage(of: _Parts, data: str) -> Stage:
    """The prompts of a data set."""
    return Stage(
        name=StageName("prompts", data=data),
        kind="select",
        whole=True,
        tables=kept_and_dropped(schemas.PROMPTS),
        version=answering.VERSION,
        covers=lambda round_: ([list(row.values()) for row in of.rows(data).rows],),
        work=lambda round_: lambda rows: {"kept": frame_from(of.rows(data).rows, schemas.PROMPTS)},
        expects=lambda rows: of.size.prompts(data),
    )


def _answers_stage(of: _Parts, cell: Cell) -> Stage:
    """Each prompt put to one target in one setting, once."""
    target = of.targets[cell.target]

    def task() -> SettingTask:
        return asking(of.recipe, target, of.recipe.evaluate.settings[cell.setting])

    return Stage(
        name=cell.answers,
        kind="annotate",
        tables=kept_and_dropped(schemas.ANSWERED),
        version=answering.VERSION,
        inputs=(latest(cell.prompts),),
        covers=lambda round_: (
            *(require_digest("question", str(cell.answers), task()), [*CODED]),
            *of.identity(target.model),
        ),
        work=lambda round_: EachRow.of(partial(answering.answered, task())),
        expects=partial(of.size.answers, target),
    )


def _decoded_stage(of: _Parts, cell: Cell) -> Stage:
    """Answers to prompts in code, put back into plain English."""
    model = of.recipe.evaluate.translator

    return Stage(
        name=cell.decoded,
        kind="annotate",
        tables=kept_and_dropped(schemas.ANSWERED),
        version=answering.VERSION,
        inputs=(latest(cell.answers),),
        covers=lambda round_: (
            decoding_part(of.translators),
            *(() if model is None else of.identity(model)),
        ),
        work=lambda round_: EachRow.of(partial(answering.decoded, of.translators)),
        expects=partial(of.size.decoded, cell.data),
    )


def _judged_stage(of: _Parts, cell: Cell, given: Judge) -> Stage:
    """A judge's verdict on each answer that can be read."""
    family = of.recipe.models[of.targets[cell.target].model].family

    def covers(round_: Round) -> tuple[Json, ...]:
        made = of.judge(given)
        asked = sorted({each.name for each in judge_references("", given) if each.kind == "model"})
        behind = [part for each in asked for part in of.identity(each)]
        return (made.name, require_digest("judge", made.name, made), SIGNAL, family, *behind)

    return Stage(
        name=cell.judged(called(given)),
        kind="annotate",
        tables=kept_and_dropped(schemas.JUDGED),
        version=1,
        inputs=(latest(cell.answers, cell.decoded),),
        covers=covers,
        work=lambda round_: EachRow.of(partial(judged_row, of.judge(given), family)),
        expects=partial(of.size.judged, given),
    )


def _has_coded(tables: Tables, stage: Stage) -> bool:
    """Whether any prompt of a stage's data set is in an encoding or in another language."""
    styles = tables.kept(StageName("prompts", data=stage.name.data), ["style"])["style"]
    return not set(CODED).isdisjoint(styles)


def seen_by_judges(run: Run, recipe: Evaluation) -> dict[Cell, StageName]:
    """For each data set, target and setting of a finished run the stage that was judged."""
    ran = {result.name for result in run.results}
    return {
        each: each.decoded if each.decoded in ran else each.answers for each in cells_of(recipe)
    }


def widest(recipe: Evaluation, limit: int | None = None) -> int:
    """Rows of the largest data set.

    Raises:
        SourceError: A data set is not there or is not what it should be.
    """
    return max(len(read_data(recipe, name).rows) for name in recipe.evaluate.data)


def require_ready(recipe: Evaluation) -> None:
    """Refuses, before the first call, a recipe whose calls could not be made or judged.

    Raises:
        RecipeError: A chat template or a judge's file is not there, or does not fit.
        TrainedJudgeUnusableError: A trained judge's folder is not whole, or has another encoder.
        DigestError: A judge has no digest; the error names it.
    """
    for target in recipe.evaluate.members:
        for setting in recipe.evaluate.settings.values():
            asking(recipe, target, setting)
    digests_of("judge", [refusal_judge(recipe, each) for each in recipe.evaluate.judges])


def drawn(recipe: Evaluation) -> tuple[Drawn, ...]:
    """What a pilot draws: prompts of each data set."""
    return tuple(
        Drawn(StageName("prompts", data=data), by_row=True) for data in recipe.evaluate.data
    )


EVALUATION_RUN = Benchmark(
    pipeline,
    widest,
    require_ready,
    sharding=Sharding(rows=2000, most=64),  # few, since every model has a stage of its own
    shown=Grouped,
    drawn=drawn,
    checks=CHECKS,
)
