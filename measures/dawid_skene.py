"""What the true labels may be, and how each rater errs: Dawid and Skene's estimate."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.raters import MISSING, Coded, Ratings, coded

TIE = 1e-9
"""Two labels whose probabilities are this close are equally likely."""


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """The estimate, in the order of the rows given.

    Attributes:
        labels: What the columns below stand for.
        names: The raters, each once.
        posteriors: (items, labels), how likely each label is the item's true one.
        confusions: (raters, true label, given label), rows sum to 1; a label that is never true
            has rows of NaN.
        prior: How common each label is.
        iterations: Steps taken.
        converged: Whether the estimate settled within the steps allowed.
    """

    labels: tuple[Hashable, ...]
    names: tuple[str, ...]
    posteriors: NDArray[np.float64]
    confusions: NDArray[np.float64]
    prior: NDArray[np.float64]
    iterations: int
    converged: bool

    def best(self) -> tuple[Hashable | None, ...]:
        """Each item's likeliest label; None where two are equally likely."""
        order = np.sort(self.posteriors, axis=1)
        tied = order[:, -1] - order[:, -2] < TIE
        chosen = self.posteriors.argmax(axis=1).tolist()
        return tuple(
            None if tie else self.labels[code]
            for code, tie in zip(chosen, tied.tolist(), strict=True)
        )


def dawid_skene(
    ratings: Ratings,
    names: Sequence[str] | None = None,
    max_iterations: int = 500,
    tolerance: float = 1e-8,
) -> DawidSkene | None:
    """Estimates true labels and every rater's errors by expectation maximisation.

    Starts from each item's shares of votes, as Dawid and Skene (1979) do. An item that nobody
    rated gets the prior. It is maximum likelihood, without smoothing: with few items a rater may
    pass for perfect.

    Args:
        ratings: One row per item, one column per rater, None for a missing rating.
        names: The raters; columns with one name are one rater who rated several times. By default
            the columns' numbers, from 1.
        max_iterations: Steps after which it stops, settled or not.
        tolerance: It has settled when no probability moves further than this.

    Returns:
        None without rows, with one rater, one label, or where nobody rated twice: nothing then
        tells a rater's error from the truth.

    Raises:
        ValueError: An item has more or fewer ratings than there are names.
    """
    columns = [str(number) for number in range(1, len(ratings[0]) + 1)] if len(ratings) else []
    columns = list(columns if names is None else names)
    rated, raters = coded(ratings, len(columns)), tuple(dict.fromkeys(columns))
    if len(raters) < 2 or len(rated.labels) < 2 or not (rated.per_item > 1).any():
        return None
    places = np.array([raters.index(column) for column in columns])
    given = _indicators(rated, places, len(raters))
    posteriors = _vote_shares(rated)
    moved, step = np.inf, 0
    while step < max_iterations and moved > tolerance:
        prior, confusions = _maximise(given, posteriors, len(raters))
        before, posteriors = posteriors, _expect(given, prior, confusions)
        moved, step = float(np.abs(posteriors - before).max()), step + 1
    prior, confusions = _maximise(given, posteriors, len(raters))
    return DawidSkene(rated.labels, raters, posteriors, confusions, prior, step, moved <= tolerance)


def _indicators(rated: Coded, places: NDArray[np.int64], raters: int) -> Any:  # noqa: ANN401
    """A sparse (items, raters * labels) matrix: how often a rater gave an item a label."""
    from scipy.sparse import coo_array  # not at the command's start

    items, columns = np.nonzero(rated.codes != MISSING)
    cells = places[columns] * len(rated.labels) + rated.codes[items, columns]
    shape = (len(rated.codes), raters * len(rated.labels))
    return coo_array((np.ones(len(items)), (items, cells)), shape=shape).tocsr()


def _vote_shares(rated: Coded) -> NDArray[np.float64]:
    """Each item's shares of votes; for items without any, the shares of all votes."""
    size = len(rated.labels)
    items, columns = np.nonzero(rated.codes != MISSING)
    cells = items * size + rated.codes[items, columns]
    votes = np.bincount(cells, minlength=len(rated.codes) * size).reshape(-1, size)
    votes = np.where(votes.any(axis=1, keepdims=True), votes, votes.sum(axis=0))
    shares: NDArray[np.float64] = votes / votes.sum(axis=1, keepdims=True)
    return shares


def _maximise(
    given: Any,  # noqa: ANN401
    posteriors: NDArray[np.float64],
    raters: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The prior and the confusion matrices that fit these probabilities best."""
    size = posteriors.shape[1]
    counts = np.asarray(given.T @ posteriors).reshape(raters, size, size).transpose(0, 2, 1)
    totals = counts.sum(axis=2, keepdims=True)
    confusions = np.full(counts.shape, np.nan)
    np.divide(counts, totals, out=confusions, where=totals > 0)
    return posteriors.mean(axis=0), confusions


def _expect(
    given: Any,  # noqa: ANN401
    prior: NDArray[np.float64],
    confusions: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How likely each label is for each item under these errors."""
    smallest = np.finfo(np.float64).tiny  # log of 0 would make NaN of 0 * log 0
    errors = np.log(np.maximum(np.nan_to_num(confusions), smallest))
    size = len(prior)
    logs = np.asarray(given @ errors.transpose(0, 2, 1).reshape(-1, size))
    logs += np.log(np.maximum(prior, smallest))
    logs -= logs.max(axis=1, keepdims=True)
    likely = np.exp(logs)
    posteriors: NDArray[np.float64] = likely / likely.sum(axis=1, keepdims=True)
    return posteriors
