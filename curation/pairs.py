"""Exact search for near pairs among unit vectors, with FAISS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import faiss
import numpy as np

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

    def __init__(self, vectors: Vectors) -> None:
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

    def _rows(self, places: Sequence[int]) -> Vectors:
        return np.ascontiguousarray(self._vectors[np.asarray(places)], dtype=np.float32)


def blocks(places: Sequence[int]) -> Iterator[Sequence[int]]:
    """The places in runs of at most `BLOCK`."""
    for start in range(0, len(places), BLOCK):
        yield places[start : start + BLOCK]
