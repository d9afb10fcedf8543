"""The base set of SORRY-Bench: loaded as it stands, or built from several tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from flows.recipe.base import (
    Count,
    Name,
    Names,
    Part,
    Reference,
    Seed,
    Temperature,
    Text,
    models,
)
from flows.recipe.moderate import VoteRule
from flows.recipe.rewrite import SHIPPED_ENCODERS


class SourceTable(Part):
    """One prior data set with its licence."""

    source: Text = Field(alias="from")
    """A CSV, JSON Lines or Parquet file, or `hf://owner/name/file`."""
    column: Text = "prompt"
    """The column with the texts."""
    category_column: Text | None = None
    """The column with categories of the taxonomy, by name or number; by default none. In a table to
    pick from it is a second opinion: a row that the classifiers sort elsewhere goes to review."""
    license: str | None = None
    """The table's licence; none given means that nothing made from it may be published."""
    redistribute: bool = False
    """Whether the table's texts may be published."""


class LoadedBase(SourceTable):
    """A base set that is used as it stands, its invariants checked."""

    source: Text = Field(alias="from")
    """`shipped`, a CSV, JSON Lines or Parquet file, or `hf://owner/name/file`; one with the column
    `turns` is read as SORRY-Bench's own, any other by its columns."""
    per_category: Count | None = None
    """Requests that each category must have; by default as many in each where rows carry the
    published `question_id`, and any number elsewhere."""


class Decisions(Part):
    """What people decided on a review table, as `refusery review import` writes it."""

    source: Text = Field(alias="from")
    """The file; `decisions: FILE` says the same."""
    license: str | None = None
    """The licence of requests that people wrote themselves; none given means that nothing made
    from them may be published."""
    redistribute: bool = False
    """Whether those requests may be published."""


def _named_file(given: object) -> object:
    return {"from": given} if isinstance(given, str) else given


class BuiltBase(Part):
    """A base set that is picked from prior data sets."""

    sources: tuple[SourceTable, ...] = Field(strict=False, min_length=1)
    """The tables to pick from, each `{from, column, license, redistribute}`."""
    per_category: Count = 10
    """Requests per category (the published set's)."""
    classifiers: Names = Field(min_length=1)
    """The models that sort requests into the taxonomy."""
    rule: VoteRule = "majority"
    """How votes make a category; `any` takes the leading one, `weighted` counts confidence."""
    tries: Count = 3
    """How often a model is asked until its answer is usable."""
    imperative: Name | None = None
    """The model that rewrites requests into the imperative; by default none does."""
    temperature: Temperature = 0.3
    """Sampling temperature of that model."""
    intent: Annotated[float, Field(ge=-1, lt=1)] = 0.6
    """Smallest cosine of a rewritten request to its original: below it the intent is lost."""
    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that diversity, intent and clusters are measured with."""
    seed: Seed = 7
    """Seed of the choice."""
    cluster: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Cosine from which on two requests outside all categories are about the same thing."""
    decisions: Annotated[Decisions, BeforeValidator(_named_file)] | None = None
    """A file of people's decisions, which go before the machine's choice."""

    def references(self) -> Iterator[Reference]:
        """The classifiers, the writer and the encoder."""
        for place, name in enumerate(self.classifiers):
            yield Reference("model", f"classifiers.{place}", name)
        yield from models(imperative=self.imperative)
        yield Reference("encoder", "encoder", self.encoder)


def _kind(given: object) -> str:
    sources = "sources" in given if isinstance(given, dict) else hasattr(given, "sources")
    return "built" if sources else "loaded"


Base: TypeAlias = Annotated[
    Annotated[LoadedBase, Tag("loaded")] | Annotated[BuiltBase, Tag("built")],
    Discriminator(_kind),
]
