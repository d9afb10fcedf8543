"""Texts with their vectors, and the cosines between them where a batch could decide them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from checks.cosine import cosine, embed, in_doubt
from curation.pairs import Pair
from inference.types import Program

if TYPE_CHECKING:
    from inference.types import Vectors

# Texts in one ask: enough for an encoder to sort them by length, few enough to show progress.
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Space:
    """Texts and their unit vectors, shape (texts, dimensions), as one encoder gives them."""

    encoder: str
    texts: tuple[str, ...]
    vectors: Vectors


def embedded(encoder: str, texts: Sequence[str]) -> Program[Space]:
    """Asks for the vectors of all texts, some thousand at a time.

    Raises:
        NoEmbedding: The encoder gave no vectors.
    """
    vectors = yield from _embed(encoder, texts, alone=False)
    return Space(encoder, tuple(texts), vectors)


def settle(space: Space, pairs: Iterable[Pair], threshold: float) -> Program[list[Pair]]:
    """The pairs whose cosine is at least `threshold`, in their order.

    Cosines that lie near the threshold, or near an edge of two decimals, are computed again from
    vectors that were computed alone.

    Raises:
        NoEmbedding: The encoder gave no vectors.
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


def _embed(encoder: str, texts: Sequence[str], alone: bool) -> Program[Vectors]:
    chunks = []
    for start in range(0, len(texts), CHUNK):
        chunks.append((yield from embed(encoder, texts[start : start + CHUNK], alone)))
    return np.concatenate(chunks) if chunks else np.empty((0, 1), dtype=np.float32)
