"""Labelled answers as the numbers that a linear judge is fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flows.scoring.labelled import Labelled
from moderators.refusal.trained_features import cheap_features, cosines, dense, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.embedding import Embeds


@dataclass(frozen=True, eq=False)
class Featured:
    """The features of some answers, one row each.

    Attributes:
        cheap: Cheap features and cosines, not yet standardised.
        dense: Embeddings.
        dimensions: Of the encoder's vectors.
    """

    cheap: NDArray[np.float64]
    dense: NDArray[np.float64]
    dimensions: int

    def __getitem__(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Featured:
        """The features of some of the rows."""
        return Featured(self.cheap[rows], self.dense[rows], self.dimensions)


def featured(encoder: Embeds, rows: Sequence[Labelled]) -> Featured:
    """The features of answers.

    All texts are embedded as one fixed list, so that the same table has the same numbers whatever
    was embedded before it.
    """
    shown = [pieces(row.prompt, row.answer) for row in rows]
    texts = list(dict.fromkeys(text for each in shown for text in each))
    places = {text: place for place, text in enumerate(texts)}
    vectors = encoder.embed_set(texts)
    found = [vectors[[places[text] for text in each]] for each in shown]
    cheap = [
        np.concatenate([list(cheap_features(row.prompt, row.answer).values()), cosines(each)])
        for row, each in zip(rows, found, strict=True)
    ]
    return Featured(np.stack(cheap), np.stack([dense(each) for each in found]), vectors.shape[1])
