"""The stages of an evaluation by their names, made from a recipe.

Each stage's fingerprint covers what that stage depends on and nothing else of the recipe: another
target, setting or judge leaves all stages as they are that are not of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from artifacts.evaluation_schemas import JUDGED, JUDGED_DROPPED
from base.digests import Json, digest_of, digests_of, require_digest
from evaluation import answering
from evaluation import order as names
from evaluation.answering import asking
from evaluation.data_sets import DataRows, read_data
from evaluation.order import plain
from inference.types import Item, Program
from moderators.refusal.types import Judgment, RefusalJudge
from pipelines.benchmark import Benchmark
from pipelines.errors import StageUnknownError
from pipelines.recipe import Evaluation
from pipelines.recipe.digest import model_digest
from pipelines.recipe.judges import Judge, called, judge_references
from pipelines.recipe.panel import Target
from pipelines.runner.shards import Layout
from pipelines.runner.stage import AnyStage, Kind, Outcome, Parameters, Row, RowProgram, StageMaker
from pipelines.stages.answers import SIGNAL
from pipelines.stages.decoding import CODED, decoding_part, translators_into_english
from pipelines.stages.identities import Identities
from pipelines.stages.judges import refusal_judge

STAGE_VERSION = 1


@dataclass(frozen=True)
class JudgedStage:
    """Judges each answer that can be read; a server's own signal decides before any judge; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the judge, its models, the target's family, and STAGE_VERSION.
        judge: The judge.
        family: Who trained the model that answered, or None where the recipe does not say.
    """

    name: str
    digest: str
    judge: RefusalJudge
    family: str | None
    kind: Kind = "annotate"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": JUDGED, "dropped": JUDGED_DROPPED}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The verdict on an answer; none on what is missing or could not be read."""
        found: Judgment | None = None
        if row["refusal_kind"] is not None:
            found = Judgment(SIGNAL, "direct_refusal", True, row["refusal_kind"], row["key"] or "")
        elif row["seen"]:
            item = Item(row["row"], row["shown"], row["category"], answer=row["seen"])
            found = yield from self.judge.judge(item, self.family)
        verdict = {
            "judge": found.judge if found else None,
            "label": found.label if found else None,
            "refused": found.refused if found else None,
            "reason": found.reason or None if found else None,
            "key": found.key or None if found else None,
        }
        known = {name: row[name] for name in ("row", "root", "category", "style")}
        return Outcome([{**known, **verdict}])


def stage_maker(recipe: Evaluation, layout: Layout, limit: int | None = None) -> StageMaker:
    """Makes the stages of an evaluation by name.

    Args:
        recipe: What is evaluated.
        layout: Where its files lie.
        limit: Of no meaning here: a data set says itself how many prompts are drawn.
    """
    return _Stages(recipe, layout)


def widest(recipe: Evaluation, limit: int | None = None) -> int:
    """Rows of the largest data set.

    Raises:
        SourceError: A data set is not there or is not what it should be.
    """
    return max(len(read_data(recipe, name).rows) for name in recipe.evaluate.data)


class _Stages:
    """Makes each stage from its name; data sets and judges are read once."""

    def __init__(self, recipe: Evaluation, layout: Layout) -> None:
        self._recipe = recipe
        self._part = recipe.evaluate
        self._identities = Identities(recipe, layout.embeddings)
        self._data: dict[str, DataRows] = {}
        self._judges: dict[str, RefusalJudge] = {}

    def __call__(self, name: str, _given: Parameters) -> AnyStage:
        """The stage of that name."""
        match name.split("."):
            case [names.PROMPTS, data]:
                return self._prompts(name, data)
            case [names.ANSWERS, _, target, setting]:
                return self._answers(name, target, setting)
            case [names.DECODED, _, _, _]:
                return self._decoded(name)
            case [names.JUDGED, _, target, _, judge]:
                return self._judged(name, target, judge)
        raise StageUnknownError("a stage must be one of the evaluation's", name)

    def _prompts(self, name: str, data: str) -> AnyStage:
        if data not in self._data:
            self._data[data] = read_data(self._recipe, data)
        rows = self._data[data].rows
        digest = digest_of(answering.STAGE_VERSION, [list(row.values()) for row in rows])
        return answering.PromptsStage(name, digest, lambda: rows)

    def _answers(self, name: str, target: str, setting: str) -> AnyStage:
        who = self._targets[target]
        task = asking(self._recipe, who, self._part.settings[setting])
        coded: list[Json] = [*CODED]
        made = (require_digest("question", name, task), coded, *self._identity(who.model))
        digest = digest_of(answering.STAGE_VERSION, *made)
        return answering.AnswersStage(name, digest, task)

    def _decoded(self, name: str) -> AnyStage:
        model = self._part.translator
        made = () if model is None else self._identity(model)
        translators = (
            {} if model is None else translators_into_english(model, self._recipe.models[model])
        )
        digest = digest_of(answering.STAGE_VERSION, decoding_part(translators), *made)
        return answering.DecodedStage(name, digest, translators)

    def _judged(self, name: str, target: str, judge: str) -> AnyStage:
        given = self._judges_given[judge]
        if judge not in self._judges:
            self._judges[judge] = refusal_judge(self._recipe, given)
        made = self._judges[judge]
        family = self._recipe.models[self._targets[target].model].family
        asked = sorted({each.name for each in judge_references("", given) if each.kind == "model"})
        behind = [part for each in asked for part in self._identity(each)]
        verdict = (made.name, require_digest("judge", made.name, made), SIGNAL)
        digest = digest_of(STAGE_VERSION, *verdict, family, *behind)
        return JudgedStage(name, digest, made, family)

    def _identity(self, model: str) -> tuple[str, str]:
        """What a model is, and how it is asked."""
        return self._identities.model(model), model_digest(self._recipe, model)

    @cached_property
    def _targets(self) -> dict[str, Target]:
        return {each.name: each for each in self._part.members}

    @cached_property
    def _judges_given(self) -> dict[str, Judge]:
        return {plain(called(each)): each for each in self._part.judges}


def require_digests(recipe: Evaluation) -> None:
    """Refuses a judge without a digest.

    Raises:
        DigestError: One has none; the error names it.
    """
    digests_of("judge", [refusal_judge(recipe, each) for each in recipe.evaluate.judges])


EVALUATION = Benchmark(stage_maker, widest, require_digests)
