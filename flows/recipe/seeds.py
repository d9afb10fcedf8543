"""The seeds of an over-refusal set: written by a model, shipped, or somebody's own table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from flows.recipe.base import Count, Name, Part, Reference, Temperature, Text, TopP, models


class WrittenSeeds(Part):
    """Seeds that a writer is asked for, category by category (paper section 3.2.1)."""

    source: Literal["llm"] = Field(alias="from")
    """`llm`, `shipped`, a CSV, JSON Lines or Parquet file, or `hf://owner/name/file`."""
    writer: Name
    """The model that writes them."""
    per_category: Count = 2000
    """Seeds wanted per category (paper section 3.2.1)."""
    per_call: Count = 20
    """Seeds asked for in one call: 50 repeat each other, fewer cost more calls (section 3.2.1)."""
    temperature: Temperature = 1.0
    """Sampling temperature (the authors' code)."""
    top_p: TopP | None = None
    """Nucleus mass; by default the server's own."""
    max_tokens: Count | None = None
    """Longest answer in tokens; by default the model's or the server's own."""
    tries: Count = 3
    """How often one call is made until its answer is usable."""
    max_rounds: Count = 3
    """Rounds after which a category that is not full is reported as run dry."""
    license: str = "cc-by-4.0"
    """The licence that the written texts are given under; mind the writer's own terms."""
    redistribute: bool = True
    """Whether the texts may be published."""

    def references(self) -> Iterator[Reference]:
        """The writer."""
        yield from models(writer=self.writer)


class ShippedSeeds(Part):
    """The seeds that come with the taxonomy: few, mild, free to use."""

    source: Literal["shipped"] = Field(alias="from")
    """`llm`, `shipped`, a CSV, JSON Lines or Parquet file, or `hf://owner/name/file`."""
    per_category: Count | None = None
    """Use only the first so many of each category; by default all."""


class ImportedSeeds(Part):
    """Seeds from a table of one's own, or from the Hub."""

    source: Text = Field(alias="from")
    """`llm`, `shipped`, a CSV, JSON Lines or Parquet file, or `hf://owner/name/file`."""
    column: Text = "prompt"
    """The column with the texts."""
    category_column: Text = "category"
    """The column with the categories."""
    category: Text | None = None
    """One category for every row, in place of a column."""
    license: str | None = None
    """The table's licence; none given means that nothing made from it may be published."""
    redistribute: bool = False
    """Whether the table's texts may be published."""

    def references(self) -> Iterator[Reference]:
        """The category of every row, where one is given."""
        if self.category is not None:
            yield Reference("category", "category", self.category)


def _kind(given: object) -> str:
    source = given.get("from") if isinstance(given, dict) else getattr(given, "source", None)
    return source if source in ("llm", "shipped") else "imported"


Seeds: TypeAlias = Annotated[
    Annotated[WrittenSeeds, Tag("llm")]
    | Annotated[ShippedSeeds, Tag("shipped")]
    | Annotated[ImportedSeeds, Tag("imported")],
    Discriminator(_kind),
]
