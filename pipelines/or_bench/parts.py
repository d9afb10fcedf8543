"""What the stages of an over-refusal recipe are made from, each found out once and when needed."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

import polars as pl

from artifacts.releases import Earlier, open_release
from artifacts.stage_roles import MODERATE_SEEDS
from base.digests import Json, digests_of
from curation.characters import characters_digest
from moderators.types import ModeratorPlan
from pipelines.errors import StageUnknownError
from pipelines.or_bench.selection import accepted_in
from pipelines.recipe import OrBench, recipe_digest
from pipelines.recipe.languages import Nearness, nearness
from pipelines.recipe.panel import Toxic
from pipelines.stages.makers import cells_of, moderator_plans
from pipelines.stages.parts import Parts
from pipelines.versions.references import rows_of
from taxonomy.cells import Cells


class OrBenchParts(Parts[OrBench]):
    """An over-refusal recipe, opened; its limit is the first seeds of each category."""

    @property
    def parent(self) -> Earlier:
        """The release that is extended.

        Raises:
            StageUnknownError: The recipe has another mode.
        """
        if self.lineage.parent is None:
            raise StageUnknownError("the recipe must have the mode of a stage", "carried")
        return self.lineage.parent

    @cached_property
    def carried_rows(self) -> frozenset[str]:
        """The rows of the release that is extended; none where there is no such release."""
        return frozenset(rows_of(self.parent)["row"] if self.recipe.mode == "extend" else ())

    @cached_property
    def rows_that_stay(self) -> frozenset[str]:
        """Those of them that nobody has withdrawn."""
        if not self.carried_rows:
            return frozenset()
        gone = pl.col("id").is_in(list(self.lineage.withdrawn))
        return frozenset(rows_of(self.parent).filter(~gone)["row"])

    @cached_property
    def carried_hard(self) -> Mapping[str, int]:
        """Those that stay of which the panel of that release says that they are hard, by category.

        Empty where no rounds go on for hard rows. This version's own panel has the last word.
        """
        part = self.recipe.hard
        if part is None or part.rounds is None or not self.rows_that_stay:
            return {}
        rows = rows_of(self.parent).filter(pl.col("row").is_in(list(self.rows_that_stay)))
        hard = rows.filter(accepted_in(self.risky) & (pl.col("refusals") >= part.at))
        return Counter(hard["category"])

    @cached_property
    def takes_seeds(self) -> bool:
        """Whether flagged seeds are toxic rows; a release that is there stays as it was made."""
        if "seeds" not in (self.recipe.toxic or Toxic()).origins:
            return False
        if not self._layout.is_released:
            return True
        funnel = open_release(self._layout.release).manifest.funnel
        return any(edge.base == MODERATE_SEEDS for edge in funnel)

    @cached_property
    def moderators(self) -> tuple[ModeratorPlan, ...]:
        """Who votes."""
        return moderator_plans(self.recipe, self.taxonomy)

    @property
    def voters(self) -> list[Json]:
        """The digests of those who vote."""
        return digests_of("moderator", self.moderators)

    @cached_property
    def cells(self) -> Cells | None:
        """What calls for seeds are about; None where nobody writes seeds, or all calls are alike.

        Raises:
            TaxonomyUnknownError: There are none for the taxonomy.
            TaxonomyInvalidError: Their file breaks a rule, or a category has no sub-topics.
        """
        return cells_of(self.recipe, self.taxonomy)

    @property
    def near_encoder(self) -> str | None:
        """The encoder that near repeats are found with; None where none are looked for."""
        part = self.recipe.dedup
        return None if part.threshold is None else part.encoder

    @property
    def near_part(self) -> tuple[Json, ...]:
        """What decides which texts are near: the recipe's part, and the encoder's identity."""
        part, near = recipe_digest(self.recipe, "dedup"), self.near
        if near.ngrams is not None:
            return part, characters_digest(near.ngrams)
        return part, self.identities.encoder(near.encoder)

    @property
    def near(self) -> Nearness:
        """What tells near texts."""
        return nearness(self.recipe)

    @property
    def risky(self) -> bool:
        """Whether a released safe row must sound risky."""
        return self.recipe.moderate.requires_risky
