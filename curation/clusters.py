"""What rows that fit no category are about: groups of near ones, so that a gap can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from base.digests import digest_of
from checks.cosine import cosines_part, embed_set
from curation.errors import require_share
from curation.pairs import blocks
from curation.rows import Candidate
from inference.types import Program


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
        SettingInvalid: The threshold is out of its range.
        NoEmbedding: The encoder gave no vectors.
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
