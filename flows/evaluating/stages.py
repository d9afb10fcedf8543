"""The stages of an evaluation by their names, made from a recipe.

Each stage's fingerprint covers what that stage depends on and nothing else of the recipe: another
target, setting or judge leaves all stages standing that are not of it.
"""

from __future__ import annotations

from functools import cached_property

from base.digests import Json, digest_of, require_digest
from flows.errors import StageUnknown
from flows.evaluating import answering, judging, names
from flows.evaluating.asking import asking
from flows.evaluating.data_sets import DataRows, read_data
from flows.evaluating.names import plain
from flows.recipe import Evaluation
from flows.recipe.digest import model_digest
from flows.recipe.judges import Judge, called, judge_references
from flows.recipe.panel import Target
from flows.runner.layout import Layout
from flows.runner.stage import AnyStage, Parameters, StageMaker
from flows.stages.answers import SIGNAL
from flows.stages.decoding import CODED, decoding_part, translators_into_english
from flows.stages.identities import Identities
from flows.stages.judges import refusal_judge
from moderators.refusal.types import RefusalJudge


def stage_maker(recipe: Evaluation, layout: Layout) -> StageMaker:
    """Makes the stages of an evaluation by name.

    Args:
        recipe: What is evaluated.
        layout: Where its files lie.
    """
    return _Stages(recipe, layout)


def widest(recipe: Evaluation) -> int:
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
        raise StageUnknown("a stage must be one of the evaluation's", name)

    def _prompts(self, name: str, data: str) -> AnyStage:
        if data not in self._data:
            self._data[data] = read_data(self._recipe, data)
        rows = self._data[data].rows
        digest = digest_of(answering.STAGE_VERSION, [list(row.values()) for row in rows])
        return answering.PromptsStage(name, digest, lambda: rows)

    def _answers(self, name: str, target: str, setting: str) -> AnyStage:
        who = self._targets[target]
        atom = asking(self._recipe, who, self._part.settings[setting])
        coded: list[Json] = [*CODED]
        made = (require_digest("question", name, atom), coded, *self._identity(who.model))
        digest = digest_of(answering.STAGE_VERSION, *made)
        return answering.AnswersStage(name, digest, atom)

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
        digest = digest_of(judging.STAGE_VERSION, *verdict, family, *behind)
        return judging.JudgedStage(name, digest, made, family)

    def _identity(self, model: str) -> tuple[str, str]:
        """What a model is, and how it is asked."""
        return self._identities.model(model), model_digest(self._recipe, model)

    @cached_property
    def _targets(self) -> dict[str, Target]:
        return {each.name: each for each in self._part.members}

    @cached_property
    def _judges_given(self) -> dict[str, Judge]:
        return {plain(called(each)): each for each in self._part.judges}
