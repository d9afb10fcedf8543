"""Moderation by the nearest prototypes, and the baseline that moderators are held against."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from base.digests import Json, digest_of
from checks.drift import embed
from inference.types import Item, Program
from moderators.offline import BASELINE, NEAREST
from moderators.offline.prototype_bank import (
    Bank,
    Reading,
    Threshold,
    fill,
    largest,
    reading_part,
    top_mean,
    vote_by,
)
from moderators.prototypes import Prototypes
from moderators.types import PROMPTS_AND_EXCHANGES, Moderator, Subject, Vote
from taxonomy import NONE, Category

if TYPE_CHECKING:
    from numpy.typing import NDArray

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

    name: ClassVar[str] = NEAREST
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


@dataclass(frozen=True, slots=True)
class BaselinePlan:
    """The moderator `baseline`, whose definitions are not embedded yet.

    Attributes:
        encoder: The encoder's name in the recipe.
        categories: The taxonomy's categories, `none` included.
    """

    name: ClassVar[str] = BASELINE
    measures_risk: ClassVar[bool] = False
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    encoder: str
    categories: tuple[Category, ...]

    @property
    def digest(self) -> str:
        """Of the definitions."""
        definitions: list[Json] = [[each.name, each.definition] for each in self.categories]
        return digest_of(self.name, self.encoder, definitions, sorted(self.takes), reading_part())

    def prepare(self) -> Program[Moderator]:
        """Embeds the definitions."""
        harmful = tuple(each for each in self.categories if each.name != NONE)
        harmless = tuple(each for each in self.categories if each.name == NONE)
        texts = [each.definition for each in (*harmful, *harmless)]
        vectors = yield from embed(self.encoder, texts, alone=True)
        names = tuple(each.name for each in harmful)
        return BaselineModerator(self.encoder, names, vectors.astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class BaselineModerator:
    """Votes toxic where a harmful category's definition is nearer than that of `none`.

    Attributes:
        encoder: The encoder's name in the recipe.
        names: The harmful categories.
        vectors: Their definitions' unit vectors, and in the last rows those of `none`.
    """

    name: ClassVar[str] = BaselinePlan.name
    encoder: str
    names: tuple[str, ...]
    vectors: NDArray[np.float64]

    def vote(self, item: Item) -> Program[Vote]:
        """Asks for the prompt's vector, a second time where the first leaves a doubt."""
        return vote_by(self.read, self.name, self.encoder, item)

    def read(self, vector: Vectors) -> Reading:
        """What a prompt's unit vector says of it."""
        cosines = self.vectors @ vector.astype(np.float64)
        harmful, harmless = np.split(cosines, [len(self.names)])
        category, lead = largest(self.names, harmful)
        gap = float(harmful.max() - harmless.max())
        return Reading(toxic=Threshold(gap, 0.0), category=category, lead=lead)
