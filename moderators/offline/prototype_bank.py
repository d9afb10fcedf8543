"""The prototypes of a taxonomy with their vectors, and votes from them that no batch can move.

They know prompts, not answers, and an encoder sees only the beginning of a long text. So an answer
is read in pieces, the first of them together with the prompt: a short refusal leaves the prompt's
own verdict unchanged, and harm late in an answer is not outweighed by what stands before it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from base.digests import Json
from checks import drift
from checks.errors import NoEmbeddingError
from inference.types import Item, Program
from moderators.prototypes import Kind, Prototypes
from moderators.types import LONGEST, Vote, fitness_part, unfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.types import Vectors


_PIECE = 700  # characters; with a prompt before it, about what the shipped encoder reads


def pieces_part() -> Json:
    """What `pieces` depends on, for a digest."""
    return _PIECE


def pieces(item: Item) -> tuple[str, ...]:
    """The texts to read of an item: a prompt by itself, or an exchange in pieces."""
    if item.answer is None:
        return (item.text,)
    first, *rest = textwrap.wrap(item.answer, _PIECE) or [""]
    alone = (first, *rest)
    return (f"{item.text}\n{first}", *alone)


@dataclass(frozen=True, eq=False)
class Bank:
    """Prototypes and their unit vectors; the properties are the rows of some of them.

    Attributes:
        prototypes: The examples.
        vectors: One row an example, of shape (examples, dimensions), in double precision.
    """

    prototypes: Prototypes
    vectors: NDArray[np.float64]

    @cached_property
    def toxic(self) -> NDArray[np.intp]:
        """What is plainly bad."""
        return self._rows("toxic")

    @cached_property
    def harmless(self) -> NDArray[np.intp]:
        """What only sounds bad, and what is plain."""
        return self._rows("benign", "plain")

    @cached_property
    def sounding_bad(self) -> NDArray[np.intp]:
        """What is bad, and what only sounds so."""
        return self._rows("toxic", "benign")

    @cached_property
    def plain(self) -> NDArray[np.intp]:
        """What neither is bad nor sounds so."""
        return self._rows("plain")

    @cached_property
    def _toxic_by_category(self) -> tuple[NDArray[np.intp], ...]:
        examples = self.prototypes.examples
        return tuple(
            np.array([row for row in self.toxic if examples[row].category == category])
            for category in self.prototypes.categories
        )

    def cosines(self, vector: Vectors) -> NDArray[np.float64]:
        """A unit vector's cosine to each example."""
        return self.vectors @ vector.astype(np.float64)

    def nearest_category(self, cosines: NDArray[np.float64], nearest: int) -> tuple[str, float]:
        """The category whose toxic examples are nearest, and its lead over the next one.

        Args:
            cosines: To each example.
            nearest: How many of the nearest examples of a category count.
        """
        means = np.array([top_mean(cosines[rows], nearest) for rows in self._toxic_by_category])
        return largest(self.prototypes.categories, means)

    def _rows(self, *kinds: Kind) -> NDArray[np.intp]:
        return np.flatnonzero([example.kind in kinds for example in self.prototypes.examples])


def fill(encoder: str, prototypes: Prototypes) -> Program[Bank]:
    """Embeds all prototypes as one list, so that no prompt can move what it is compared with.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    vectors = yield from drift.embed_set(encoder, prototypes.texts)
    return Bank(prototypes, vectors.astype(np.float64))


def top_mean(values: NDArray[np.float64], count: int) -> float:
    """The mean of the `count` largest values, or of all where there are fewer."""
    return float(np.sort(values)[-count:].mean())


def largest(names: tuple[str, ...], values: NDArray[np.float64]) -> tuple[str, float]:
    """The name with the largest value (the first on a tie), and its lead over the next one."""
    order = (-values).argsort(kind="stable")
    lead = float(values[order[0]] - values[order[1]]) if len(names) > 1 else float("inf")
    return names[int(order[0])], lead


def reading_part() -> Json:
    """What a vote by a vector depends on besides its reader, for a digest."""
    return [drift.cosines_part(), fitness_part(), pieces_part()]


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
        return abs(self.score - self.limit) <= drift.THRESHOLD_BAND


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
        if drift.in_doubt(self.toxic.score, (self.toxic.limit,)):
            return True
        if self.risky is not None and self.risky.near:
            return True
        return self.toxic.reached and self.lead <= drift.THRESHOLD_BAND

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
            score=drift.published(self.toxic.score),
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
        return Vote.abstention(model, reason)
    texts = pieces(item)
    try:
        vectors = yield from drift.embed(encoder, texts)
        readings = [read(vector) for vector in vectors]
        if _doubtful(readings):
            vectors = yield from drift.embed(encoder, texts, alone=True)
            readings = [read(vector) for vector in vectors]
    except NoEmbeddingError:
        return Vote.abstention(model, drift.NO_EMBEDDING)
    vote = max(readings, key=lambda reading: reading.margin).vote(model)
    return vote if item.answer is None else replace(vote, sounds_risky=None)


def _doubtful(readings: Sequence[Reading]) -> bool:
    """Whether a batch could decide one of them, or which of them is the most toxic."""
    margins = sorted(reading.margin for reading in readings)
    tied = len(margins) > 1 and margins[-1] - margins[-2] <= drift.THRESHOLD_BAND
    return tied or any(reading.doubtful for reading in readings)
