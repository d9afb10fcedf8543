"""The prototypes of a taxonomy with their vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from checks.cosine import embed_set
from inference.types import Program
from moderators.prototypes import Kind, Prototypes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.types import Vectors


@dataclass(frozen=True, eq=False)
class Bank:
    """Prototypes and their unit vectors; the properties are the rows of some of them.

    Attributes:
        prototypes: The examples.
        vectors: One row an example, of shape (examples, dimensions), in double precision.
    """

    prototypes: Prototypes
    vectors: NDArray[np.float64]

    @cached_property
    def toxic(self) -> NDArray[np.intp]:
        """What is plainly bad."""
        return self._rows("toxic")

    @cached_property
    def harmless(self) -> NDArray[np.intp]:
        """What only sounds bad, and what is plain."""
        return self._rows("benign", "plain")

    @cached_property
    def sounding_bad(self) -> NDArray[np.intp]:
        """What is bad, and what only sounds so."""
        return self._rows("toxic", "benign")

    @cached_property
    def plain(self) -> NDArray[np.intp]:
        """What neither is bad nor sounds so."""
        return self._rows("plain")

    @cached_property
    def _toxic_by_category(self) -> tuple[NDArray[np.intp], ...]:
        examples = self.prototypes.examples
        return tuple(
            np.array([row for row in self.toxic if examples[row].category == category])
            for category in self.prototypes.categories
        )

    def cosines(self, vector: Vectors) -> NDArray[np.float64]:
        """A unit vector's cosine to each example."""
        return self.vectors @ vector.astype(np.float64)

    def nearest_category(self, cosines: NDArray[np.float64], nearest: int) -> tuple[str, float]:
        """The category whose toxic examples are nearest, and its lead over the next one.

        Args:
            cosines: To each example.
            nearest: How many of the nearest examples of a category count.
        """
        means = np.array([top_mean(cosines[rows], nearest) for rows in self._toxic_by_category])
        return largest(self.prototypes.categories, means)

    def _rows(self, *kinds: Kind) -> NDArray[np.intp]:
        return np.flatnonzero([example.kind in kinds for example in self.prototypes.examples])


def fill(encoder: str, prototypes: Prototypes) -> Program[Bank]:
    """Embeds all prototypes as one list, so that no prompt can move what it is compared with.

    Raises:
        NoEmbedding: The encoder gave no vectors.
    """
    vectors = yield from embed_set(encoder, prototypes.texts)
    return Bank(prototypes, vectors.astype(np.float64))


def top_mean(values: NDArray[np.float64], count: int) -> float:
    """The mean of the `count` largest values, or of all where there are fewer."""
    return float(np.sort(values)[-count:].mean())


def largest(names: tuple[str, ...], values: NDArray[np.float64]) -> tuple[str, float]:
    """The name with the largest value (the first on a tie), and its lead over the next one."""
    order = (-values).argsort(kind="stable")
    lead = float(values[order[0]] - values[order[1]]) if len(names) > 1 else float("inf")
    return names[int(order[0])], lead
