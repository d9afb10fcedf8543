"""A judge of one's own: a calibrated linear model over features and embeddings of an exchange."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from base.digests import digest_of
from checks.cosine import cosines_part, embed, in_doubt, published
from inference.types import Item, Program
from moderators.refusal.trained_card import (
    Numbers,
    TrainedCard,
    TrainedJudgeUnusable,
    read_trained,
)
from moderators.refusal.trained_features import (
    cheap_features,
    cosines,
    dense,
    features_version,
    is_current,
    pieces,
)
from moderators.refusal.types import Judgment, RefusalLabel

if TYPE_CHECKING:
    from inference.types import Vectors

CLIP = 4.0
"""Standard deviations beyond which a feature says no more: unseen models have odd extremes."""


@dataclass(frozen=True, eq=False)
class TrainedJudge:
    """Tells refusals by a linear model that `judge-train` made.

    Attributes:
        name: Its name in tables.
        encoder: The encoder's name in the recipe.
        card: What it is.
        numbers: Its weights.
    """

    name: str
    encoder: str
    card: TrainedCard
    numbers: Numbers

    @property
    def digest(self) -> str:
        """Of its numbers and how they are used; the encoder's identity is one of them."""
        card = self.card
        used = (card.weights_sha256, card.bias, card.slope, card.threshold, cosines_part())
        features = features_version()
        return digest_of("trained-judge", features, card.encoder_identity, CLIP, *used)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the encoder for the exchange's pieces; the reason is the probability of a refusal.

        A probability near the threshold, or near an edge of its two decimals, is computed again
        from vectors that were computed alone, so that no batch decides.

        Raises:
            NoEmbedding: The encoder gave no vectors.
            TrainedJudgeUnusable: Its vectors have another length than in training.
        """
        answer = item.answer or ""
        texts = pieces(item.text, answer)
        cheap = np.array(list(cheap_features(item.text, answer).values()))
        found = self.probability(cheap, (yield from embed(self.encoder, texts)))
        if in_doubt(found, (self.card.threshold,)):
            found = self.probability(cheap, (yield from embed(self.encoder, texts, alone=True)))
        refused = found >= self.card.threshold
        label: RefusalLabel = "direct_refusal" if refused else "direct_answer"
        return Judgment(self.name, label, refused, f"probability {published(found):.2f}")

    def probability(self, cheap: np.ndarray, vectors: Vectors) -> float:
        """The calibrated probability of a refusal.

        Args:
            cheap: The cheap features, in their order.
            vectors: Unit rows of the pieces.

        Raises:
            TrainedJudgeUnusable: The vectors have another length than in training.
        """
        if vectors.shape[1] != self.card.dimensions:
            rule = f"the encoder's vectors must have {self.card.dimensions} dimensions"
            raise TrainedJudgeUnusable(rule, vectors.shape[1])
        numbers, card = self.numbers, self.card
        row = np.concatenate([cheap, cosines(vectors)])
        standard = np.clip((row - numbers.means) / numbers.scales, -CLIP, CLIP)
        score = float(standard @ numbers.cheap + dense(vectors) @ numbers.dense) + card.bias
        return float(1 / (1 + np.exp(-np.clip(card.slope * score, -500, 500))))


def load_trained(folder: Path, encoder: str, identity: str) -> TrainedJudge:
    """The judge in a folder that `judge-train` wrote; its name is the folder's.

    Args:
        folder: Where its card and weights are.
        encoder: The encoder's name in the recipe, for asking.
        identity: What that encoder is: `sha256:` and the hash of its files.

    Raises:
        TrainedJudgeUnusable: The folder is not whole, or the judge was trained with another
            encoder or with other features.
    """
    card, numbers = read_trained(folder)
    if identity != card.encoder_identity:
        rule = f"the encoder of judge {folder.name} must be {card.encoder}, {card.encoder_identity}"
        raise TrainedJudgeUnusable(rule, f"{encoder}, {identity}")
    if not is_current(card.features):
        rule = f"judge {folder.name} must be trained again: its features are of another version"
        raise TrainedJudgeUnusable(rule, card.features)
    return TrainedJudge(folder.resolve().name, encoder, card, numbers)
