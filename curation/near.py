"""Near duplicates by the cosine of embeddings: exact, and the first seen is kept.

Where no encoder knows the language, they are found by characters (`curation.characters`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import faiss
import numpy as np

from base.digests import digest_of
from checks.drift import THRESHOLD_BAND, cosine, cosines_part, embed, in_doubt, published
from checks.ngrams import Ngrams
from curation import characters
from curation.characters import Measure, Overlap
from curation.errors import require_share
from curation.rows import Candidate, Dropped, Selection, places_by_group, selection
from inference.types import Program

if TYPE_CHECKING:
    from inference.types import Vectors


# Queries searched at once: bounds what one search can return.
BLOCK = 1024


class Pair(NamedTuple):
    """Two texts by their places, the earlier one first seen, and their cosine."""

    later: int
    earlier: int
    score: float


class Index:
    """Vectors added so far, each known by its place; every search is exhaustive."""

    def __init__(self, vectors: "Vectors") -> None:
        """Searches among rows of `vectors`, shape (texts, dimensions); none is added yet."""
        self._vectors = vectors
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._places: list[int] = []

    def add(self, places: Sequence[int]) -> None:
        """Adds the vectors at these places."""
        if places:
            self._index.add(self._rows(places))
            self._places.extend(places)

    def near(self, places: Sequence[int], least: float) -> list[Pair]:
        """All pairs of one of `places` and an added vector of an earlier place, from `least` on.

        Sorted by the later place, then by the earlier one.
        """
        if not places or not self._places:
            return []
        radius = np.nextafter(np.float32(least), np.float32(-2))  # FAISS leaves out the radius
        limits, scores, found = self._index.range_search(self._rows(places), float(radius))
        later = np.repeat(np.asarray(places), np.diff(limits).astype(np.int64))
        earlier = np.asarray(self._places)[found]
        order = np.lexsort((earlier, later))
        order = order[earlier[order] < later[order]]
        columns = (later[order].tolist(), earlier[order].tolist(), scores[order].tolist())
        return [Pair(*row) for row in zip(*columns, strict=True)]

    def _rows(self, places: Sequence[int]) -> "Vectors":
        return np.ascontiguousarray(self._vectors[np.asarray(places)], dtype=np.float32)


def blocks(places: Sequence[int]) -> Iterator[Sequence[int]]:
    """The places in runs of at most `BLOCK`."""
    for start in range(0, len(places), BLOCK):
        yield places[start : start + BLOCK]


# Texts in one ask: enough for an encoder to sort them by length, few enough to show progress.
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Space:
    """Texts and their unit vectors, shape (texts, dimensions), as one encoder gives them."""

    encoder: str
    texts: tuple[str, ...]
    vectors: "Vectors"


def embedded(encoder: str, texts: Sequence[str]) -> Program[Space]:
    """Asks for the vectors of all texts, some thousand at a time.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    vectors = yield from _embed(encoder, texts, alone=False)
    return Space(encoder, tuple(texts), vectors)


def rescore_borderline(
    space: Space, pairs: Iterable[Pair], threshold: float
) -> Program[list[Pair]]:
    """The pairs whose cosine is at least `threshold`, in their order.

    Cosines that lie near the threshold, or near an edge of two decimals, are computed again from
    vectors that were computed alone.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    found = list(pairs)
    doubtful = [pair for pair in found if in_doubt(pair.score, (threshold,))]
    places = sorted({place for pair in doubtful for place in (pair.later, pair.earlier)})
    texts = [space.texts[place] for place in places]
    vectors = yield from _embed(space.encoder, texts, alone=True)
    alone = dict(zip(places, vectors, strict=True))
    again = {
        pair: pair._replace(score=cosine(alone[pair.later], alone[pair.earlier]))
        for pair in doubtful
    }
    settled = (again.get(pair, pair) for pair in found)
    return [pair for pair in settled if pair.score >= threshold]


def _embed(encoder: str, texts: Sequence[str], alone: bool) -> "Program[Vectors]":
    chunks = []
    for start in range(0, len(texts), CHUNK):
        chunks.append((yield from embed(encoder, texts[start : start + CHUNK], alone)))
    return np.concatenate(chunks) if chunks else np.empty((0, 1), dtype=np.float32)


def near_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("near", cosines_part())


def dedup(rows: Sequence[Candidate], encoder: Measure, threshold: float) -> Program[Selection]:
    """Drops each row that is within `threshold` of an earlier kept row of its group.

    A row is compared with kept rows only: where a is near b and b near c, but a not near c, b is
    dropped and c stays. `duplicate_of` is the first kept row that is near.

    Args:
        rows: In the order that says which is first: (category, row).
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two texts are duplicates, over 0.

    Raises:
        SettingInvalidError: The threshold is out of its range; an index must be at least
            `characters.LEAST`.
        NoEmbeddingError: The encoder gave no vectors.
    """
    require_share("threshold", threshold)
    if isinstance(encoder, Ngrams):
        alike = characters.duplicates(rows, encoder, threshold)
        return selection((row.row for row in rows), alike)
    space = yield from embedded(encoder, [row.text for row in rows])
    dropped = yield from duplicates(rows, space, threshold)
    return selection((row.row for row in rows), dropped)


def duplicates(
    rows: Sequence[Candidate], space: Space, threshold: float
) -> Program[dict[int, Dropped]]:
    """The near duplicates by their places in `rows`; `space` holds the texts of the rows."""
    dropped: dict[int, Dropped] = {}
    for places in places_by_group(rows).values():
        near = yield from _first_seen(space, places, threshold)
        for place, pair in near.items():
            first = rows[pair.earlier].row
            dropped[place] = Dropped(
                rows[place].row, "near_duplicate", first, published(pair.score)
            )
    return dropped


def _first_seen(space: Space, places: Sequence[int], threshold: float) -> Program[dict[int, Pair]]:
    """Which of `places` (ascending) are near duplicates, each with the pair that decides it.

    Works in blocks against the rows kept so far, so that memory grows with the rows kept and not
    with the pairs.
    """
    kept = Index(space.vectors)
    dropped: dict[int, Pair] = {}
    for block in blocks(places):
        pairs = near_kept(kept, block, threshold)
        surely = {pair.later for pair in pairs if _is_sure(pair, threshold)}
        pairs += _near_each_other(space, [each for each in block if each not in surely], threshold)
        for pair in sorted((yield from rescore_borderline(space, pairs, threshold))):
            if pair.later not in dropped and pair.earlier not in dropped:
                dropped[pair.later] = pair
        kept.add([place for place in block if place not in dropped])
    return dropped


def near_kept(kept: Index, block: Sequence[int], threshold: float) -> list[Pair]:
    """Each row of the block with what it may be near to, up to the first that is surely near."""
    pairs: list[Pair] = []
    decided = -1
    for pair in kept.near(block, threshold - THRESHOLD_BAND):
        if pair.later == decided:
            continue
        pairs.append(pair)
        if _is_sure(pair, threshold):
            decided = pair.later
    return pairs


def _near_each_other(space: Space, block: Sequence[int], threshold: float) -> list[Pair]:
    index = Index(space.vectors)
    index.add(block)
    return index.near(block, threshold - THRESHOLD_BAND)


def _is_sure(pair: Pair, threshold: float) -> bool:
    return pair.score > threshold + THRESHOLD_BAND


def against_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("against", cosines_part())


def apart(
    rows: Sequence[Candidate], references: Sequence[Candidate], encoder: Measure, threshold: float
) -> Program[Selection]:
    """Drops each row that is within `threshold` of a reference; groups do not matter.

    `duplicate_of` is the `row` of the first reference that is near. References are only compared
    against: nothing of their text is in the evidence.

    Args:
        rows: The rows to select from.
        references: What they are held against; `row` is the reference's id.
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two texts are near, over 0.

    Raises:
        SettingInvalidError: The threshold is out of its range.
        NoEmbeddingError: The encoder gave no vectors.
    """
    require_share("threshold", threshold)
    both = (*references, *rows)
    known = range(len(references))
    if isinstance(encoder, Ngrams):
        texts, own = [each.text for each in both], range(len(known), len(both))
        found = characters.overlaps(texts, encoder, threshold, places=own, against=known)
        return selection((row.row for row in rows), _near_references(both, len(known), found))
    space = yield from embedded(encoder, [each.text for each in both])
    index = Index(space.vectors)
    index.add(known)
    dropped: dict[int, Dropped] = {}
    for block in blocks(range(len(references), len(both))):
        pairs = yield from rescore_borderline(space, near_kept(index, block, threshold), threshold)
        for place, evidence in _near_references(both, len(known), pairs).items():
            dropped.setdefault(place, evidence)
    return selection((row.row for row in rows), dropped)


def _near_references(
    both: Sequence[Candidate], known: int, pairs: Iterable[Pair | Overlap]
) -> dict[int, Dropped]:
    """The first pair of each row as evidence, by the row's place behind the references."""
    dropped: dict[int, Dropped] = {}
    for pair in pairs:
        later, earlier = both[pair.later].row, both[pair.earlier].row
        evidence = Dropped(later, "near_reference", earlier, published(pair.score))
        dropped.setdefault(pair.later - known, evidence)
    return dropped
