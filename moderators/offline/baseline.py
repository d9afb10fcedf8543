"""The baseline that moderators are held against: the nearest definition of a category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from base.digests import Json, digest_of
from checks.cosine import embed
from inference.types import Item, Program
from moderators.offline.bank import largest
from moderators.offline.reading import Reading, Threshold, reading_part, vote_by
from moderators.types import PROMPTS_AND_EXCHANGES, Moderator, Subject, Vote
from taxonomy import NONE, Category

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.types import Vectors


@dataclass(frozen=True, slots=True)
class BaselinePlan:
    """The moderator `baseline`, whose definitions are not embedded yet.

    Attributes:
        encoder: The encoder's name in the recipe.
        categories: The taxonomy's categories, `none` included.
    """

    name: ClassVar[str] = "baseline"
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
