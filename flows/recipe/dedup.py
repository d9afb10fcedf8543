"""Which repeats are removed, and how far the openings of prompts may repeat each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from flows.recipe.base import Names, Part, Reference, Text
from flows.recipe.rewrite import SHIPPED_ENCODERS


class Dedup(Part):
    """Exact and near-duplicate removal; the first row in (category, row) order stays."""

    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that near repeats are found with."""
    threshold: Annotated[float, Field(gt=0, le=1)] | None = 0.92
    """Cosine from which two prompts are near repeats; null for exact repeats only, as in the
    authors' code."""
    against: Names = ()
    """Releases, tables or `hf://` files whose near repeats are removed too; only their ids become
    evidence."""

    def references(self) -> Iterator[Reference]:
        """The encoder, where near repeats are looked for."""
        if self.threshold is not None:
            yield Reference("encoder", "encoder", self.encoder)


class Openers(Part):
    """A bound on sameness; in the published hard set three openings begin 58 % of the prompts."""

    max_share: Annotated[float, Field(gt=0, le=1)] = 0.25
    """Largest share of prompts that may begin with the same three words."""
