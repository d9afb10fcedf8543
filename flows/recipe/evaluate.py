"""An evaluation: data sets x target models x settings, judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from flows.recipe.base import Count, Name, Part, Reference, Seed, Temperature, Text, TopP, models
from flows.recipe.panel import KEYWORD, Judge, PanelMember, judge_references, target_references


class DataSet(Part):
    """One table of prompts: a release, any table, or a Hub id."""

    source: Text = Field(alias="from")
    """A release folder, a CSV, JSON Lines or Parquet file, or `hf://owner/name/file`."""
    column: Text = "prompt"
    """The column with the prompts."""
    category_column: Text | None = "category"
    """The column with the categories, where there is one."""
    sample: Count | None = None
    """Rows drawn at random; by default all."""
    seed: Seed = 7
    """Seed of the draw."""


class Setting(Part):
    """One way of asking."""

    temperature: Temperature = 0.0
    """Sampling temperature."""
    top_p: TopP | None = None
    """Nucleus mass; by default the server's own."""
    system: Text | None = None
    """A system prompt; by default none."""
    template: Text | None = None
    """A chat template's file, for servers that take one."""
    max_tokens: Count = 1000
    """Longest answer in tokens."""


class Evaluate(Part):
    """What is asked of whom, how, and who judges the answers."""

    data: dict[Name, DataSet] = Field(min_length=1)
    """Data sets by name."""
    targets: Annotated[tuple[PanelMember, ...], Field(strict=False, min_length=1)]
    """Names of models, or `{name, model, system}`."""
    settings: dict[Name, Setting] = Field(default={"default": Setting()}, min_length=1)
    """Settings by name; every target is asked in every one."""
    judges: Annotated[tuple[Judge, ...], Field(strict=False, min_length=1)] = (KEYWORD,)
    """Who tells a refusal; every judge judges every answer."""
    translator: Name | None = None
    """The model that translates answers in the five languages back to English."""

    def references(self) -> Iterator[Reference]:
        """Targets, judges and the translator."""
        yield from target_references(self.targets)
        for place, judge in enumerate(self.judges):
            yield from judge_references(f"judges.{place}", judge)
        yield from models(translator=self.translator)
