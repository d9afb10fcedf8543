"""How far a rewrite has moved: from its seed, and from the examples its writer was shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.cosine import (
    NO_EMBEDDING,
    THRESHOLD_BAND,
    cosine,
    cosines_part,
    embed,
    in_doubt,
    published,
    settled,
)
from checks.errors import NoEmbedding, OptionInvalid
from inference.types import Finding, Item, Program, Score


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
            raise OptionInvalid("drift: -1 <= low < high <= 1", f"{self.low}..{self.high}")

    @property
    def digest(self) -> str:
        """Of the band and the encoder's name; the encoder's identity is not known here."""
        return digest_of(self.name, self.encoder, self.low, self.high, cosines_part())

    def __call__(self, item: Item, text: str) -> Program[Finding]:
        """The cosine of `text` to the seed `item.text`: `drift_near`, `drift_far` or no reason."""
        try:
            value = yield from settled(self.encoder, item.text, text, (self.low, self.high))
        except NoEmbedding:
            return NO_EMBEDDING
        reason = None
        if value > self.high:
            reason = "drift_near"
        elif value < self.low:
            reason = "drift_far"
        return Score(self.name, published(value), reason)


@dataclass(frozen=True, slots=True)
class NearExample:
    """Objects to a rewrite that copies one of the examples in its writer's prompt.

    Attributes:
        encoder: The encoder's name in the recipe.
        examples: The examples' texts.
        limit: The cosine from which on a text counts as a copy.
    """

    name: ClassVar[str] = "example"
    encoder: str
    examples: tuple[str, ...]
    limit: float

    def __post_init__(self) -> None:
        """Refuses a limit that no cosine can reach, and an empty list of examples."""
        if not -1.0 <= self.limit <= 1.0:
            raise OptionInvalid("example: -1 <= limit <= 1", self.limit)
        if not self.examples:
            raise OptionInvalid("example: at least one example", len(self.examples))

    @property
    def digest(self) -> str:
        """Of the examples, the limit and the encoder's name."""
        return digest_of(self.name, self.encoder, self.examples, self.limit, cosines_part())

    def __call__(self, item: Item, text: str) -> Program[Finding]:
        """The largest cosine of `text` to an example: `example_copy` or no reason."""
        try:
            value = yield from self._nearest(text)
        except NoEmbedding:
            return NO_EMBEDDING
        reason = "example_copy" if value >= self.limit else None
        return Score(self.name, published(value), reason)

    def _nearest(self, text: str) -> Program[float]:
        values = yield from self._cosines(text, self.examples, alone=False)
        nearest = max(values)
        if not in_doubt(nearest, (self.limit,)):
            return nearest
        # Each example that could be the nearest in another batch is computed again.
        rivals = [
            example
            for example, value in zip(self.examples, values, strict=True)
            if value >= nearest - THRESHOLD_BAND
        ]
        return max((yield from self._cosines(text, rivals, alone=True)))

    def _cosines(
        self, text: str, examples: tuple[str, ...] | list[str], alone: bool
    ) -> Program[list[float]]:
        own, *others = yield from embed(self.encoder, (text, *examples), alone)
        return [cosine(own, other) for other in others]
