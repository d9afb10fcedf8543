"""Cosines that no batch can move: asked for together, and again alone where they decide.

A vector depends a little on the texts it is computed with. A cosine that lies near a threshold,
or near an edge at which its two published decimals change, is therefore computed again from
vectors that were computed alone. Elsewhere the difference can neither decide nor show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from base.digests import Json
from checks.errors import NoEmbedding
from inference.types import Ask, EmbedRequest, Missing, Program, Reply, Unusable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inference.types import Vectors

NO_EMBEDDING = "no_embedding"
THRESHOLD_BAND = 0.005
EDGE_BAND = 0.0001
_DECIMALS = 2


def published_part() -> Json:
    """What `published` depends on, for a digest."""
    return _DECIMALS


def cosines_part() -> Json:
    """What a cosine that is held against a threshold depends on, for a digest."""
    return [NO_EMBEDDING, THRESHOLD_BAND, EDGE_BAND, published_part()]


@dataclass(frozen=True, slots=True)
class EmbedAtom:
    """Asks one encoder for the vectors of some texts; the item is the tuple of texts.

    Attributes:
        encoder: The encoder's name in the recipe.
        alone: Compute each text by itself.
        together: Compute these texts with each other and no others beside them.
    """

    encoder: str
    alone: bool = False
    together: bool = False

    def request(self, item: tuple[str, ...], tries: int) -> EmbedRequest:
        """The same at each attempt: an encoder has nothing to draw again."""
        return EmbedRequest(self.encoder, item, self.alone, self.together)

    def parse(self, item: tuple[str, ...], reply: Reply) -> Vectors:
        """The unit rows, one a text; `Unusable` where their number is another."""
        if reply.vectors is None or len(reply.vectors) != len(item):
            raise Unusable(NO_EMBEDDING)
        return reply.vectors


def embed(encoder: str, texts: Sequence[str], alone: bool = False) -> Program[Vectors]:
    """Asks for the vectors of `texts`, in their order.

    Raises:
        NoEmbedding: The encoder gave none.
    """
    return _asked(EmbedAtom(encoder, alone), texts)


def embed_set(encoder: str, texts: Sequence[str]) -> Program[Vectors]:
    """Asks for the vectors of a fixed list, which are the same each time: no other text is by.

    Raises:
        NoEmbedding: The encoder gave none.
    """
    return _asked(EmbedAtom(encoder, together=True), texts)


def _asked(atom: EmbedAtom, texts: Sequence[str]) -> Program[Vectors]:
    answer = yield Ask(atom, tuple(texts), tries=1)
    if isinstance(answer, Missing):
        rule = "an encoder gives one vector a text"
        raise NoEmbedding(rule, f"{atom.encoder}: {answer.reason}")
    vectors: Vectors = answer
    return vectors


def cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The cosine of two unit vectors, summed in double precision."""
    return max(-1.0, min(1.0, float(a.astype("float64") @ b.astype("float64"))))


def in_doubt(value: float, thresholds: Sequence[float]) -> bool:
    """Whether the batch it was computed in could decide over `value` or show in its decimals."""
    if any(abs(value - threshold) <= THRESHOLD_BAND for threshold in thresholds):
        return True
    scale = 10.0**_DECIMALS
    return abs((value * scale) % 1.0 - 0.5) <= EDGE_BAND * scale


def published(value: float) -> float:
    """The value with the two decimals that tables and releases show."""
    return round(value, _DECIMALS) + 0.0  # no negative zero


def settled(encoder: str, a: str, b: str, thresholds: Sequence[float]) -> Program[float]:
    """The cosine of two texts, unrounded, safe to hold against `thresholds` and to publish.

    Raises:
        NoEmbedding: The encoder gave no vectors.
    """
    first, second = yield from embed(encoder, (a, b))
    value = cosine(first, second)
    if in_doubt(value, thresholds):
        first, second = yield from embed(encoder, (a, b), alone=True)
        value = cosine(first, second)
    return value
