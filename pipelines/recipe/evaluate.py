"""An evaluation: data sets x target models x settings, judged."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from base.did_you_mean import did_you_mean, repeated
from pipelines.recipe import base, panel
from pipelines.recipe.judges import KEYWORD, Judge, called, judge_references


class DataSet(base.Part):
    """One table of prompts: a release, any table, or a Hub id."""

    source: base.Text = Field(alias="from")
    """A release folder, a CSV, TSV, JSON, JSON Lines, Parquet or XLSX file, a folder or
    pattern of files with the same columns (`question*.jsonl`), or `hf://owner/name/file`."""
    config: base.Text | None = None
    """The config of a release; by default its first one with rows."""
    column: base.Text = "prompt"
    """The column with the prompts; SORRY-Bench's own files have `turns`, which is found."""
    category_column: base.Text | None = "category"
    """The column with the categories, where there is one."""
    style_column: base.Text = "prompt_style"
    """The column with the prompt styles; without it every prompt is of the style `base`."""
    base_column: base.Text = "question_id"
    """The column that is equal in all variants of one base prompt, where there is one."""
    styles: base.Names | None = None
    """The prompt styles that are asked; by default all that there are."""
    measures: Literal["over_refusal", "rejection", "fulfilment"] | None = None
    """What refusals mean: of safe prompts too much, of toxic ones right, or of unsafe ones whose
    answers are counted. By default as the release says; fulfilment for SORRY-Bench's own files,
    rejection for a file with `toxic` in its name, else over-refusal."""
    taxonomy: base.Text | None = None
    """The taxonomy of its categories; by default the release's, for SORRY-Bench's own files
    `sorry_bench_202503`, else the recipe's."""
    sample: base.Count | None = None
    """Base prompts drawn at random, each in all its styles; by default all."""
    seed: base.Seed = 7
    """Seed of the draw."""
    judges: base.Names | None = Field(default=None, min_length=1)
    """The names of those of `evaluate.judges` that judge its answers, the first one's figures
    first; by default all. SORRY-Bench asks another question than OR-Bench, and its judges too."""


class Setting(base.Part):
    """One way of asking."""

    temperature: base.Temperature = 0.0
    """Sampling temperature."""
    top_p: base.TopP | None = None
    """Nucleus mass; by default the server's own."""
    system: base.Text | None = None
    """A system prompt; by default none."""
    template: base.Text | None = None
    """A chat template's file (Jinja), relative to the recipe or to the working folder, for
    OpenAI-compatible servers that take one with each request (vLLM)."""
    max_tokens: base.Count = 1000
    """Longest answer in tokens."""


class Evaluate(base.Part):
    """What is asked of whom, how, and who judges the answers."""

    title: base.Text | None = None
    """What the leaderboard is called; by default `Evaluation` and the recipe's name."""
    description: base.Text | None = None
    """A sentence or two under the leaderboard's title."""
    data: dict[base.Name, DataSet] = Field(min_length=1)
    """Data sets by name."""
    targets: Annotated[tuple[panel.PanelMember, ...], Field(strict=False, min_length=1)]
    """Names of models, or `{name, model, system, temperature}`; what a target says of itself goes
    before the setting."""
    settings: dict[base.Name, Setting] = Field(default={"default": Setting()}, min_length=1)
    """Settings by name; every target is asked in every one."""
    judges: Annotated[tuple[Judge, ...], Field(strict=False, min_length=1)] = (KEYWORD,)
    """Who tells a refusal; every judge judges every answer, but of data sets that name theirs, and
    the first one's figures are shown first."""
    translator: base.Name | None = None
    """The model that translates answers in the five languages back to English; without it they are
    counted as not decoded, and not judged."""
    scores: base.Text | None = None
    """What `judge-score` wrote of these judges (`judge_scores.json`), relative to the recipe or to
    the working folder: their kappa then stands beside their figures."""
    seed: base.Seed = 7
    """Seed of the bootstrap intervals."""

    @property
    def members(self) -> tuple[panel.Target, ...]:
        """The targets in order, each with the name that its answers carry."""
        return tuple(
            panel.Target(name=each, model=each) if isinstance(each, str) else each
            for each in self.targets
        )

    def judges_of(self, data: str) -> tuple[Judge, ...]:
        """The judges of a data set's answers, in their order there."""
        named = self.data[data].judges
        by_name = {called(each): each for each in self.judges}
        return self.judges if named is None else tuple(by_name[name] for name in named)

    def references(self) -> Iterator[base.Reference]:
        """Targets, judges and the translator."""
        yield from panel.target_references(self.targets)
        for place, judge in enumerate(self.judges):
            yield from judge_references(f"judges.{place}", judge)
        yield from base.models(translator=self.translator)

    @model_validator(mode="after")
    def _each_answers_once(self) -> "Evaluate":
        if again := repeated([each.name for each in self.members]):
            rule = "targets must have names of their own"
            raise PydanticCustomError("twice", rule, {"value": again})
        return self

    @model_validator(mode="after")
    def _each_is_another(self) -> "Evaluate":
        """One model asked in one way under two names would count twice."""
        roles = [(each.model, each.system, each.temperature) for each in self.members]
        for place, role in enumerate(roles):
            if role in roles[:place]:
                raise PydanticCustomError(
                    "same_target",
                    "targets must differ in model, system prompt or temperature",
                    {"value": self.members[place].name},
                )
        return self

    @model_validator(mode="after")
    def _each_judges_once(self) -> "Evaluate":
        if again := repeated([called(each) for each in self.judges]):
            raise PydanticCustomError(
                "twice", "judges must have names of their own (`name`)", {"value": again}
            )
        return self

    @model_validator(mode="after")
    def _data_sets_have_judges_of_these(self) -> "Evaluate":
        names = [called(each) for each in self.judges]
        for data in self.data.values():
            if again := repeated(data.judges or ()):
                rule = "a data set's judges must be listed once each"
                raise PydanticCustomError("twice", rule, {"value": again})
            for name in data.judges or ():
                if name not in names:
                    rule = f"a data set's judges must be among `judges`{did_you_mean(name, names)}"
                    raise PydanticCustomError("judge_of_data", rule, {"value": name})
        asked = {called(each) for data in self.data for each in self.judges_of(data)}
        if idle := [name for name in names if name not in asked]:
            rule = "each of `judges` must judge a data set"
            raise PydanticCustomError("idle_judge", rule, {"value": idle[0]})
        return self
