"""What the stages of a fine-grained recipe are made from, each found out once and when needed."""

import math
from collections.abc import Sequence
from functools import cached_property

from base.digests import Json
from people.base_review import DecisionFile, read_decisions
from people.errors import ReviewUnusableError
from pipelines.errors import StageUnknownError
from pipelines.recipe import SorryBench, taxonomy_of
from pipelines.recipe.base_set import BuiltBase, LoadedBase
from pipelines.recipe.hub_names import is_hub_name
from pipelines.runner.shards import Layout
from pipelines.sorry_bench.choice import Bounds
from pipelines.sources.base_sets import read_base
from pipelines.sources.models import located
from pipelines.sources.seeds import base_sources, read_prior
from pipelines.stages.parts import Parts
from pipelines.stages.sizes import PROMPT, tokens
from pipelines.versions.lineage import (
    CarriedSet,
    Numbering,
    carried_set,
    lineage_of,
    width_of,
)
from pipelines.versions.references import earlier_texts
from taxonomy.question_ids import number_of, width_for


class SorryBenchParts(Parts[SorryBench]):
    """A fine-grained recipe, opened; its limit is the requests of each category."""

    @cached_property
    def carried(self) -> CarriedSet | None:
        """The release that is extended; None for a version that begins anew.

        Raises:
            RecipeError: The recipe leaves out a style or a category of that release.
        """
        return carried_set(self.lineage, self.recipe, self.taxonomy)

    @property
    def extended(self) -> CarriedSet:
        """The release that is extended.

        Raises:
            StageUnknownError: The recipe has another mode.
        """
        if self.carried is None:
            raise StageUnknownError("the recipe must have the mode of a stage", "carried")
        return self.carried

    @cached_property
    def decisions(self) -> DecisionFile | None:
        """What people decided, or None where the recipe names no file.

        Raises:
            ReviewUnusableError: The file is not there, or breaks a rule of review tables.
        """
        return decisions_of(self.recipe)

    @property
    def made_from(self) -> tuple[Json, ...]:
        """What every choice of requests depends on: the taxonomy, and earlier releases."""
        return (self.taxonomy.digest, *self.lineage.made_from)

    def numbering(self, width: int) -> Numbering:
        """The ids that requests are given: none that was withdrawn, none that is carried.

        Args:
            width: Ids of each category, where no release is extended that has its own.
        """
        found, stones = self.carried, self.lineage.tombstones
        taken = {stone.question_id for stone in stones if stone.question_id is not None}
        return Numbering(
            {each: number_of(self.taxonomy, each) for each in self.taxonomy.names},
            (found.width if found else None) or width,
            frozenset(taken) | (found.question_ids if found else frozenset()),
        )

    def bounds(self) -> Bounds:
        """What earlier releases forbid a choice, and what of them is in the set already."""
        part, lineage, found = self.recipe.dedup, self.lineage, self.carried
        return Bounds(
            part.encoder,
            part.threshold,
            lineage.withdrawn,
            lambda: earlier_texts(lineage.against),
            found.texts if found else {},
            found.roots if found else frozenset(),
        )

    @cached_property
    def texts(self) -> Sequence[str] | None:
        """The texts that a base set is loaded or picked from; None where they are to be fetched."""
        base = self.recipe.base
        if isinstance(base, LoadedBase):
            if is_hub_name(base.source):
                return None
            (source,) = base_sources(self.recipe)
            return [row["text"] for row in read_base(source, self.taxonomy, base).base]
        if any(is_hub_name(each.source) for each in base.sources):
            return None
        rows = read_prior(base, base_sources(self.recipe), self.taxonomy)
        return [row["text"] or "" for row in rows]

    @cached_property
    def tokens(self) -> int:
        """Tokens of such a text on average."""
        counts = [tokens(text) for text in self.texts or () if text]
        return math.ceil(sum(counts) / len(counts)) if counts else PROMPT


def decisions_of(recipe: SorryBench) -> DecisionFile | None:
    """The decisions that a recipe names, or None where it names none.

    Raises:
        ReviewUnusableError: The file is not there, or breaks a rule of review tables.
    """
    part = recipe.base.decisions if isinstance(recipe.base, BuiltBase) else None
    if part is None:
        return None
    file = located(recipe.folder, part.source)
    if file is None:
        raise ReviewUnusableError("base.decisions must be a file that is there", part.source)
    return read_decisions(file, taxonomy_of(recipe))


def widest(recipe: SorryBench, limit: int | None = None) -> int:
    """About how many rows the widest stage will have; decides the number of shards."""
    taxonomy, base, sources = taxonomy_of(recipe), recipe.base, base_sources(recipe)
    categories = len(taxonomy.names)
    if isinstance(base, LoadedBase):
        candidates = len(read_base(sources[0], taxonomy, base).base)
        requests = min(candidates, categories * limit) if limit else candidates
    else:
        candidates = len(read_prior(base, sources, taxonomy))
        requests = categories * min(base.per_category, limit or base.per_category)
    styles = len(recipe.mutate.wanted) if recipe.mutate else 0
    return max(candidates, requests * (1 + styles))


def id_width(recipe: SorryBench, layout: Layout) -> int:
    """Ids that each category of a run's base set has: as many as the set it extends has."""
    base, parent = recipe.base, lineage_of(recipe, layout).parent
    if parent is not None and (width := width_of(parent.manifest)):
        return width
    if not isinstance(base, LoadedBase):
        return width_for(base.per_category)
    (source,) = base_sources(recipe)
    return read_base(source, taxonomy_of(recipe), base).width
