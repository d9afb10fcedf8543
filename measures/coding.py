"""Ratings as numbers: labels become codes, once, so that all counting is NumPy's."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Ratings = Sequence[Sequence[Hashable | None]]
"""One row per item, one column per rater, None where a rater did not rate an item."""

MISSING = -1


@dataclass(frozen=True, slots=True)
class Coded:
    """Ratings as label codes.

    Attributes:
        codes: (items, raters), `MISSING` where there is no rating.
        labels: What each code stands for, in an order that the rows' order does not change.
    """

    codes: NDArray[np.int64]
    labels: tuple[Hashable, ...]

    @property
    def per_item(self) -> NDArray[np.int64]:
        """How many ratings each item has."""
        counts: NDArray[np.int64] = (self.codes != MISSING).sum(axis=1)
        return counts


def coded(ratings: Ratings, raters: int | None = None) -> Coded:
    """Codes ratings; without rows, an array of no items.

    Args:
        ratings: The labels.
        raters: How many columns there must be; by default as many as the first row has.

    Raises:
        ValueError: A row has another number of ratings.
    """
    width = raters if raters is not None else len(ratings[0]) if len(ratings) else 0
    if odd := {len(row) for row in ratings} - {width}:
        raise ValueError(f"every item must have {width} ratings (got {min(odd)})")
    given = set(chain.from_iterable(ratings)) - {None}
    labels = tuple(sorted(given, key=lambda label: (type(label).__name__, str(label))))
    table: dict[Hashable | None, int] = {label: code for code, label in enumerate(labels)}
    table[None] = MISSING
    flat = map(table.__getitem__, chain.from_iterable(ratings))
    cells: NDArray[np.int64] = np.fromiter(flat, np.int64, count=len(ratings) * width)
    return Coded(cells.reshape(len(ratings), width), labels)
