"""The base set of SORRY-Bench: loaded as it stands, or built from several tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field, Tag

from flows.recipe.base import Cosine, Count, Name, Names, Part, Reference, Seed, Text, models
from flows.recipe.moderate import VoteRule
from flows.recipe.rewrite import SHIPPED_ENCODERS


class SourceTable(Part):
    """One prior data set with its licence."""

    source: Text = Field(alias="from")
    """A CSV, JSON Lines or Parquet file, or `hf://repo/file`."""
    column: Text = "prompt"
    """The column with the texts."""
    category_column: Text | None = None
    """The column with the categories, where there is one."""
    license: str | None = None
    """The table's licence; none given means that nothing made from it may be published."""
    redistribute: bool = False
    """Whether the table's texts may be published."""


class LoadedBase(SourceTable):
    """A base set that is used as it stands, its invariants checked."""

    source: Text = Field(alias="from")
    """`shipped`, a CSV, JSON Lines or Parquet file, or `hf://repo/file`."""


class BuiltBase(Part):
    """A base set that is picked from prior data sets."""

    sources: tuple[SourceTable, ...] = Field(strict=False, min_length=1)
    """The tables to pick from, each `{from, column, license, redistribute}`."""
    per_category: Count = 10
    """Requests per category (the published set's)."""
    classifiers: Names = Field(min_length=1)
    """The models that sort requests into the taxonomy."""
    rule: VoteRule = "majority"
    """How their votes make a category."""
    imperative: Name | None = None
    """The model that rewrites requests into the imperative; by default none does."""
    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that repeats and diversity are measured with."""
    threshold: Cosine = 0.92
    """Cosine from which two requests are near repeats."""
    seed: Seed = 7
    """Seed of the choice."""

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
