"""The rows that are nearest to a text by the cosine of embeddings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from base.digests import digest_of
from checks.drift import NO_EMBEDDING, THRESHOLD_BAND, cosine, embed
from curation.near import embedded
from curation.rows import Candidate, places_by_group
from inference.types import Program

if TYPE_CHECKING:
    from numpy.typing import NDArray


def nearest_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("nearest", NO_EMBEDDING, THRESHOLD_BAND)


def nearest(
    asked: Sequence[Candidate], rows: Sequence[Candidate], encoder: str, most: int
) -> Program[tuple[tuple[int, ...], ...]]:
    """Finds the rows of its group that are nearest to each text that is asked about.

    Of rows whose cosines lie too close to each other to tell which are in, cosines are computed
    again, each text alone; of equal ones the row with the smaller key is in.

    Args:
        asked: The texts that are asked about.
        rows: What is looked among.
        encoder: The encoder's name in the recipe.
        most: How many rows a text is given; all of its group where there are no more.

    Returns:
        For each text the places in `rows` of those nearest to it, in the order of their keys.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    groups = places_by_group(rows)
    own = [groups.get(each.group, []) for each in asked]
    if not any(len(places) > most for places in own):
        return tuple(_by_key(places, rows) for places in own)
    space = yield from embedded(encoder, [each.text for each in (*asked, *rows)])
    of_rows = space.vectors[len(asked) :]
    chosen: list[tuple[int, ...]] = []
    for place, (text, places) in enumerate(zip(asked, own, strict=True)):
        scores = of_rows[np.asarray(places, dtype=np.int64)] @ space.vectors[place]
        sure, doubtful = _told(scores, places, most)
        wanted = min(most, len(places)) - len(sure)
        if wanted < len(doubtful):
            doubtful = yield from _ordered(
                text, [rows[each] for each in doubtful], doubtful, encoder
            )
        chosen.append(_by_key([*sure, *doubtful[:wanted]], rows))
    return tuple(chosen)


def _told(
    scores: "NDArray[np.float32]", places: Sequence[int], most: int
) -> tuple[list[int], list[int]]:
    """The places that are surely among the nearest, and those that another batch might decide."""
    if len(places) <= most:
        return [*places], []
    last, told = np.partition(scores, -most)[-most], [*zip(places, scores, strict=True)]
    sure = [place for place, score in told if score > last + THRESHOLD_BAND]
    near = [place for place, score in told if abs(score - last) <= THRESHOLD_BAND]
    return sure, near


def _ordered(
    text: Candidate, rows: Sequence[Candidate], places: Sequence[int], encoder: str
) -> Program[list[int]]:
    """The places by the cosines of vectors that were computed alone, the nearest first."""
    own, *others = yield from embed(encoder, [text.text, *(row.text for row in rows)], alone=True)
    keyed = zip((-cosine(own, other) for other in others), (row.row for row in rows), strict=True)
    order = sorted(zip(keyed, places, strict=True))
    return [place for _, place in order]


def _by_key(places: Sequence[int], rows: Sequence[Candidate]) -> tuple[int, ...]:
    return tuple(sorted(places, key=lambda place: rows[place].row))
