"""What the stages of any benchmark are made from, each found out once and when needed."""

from functools import cached_property
from typing import Generic, TypeAlias, TypeVar

from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import Buildable, OrBench, SorryBench
from pipelines.runner.shards import Layout
from pipelines.stages.identities import Identities
from pipelines.versions.lineage import VersionLineage, lineage_of

BuildableT = TypeVar("BuildableT", bound=Buildable)


class Parts(Generic[BuildableT]):
    """A recipe, opened.

    Args:
        recipe: What the run is.
        layout: Where its files lie.
        limit: Use only so many seeds, or requests, of each category.
    """

    def __init__(self, recipe: BuildableT, layout: Layout, limit: int | None = None) -> None:
        """Reads the taxonomy alone."""
        self.recipe = recipe
        self.limit = limit
        self.taxonomy = taxonomy_of(recipe)
        self.identities = Identities(recipe, layout.embeddings)
        self._layout = layout

    @cached_property
    def lineage(self) -> VersionLineage:
        """How the version stands to the releases before it."""
        return lineage_of(self.recipe, self._layout)


Opened: TypeAlias = Parts[OrBench] | Parts[SorryBench]
"""A recipe of either benchmark, opened."""
