"""How far a rewrite has moved, by cosines that no batch can move.

A vector depends a little on the texts it is computed with. A cosine that lies near a threshold,
or near an edge at which its two published decimals change, is therefore computed again from
vectors that were computed alone. Elsewhere the difference can neither decide nor show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from base.digests import Json, digest_of
from checks.errors import NoEmbeddingError, OptionInvalidError
from checks.shown import EXAMPLE_COPY, Shows, shown_part, texts_shown
from inference import types
from inference.types import UnusableError

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
class EmbedTask:
    """Asks one encoder for the vectors of some texts; the item is the tuple of texts.

    Attributes:
        encoder: The encoder's name in the recipe.
        alone: Compute each text by itself.
        together: Compute these texts with each other and no others beside them.
    """

    encoder: str
    alone: bool = False
    together: bool = False

    def request(self, item: tuple[str, ...], tries: int) -> types.EmbedRequest:
        """The same at each attempt: an encoder has nothing to draw again."""
        return types.EmbedRequest(self.encoder, item, self.alone, self.together)

    def parse(self, item: tuple[str, ...], reply: types.Reply) -> Vectors:
        """The unit rows, one a text; `UnusableError` where their number is another."""
        if reply.vectors is None or len(reply.vectors) != len(item):
            raise UnusableError(NO_EMBEDDING)
        return reply.vectors


def embed(encoder: str, texts: Sequence[str], alone: bool = False) -> types.Program[Vectors]:
    """Asks for the vectors of `texts`, in their order.

    Raises:
        NoEmbeddingError: The encoder gave none.
    """
    return _asked(EmbedTask(encoder, alone), texts)


def embed_set(encoder: str, texts: Sequence[str]) -> types.Program[Vectors]:
    """Asks for the vectors of a fixed list, which are the same each time: no other text is by.

    Raises:
        NoEmbeddingError: The encoder gave none.
    """
    return _asked(EmbedTask(encoder, together=True), texts)


def _asked(task: EmbedTask, texts: Sequence[str]) -> types.Program[Vectors]:
    answer = yield types.Call(task, tuple(texts), tries=1)
    if isinstance(answer, types.Missing):
        rule = "an encoder gives one vector a text"
        raise NoEmbeddingError(rule, f"{task.encoder}: {answer.reason}")
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


def rescored(encoder: str, a: str, b: str, thresholds: Sequence[float]) -> types.Program[float]:
    """The cosine of two texts, unrounded, safe to hold against `thresholds` and to publish.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
    """
    first, second = yield from embed(encoder, (a, b))
    value = cosine(first, second)
    if in_doubt(value, thresholds):
        first, second = yield from embed(encoder, (a, b), alone=True)
        value = cosine(first, second)
    return value


@dataclass(frozen=True, slots=True)
class DriftBand:
    """Objects to a rewrite that copies its seed, or has nothing to do with it.

    Attributes:
        encoder: The encoder's name in the recipe.
        low: The smallest cosine of a text to its seed that passes.
        high: The largest that passes.
    """

    name: ClassVar[str] = "drift"
    encoder: str
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuses a band that no text can meet."""
        if not -1.0 <= self.low < self.high <= 1.0:
            raise OptionInvalidError("drift: -1 <= low < high <= 1", f"{self.low}..{self.high}")

    @property
    def digest(self) -> str:
        """Of the band and the encoder's name; the encoder's identity is not known here."""
        return digest_of(self.name, self.encoder, self.low, self.high, cosines_part())

    def __call__(self, item: types.Item, text: str) -> types.Program[types.Finding]:
        """The cosine of `text` to the seed `item.text`: `drift_near`, `drift_far` or no reason."""
        try:
            value = yield from rescored(self.encoder, item.text, text, (self.low, self.high))
        except NoEmbeddingError:
            return NO_EMBEDDING
        reason = None
        if value > self.high:
            reason = "drift_near"
        elif value < self.low:
            reason = "drift_far"
        return types.Score(self.name, published(value), reason)


@dataclass(frozen=True, slots=True)
class NearExample:
    """Objects to a rewrite that copies one of the examples in its writer's prompt.

    Attributes:
        encoder: The encoder's name in the recipe.
        examples: The examples' texts, or who knows which of them a row's writer was shown.
        limit: The cosine from which on a text counts as a copy.
    """

    name: ClassVar[str] = "example"
    encoder: str
    examples: tuple[str, ...] | Shows
    limit: float

    def __post_init__(self) -> None:
        """Refuses a limit that no cosine can reach, and an empty list of examples."""
        if not -1.0 <= self.limit <= 1.0:
            raise OptionInvalidError("example: -1 <= limit <= 1", self.limit)
        if self.examples == ():
            raise OptionInvalidError("example: at least one example", 0)

    @property
    def digest(self) -> str:
        """Of the examples, the limit and the encoder's name."""
        how = (self.limit, cosines_part(), EXAMPLE_COPY)
        return digest_of(self.name, self.encoder, shown_part(self.examples), *how)

    def __call__(self, item: types.Item, text: str) -> types.Program[types.Finding]:
        """The largest cosine of `text` to an example: `example_copy` or no reason."""
        shown = texts_shown(self.examples, item)
        if not shown:
            return None
        try:
            value = yield from self._nearest(text, shown)
        except NoEmbeddingError:
            return NO_EMBEDDING
        reason = EXAMPLE_COPY if value >= self.limit else None
        return types.Score(self.name, published(value), reason)

    def _nearest(self, text: str, shown: tuple[str, ...]) -> types.Program[float]:
        values = yield from self._cosines(text, shown, alone=False)
        nearest = max(values)
        if not in_doubt(nearest, (self.limit,)):
            return nearest
        # Each example that could be the nearest in another batch is computed again.
        rivals = [
            example
            for example, value in zip(shown, values, strict=True)
            if value >= nearest - THRESHOLD_BAND
        ]
        return max((yield from self._cosines(text, rivals, alone=True)))

    def _cosines(
        self, text: str, examples: tuple[str, ...] | list[str], alone: bool
    ) -> types.Program[list[float]]:
        own, *others = yield from embed(self.encoder, (text, *examples), alone)
        return [cosine(own, other) for other in others]
