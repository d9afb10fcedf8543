"""Moderation by the nearest prototypes: does a prompt look more like toxic or harmless ones?"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, ClassVar

from base.digests import digest_of
from inference.types import Item, Program
from moderators.offline.bank import Bank, fill, top_mean
from moderators.offline.reading import Reading, Threshold, reading_part, vote_by
from moderators.prototypes import Prototypes
from moderators.types import PROMPTS_AND_EXCHANGES, Moderator, Subject, Vote

if TYPE_CHECKING:
    from inference.types import Vectors


@dataclass(frozen=True, slots=True)
class Nearness:
    """How nearness is measured; the values come from cross-validation over the prototypes.

    Attributes:
        nearest: How many of the nearest examples of a side count.
        nearest_plain: How many of the nearest plain examples count; there are fewer of them.
        nearest_in_category: How many of the nearest examples of a category count.
        toxic_limit: By how much the toxic side must be nearer than the harmless one.
        risky_limit: By how much what sounds bad must be nearer than what is plain.
    """

    nearest: int = 20
    nearest_plain: int = 10
    nearest_in_category: int = 10
    toxic_limit: float = 0.015
    risky_limit: float = 0.07


@dataclass(frozen=True, slots=True)
class NearestPlan:
    """The moderator `nearest`, whose prototypes are not embedded yet.

    Attributes:
        encoder: The encoder's name in the recipe.
        prototypes: What prompts are compared with.
        nearness: How they are compared.
    """

    name: ClassVar[str] = "nearest"
    measures_risk: ClassVar[bool] = True
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    encoder: str
    prototypes: Prototypes
    nearness: Nearness = Nearness()

    @property
    def digest(self) -> str:
        """Of the prototypes and the thresholds."""
        known = (self.prototypes.digest, astuple(self.nearness))
        return digest_of(self.name, self.encoder, *known, sorted(self.takes), reading_part())

    def prepare(self) -> Program[Moderator]:
        """Embeds the prototypes."""
        bank = yield from fill(self.encoder, self.prototypes)
        return NearestModerator(self.encoder, bank, self.nearness)


@dataclass(frozen=True, slots=True, eq=False)
class NearestModerator:
    """Votes by the mean cosine to the nearest prototypes of each side.

    Attributes:
        encoder: The encoder's name in the recipe.
        bank: The prototypes with their vectors.
        nearness: How prompts are compared with them.
    """

    name: ClassVar[str] = NearestPlan.name
    encoder: str
    bank: Bank
    nearness: Nearness = Nearness()

    def vote(self, item: Item) -> Program[Vote]:
        """Asks for the prompt's vector, a second time where the first leaves a doubt."""
        return vote_by(self.read, self.name, self.encoder, item)

    def read(self, vector: Vectors) -> Reading:
        """What a prompt's unit vector says of it."""
        bank, near = self.bank, self.nearness
        cosines = bank.cosines(vector)
        toxic = top_mean(cosines[bank.toxic], near.nearest)
        harmless = top_mean(cosines[bank.harmless], near.nearest)
        sounding_bad = top_mean(cosines[bank.sounding_bad], near.nearest)
        plain = top_mean(cosines[bank.plain], near.nearest_plain)
        category, lead = bank.nearest_category(cosines, near.nearest_in_category)
        return Reading(
            toxic=Threshold(toxic - harmless, near.toxic_limit),
            risky=Threshold(sounding_bad - plain, near.risky_limit),
            category=category,
            lead=lead,
        )
