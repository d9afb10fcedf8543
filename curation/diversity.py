"""A diverse choice, and what rows that fit no category are about.

Greedy farthest point on the cosines of embeddings. What is equally far, to the two decimals that
are published, is decided by the rows' priority and then by a shuffle key; wherever batch
composition could make or break such a tie, cosines are computed again from vectors that were
computed alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from base.digests import digest_of
from checks.drift import THRESHOLD_BAND, cosine, cosines_part, embed, embed_set, published
from checks.identity import content_id
from curation.errors import require_share
from curation.near import Space, blocks, embedded
from curation.quota import shuffle_key
from curation.rows import Candidate
from inference.types import Program

if TYPE_CHECKING:
    from numpy.typing import NDArray


_TIE = 0.01 + THRESHOLD_BAND
"""Cosines this far apart may still be one when rounded to two decimals."""


def diversity_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("diversity", _TIE, cosines_part())


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row that may be chosen.

    Attributes:
        row: The pipeline key.
        text: The prompt.
        priority: What decides between rows that are equally far, larger first, in order; as long
            for each row.
    """

    row: str
    text: str
    priority: tuple[float, ...] = ()


def farthest(
    rows: Sequence[Ranked], wanted: int, encoder: str, seed: int, given: Sequence[str] = ()
) -> Program[tuple[str, ...]]:
    """The keys of the chosen rows, in the order in which they were chosen.

    The first `n` of a larger choice are the choice of `n`. Where nothing is given, the row of the
    highest priority begins. The order of `rows` does not count.

    Args:
        rows: What to choose from; of equal texts one alone should be among them.
        wanted: How many, fewer where there are not so many.
        encoder: The encoder's name in the recipe.
        seed: Decides where distance and priority are equal.
        given: Texts that are in the set anyway: the choice keeps away from them too.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    if not rows or wanted < 1:
        return ()
    space = yield from embedded(encoder, [*(row.text for row in rows), *given])
    search = _Search(rows, space, seed)
    for place in range(len(rows), len(rows) + len(given)):
        search.take(place)
    chosen: list[int] = []
    while len(chosen) < min(wanted, len(rows)):
        chosen.append((yield from search.next()))
        search.take(chosen[-1])
    return tuple(rows[place].row for place in chosen)


class _Search:
    """How near each row is to what was taken so far."""

    def __init__(self, rows: Sequence[Ranked], space: Space, seed: int) -> None:
        self._space = space
        self._order = [
            (
                tuple(-value for value in row.priority),
                shuffle_key(seed, content_id(row.text)),
                row.row,
            )
            for row in rows
        ]
        self._left = set(range(len(rows)))
        self._taken: list[int] = []
        self._nearest = np.full(len(rows), -np.inf)
        self._alone: dict[int, NDArray[np.float32]] = {}

    def take(self, place: int) -> None:
        """Counts a row, or a given text, as chosen."""
        self._left.discard(place)
        self._taken.append(place)
        count = len(self._nearest)
        near = self._space.vectors[:count] @ self._space.vectors[place]
        self._nearest = np.maximum(self._nearest, near.astype(np.float64))

    def next(self) -> Program[int]:
        """The row to be chosen next."""
        left = sorted(self._left)
        if not self._taken:
            return min(left, key=self._order.__getitem__)
        least = min(self._nearest[place] for place in left)
        rivals = [place for place in left if self._nearest[place] <= least + _TIE]
        if len(rivals) == 1:
            return rivals[0]
        yield from self._compute_alone([*rivals, *self._taken])
        return min(rivals, key=lambda place: (self._rescored(place), self._order[place]))

    def _rescored(self, place: int) -> float:
        own = self._alone[place]
        return published(max(cosine(own, self._alone[other]) for other in self._taken))

    def _compute_alone(self, places: Sequence[int]) -> Program[None]:
        missing = [place for place in places if place not in self._alone]
        if missing:
            texts = [self._space.texts[place] for place in missing]
            vectors = yield from embed(self._space.encoder, texts, alone=True)
            self._alone.update(zip(missing, vectors, strict=True))


def clusters_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("clusters", cosines_part())


@dataclass(frozen=True, slots=True)
class Cluster:
    """Rows about the same thing.

    Attributes:
        rows: Their keys, the most central one first, then the nearer ones.
    """

    rows: tuple[str, ...]


def clusters(
    rows: Sequence[Candidate], encoder: str, threshold: float
) -> Program[tuple[Cluster, ...]]:
    """Groups rows round centres, larger groups first; each row is in one, if need be alone.

    The row with most rows within `threshold` is a centre and takes them with it; then the same
    among the rest. Texts are embedded as one fixed list, so that the same rows give the same
    groups.

    Args:
        rows: In an order that is the same each time; the earlier row is the centre in a tie.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are about the same thing, over 0.

    Raises:
        SettingInvalidError: The threshold is out of its range.
        NoEmbeddingError: The encoder gave no vectors.
    """
    require_share("cluster", threshold)
    if not rows:
        return ()
    vectors = yield from embed_set(encoder, [row.text for row in rows])
    near: list[list[int]] = []  # nearest first
    for block in blocks(range(len(rows))):
        for scores in np.asarray(vectors[np.asarray(block)] @ vectors.T, dtype=np.float64):
            places = np.flatnonzero(scores >= threshold)
            near.append(places[np.lexsort((places, -scores[places].round(2)))].tolist())
    return tuple(Cluster(tuple(rows[place].row for place in members)) for members in _covered(near))


def _covered(near: Sequence[Sequence[int]]) -> list[list[int]]:
    """Groups of places, the centre first. A place's neighbours include itself, or it is alone."""
    counts = np.array([len(places) for places in near])
    groups: list[list[int]] = []
    left = set(range(len(near)))
    while left:
        centre = int(np.argmax(counts))
        members = [centre, *(each for each in near[centre] if each in left and each != centre)]
        groups.append(members)
        for member in members:
            left.discard(member)
            counts[member] = -1
        for member in members:
            for other in near[member]:
                if other in left:
                    counts[other] -= 1
    return groups
