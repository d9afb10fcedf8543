"""From the vector of a prompt, or of an exchange's pieces, to a vote that no batch can move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from base.digests import Json
from checks.cosine import NO_EMBEDDING, THRESHOLD_BAND, cosines_part, embed, in_doubt, published
from checks.errors import NoEmbedding
from inference.types import Item, Program
from moderators.fitness import LONGEST, fitness_part, unfit
from moderators.offline.pieces import pieces, pieces_part
from moderators.types import Vote, abstention

if TYPE_CHECKING:
    from inference.types import Vectors


def reading_part() -> Json:
    """What a vote by a vector depends on besides its reader, for a digest."""
    return [cosines_part(), fitness_part(), pieces_part()]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A score held against its threshold; it is reached where the score is larger."""

    score: float
    limit: float

    @property
    def reached(self) -> bool:
        """Whether the score is larger than the limit."""
        return self.score > self.limit

    @property
    def near(self) -> bool:
        """Whether the score is so near the limit that a batch could decide."""
        return abs(self.score - self.limit) <= THRESHOLD_BAND


@dataclass(frozen=True, slots=True)
class Reading:
    """What a vector says of its prompt.

    Attributes:
        toxic: How toxic it is.
        category: The category that it is nearest to.
        lead: By how much that category is nearer than the next one.
        risky: How risky it sounds, or None where that is not measured.
    """

    toxic: Threshold
    category: str
    lead: float
    risky: Threshold | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the batch it was computed in could decide a part of it, or show in it."""
        if in_doubt(self.toxic.score, (self.toxic.limit,)):
            return True
        if self.risky is not None and self.risky.near:
            return True
        return self.toxic.reached and self.lead <= THRESHOLD_BAND

    @property
    def margin(self) -> float:
        """By how much it is too toxic; below 0 where it is not."""
        return self.toxic.score - self.toxic.limit

    def vote(self, model: str) -> Vote:
        """The vote of `model` by this reading."""
        return Vote(
            model=model,
            label="toxic" if self.toxic.reached else "safe",
            category=self.category if self.toxic.reached else None,
            sounds_risky=None if self.risky is None else self.risky.reached,
            score=published(self.toxic.score),
            # A safe one's category may be in doubt, so it is not told.
            reason=f"nearest to {self.category}" if self.toxic.reached else "nearest to harmless",
        )


def vote_by(
    read: Callable[[Vectors], Reading], model: str, encoder: str, item: Item
) -> Program[Vote]:
    """Embeds the prompt and reads its vector; a doubtful one is embedded again, alone.

    Of an exchange the most toxic piece decides. Whether its prompt sounds risky is not measured.
    """
    reason = unfit(item, longest=None if item.answer is None else LONGEST)
    if reason is not None:
        return abstention(model, reason)
    texts = pieces(item)
    try:
        vectors = yield from embed(encoder, texts)
        readings = [read(vector) for vector in vectors]
        if _doubtful(readings):
            vectors = yield from embed(encoder, texts, alone=True)
            readings = [read(vector) for vector in vectors]
    except NoEmbedding:
        return abstention(model, NO_EMBEDDING)
    vote = max(readings, key=lambda reading: reading.margin).vote(model)
    return vote if item.answer is None else replace(vote, sounds_risky=None)


def _doubtful(readings: Sequence[Reading]) -> bool:
    """Whether a batch could decide one of them, or which of them is the most toxic."""
    margins = sorted(reading.margin for reading in readings)
    tied = len(margins) > 1 and margins[-1] - margins[-2] <= THRESHOLD_BAND
    return tied or any(reading.doubtful for reading in readings)
