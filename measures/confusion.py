"""Verdicts held against true labels."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of verdicts by truth. A rate without any row to rest on is None, not 0.

    Attributes:
        true_positives: Positive rows called positive.
        false_negatives: Positive rows called anything else.
        false_positives: Negative rows called positive.
        true_negatives: Negative rows called anything else.
    """

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int

    @property
    def positives(self) -> int:
        """Rows whose truth is positive."""
        return self.true_positives + self.false_negatives

    @property
    def negatives(self) -> int:
        """Rows whose truth is negative."""
        return self.false_positives + self.true_negatives

    @property
    def tpr(self) -> float | None:
        """True positive rate (recall, sensitivity)."""
        return self.true_positives / self.positives if self.positives else None

    @property
    def fpr(self) -> float | None:
        """False positive rate (1 - specificity)."""
        return self.false_positives / self.negatives if self.negatives else None

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of the recalls of both classes; 0.5 is chance, whatever the classes' sizes."""
        if self.tpr is None or self.fpr is None:
            return None
        return (self.tpr + 1 - self.fpr) / 2


def confusion(pairs: Iterable[tuple[bool, bool]]) -> Confusion:
    """Counts (truth, verdict) pairs, True for positive."""
    counts = {(truth, verdict): 0 for truth in (True, False) for verdict in (True, False)}
    for pair in pairs:
        counts[pair] += 1
    return Confusion(
        counts[True, True], counts[True, False], counts[False, True], counts[False, False]
    )
