"""What the stages of an over-refusal recipe are made from, each found out once and when needed."""

from functools import cached_property

from artifacts.releases import Earlier
from base.digests import Json, digests_of
from moderators.types import ModeratorPlan
from pipelines.errors import StageUnknownError
from pipelines.recipe import OrBench, recipe_digest
from pipelines.stages.makers import moderator_plans
from pipelines.stages.parts import Parts


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
    def moderators(self) -> tuple[ModeratorPlan, ...]:
        """Who votes."""
        return moderator_plans(self.recipe, self.taxonomy)

    @property
    def voters(self) -> list[Json]:
        """The digests of those who vote."""
        return digests_of("moderator", self.moderators)

    @property
    def near_part(self) -> tuple[Json, ...]:
        """What decides which texts are near: the recipe's part, and the encoder's identity."""
        encoder = self.recipe.dedup.encoder
        return recipe_digest(self.recipe, "dedup"), self.identities.encoder(encoder)

    @property
    def risky(self) -> bool:
        """Whether a released safe row must sound risky."""
        return self.recipe.moderate.requires_risky
