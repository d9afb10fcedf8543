"""How far two or more raters agree, with ratings missing here and there.

Every figure takes one row per item and one column per rater, None for a missing rating, and is
None where it is not defined: no rows, one rater, nobody rated twice, or (but for observed
agreement and a Gwet's AC1 that is told its labels) one and the same label everywhere.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from measures.agreement import kappa_of

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


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two raters agree on the items that both rated.

    Attributes:
        first: One rater.
        second: The other.
        n: Items that both rated.
        observed: Share of them with the same label; None for n = 0.
        kappa: Cohen's kappa; None for n = 0 or one label throughout.
    """

    first: str
    second: str
    n: int
    observed: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class RaterBias:
    """How much more often a rater gives each label than the others do on the same items.

    Attributes:
        name: The rater.
        n: Items that this rater and at least one other rated.
        bias: By label, the rater's share minus the others' mean share, -1 to 1; sums to 0. Empty
            for n = 0.
    """

    name: str
    n: int
    bias: dict[Hashable, float]


def pairwise(ratings: Ratings, names: Sequence[str]) -> tuple[PairAgreement, ...]:
    """Agreement of every pair of raters, in the order of the names.

    Raises:
        ValueError: An item has more or fewer ratings than there are names.
    """
    codes = coded(ratings, len(names)).codes
    return tuple(
        _pair(names[one], names[other], codes[:, one], codes[:, other])
        for one, other in combinations(range(len(names)), 2)
    )


def _pair(
    first: str, second: str, ones: NDArray[np.int64], others: NDArray[np.int64]
) -> PairAgreement:
    both = (ones != MISSING) & (others != MISSING)
    ones, others = ones[both], others[both]
    n, agreeing = len(ones), int((ones == others).sum())
    size = int(max(ones.max(), others.max())) + 1 if n else 0
    counts = [np.bincount(side, minlength=size) for side in (ones, others)]
    kappa = kappa_of(agreeing, int(counts[0] @ counts[1]), n)
    return PairAgreement(first, second, n, agreeing / n if n else None, kappa)


def observed_agreement_of_all(ratings: Ratings) -> float | None:
    """The chance that two raters of an item say the same, mean over items rated at least twice.

    Raises:
        ValueError: Items have different numbers of columns.
    """
    return _observed(coded(ratings))


def fleiss_kappa(ratings: Ratings) -> float | None:
    """Fleiss' kappa; for items with unequally many ratings in Gwet's general form.

    Agreement is over items rated at least twice; chance comes from every label's mean share over
    all items rated. With nothing missing this is Fleiss' own figure.

    Raises:
        ValueError: Items have different numbers of columns.
    """
    rated = coded(ratings)
    observed, shares = _observed(rated), _shares(rated)
    return _beyond(observed, float(shares @ shares)) if len(shares) > 1 else None


def gwet_ac1(ratings: Ratings, labels: Collection[Hashable] | None = None) -> float | None:
    """Gwet's AC1, which stays meaningful where nearly all ratings agree and kappa collapses.

    Args:
        ratings: One row per item, one column per rater.
        labels: All labels that could have been given; by default those that were. With them,
            full agreement on one label is 1; without, there is no figure for it.

    Raises:
        ValueError: Items have different numbers of columns, or a rating is not one of the labels.
    """
    rated = coded(ratings)
    if labels is not None and (strange := set(rated.labels) - set(labels)):
        raise ValueError(f"ratings must be among the labels (got {min(map(str, strange))})")
    size = len(rated.labels) if labels is None else len(set(labels))
    if size < 2:
        return None
    shares = _shares(rated)
    return _beyond(_observed(rated), float(shares @ (1 - shares)) / (size - 1))


def krippendorff_alpha(ratings: Ratings) -> float | None:
    """Krippendorff's alpha for nominal labels; items with fewer than two ratings say nothing.

    Raises:
        ValueError: Items have different numbers of columns.
    """
    rated = coded(ratings)
    pairable = rated.codes[rated.per_item > 1]
    counts = np.bincount(pairable[pairable != MISSING], minlength=len(rated.labels))
    n = int(counts.sum())
    room = n * n - int(counts @ counts)  # ordered pairs of unlike labels, all items pooled
    if not room:
        return None
    together = _same_pairs(Coded(pairable, rated.labels))
    per_item = (pairable != MISSING).sum(axis=1)
    unlike = ((per_item * (per_item - 1) - together) / (per_item - 1)).sum()
    return float(1 - (n - 1) * unlike / room)


def rater_bias(ratings: Ratings, names: Sequence[str]) -> tuple[RaterBias, ...]:
    """Every rater's leaning towards each label, against the other raters of the same items.

    Raises:
        ValueError: An item has more or fewer ratings than there are names.
    """
    rated = coded(ratings, len(names))
    return tuple(_bias(name, rater, rated) for rater, name in enumerate(names))


def _bias(name: str, rater: int, rated: Coded) -> RaterBias:
    compared = (rated.codes[:, rater] != MISSING) & (rated.per_item > 1)
    own = rated.codes[compared, rater]
    if not len(own):
        return RaterBias(name, 0, {})
    others = np.delete(rated.codes[compared], rater, axis=1)
    weights = np.repeat(1 / (others != MISSING).sum(axis=1), (others != MISSING).sum(axis=1))
    size = len(rated.labels)
    theirs = np.bincount(others[others != MISSING], weights=weights, minlength=size)
    gaps = (np.bincount(own, minlength=size) - theirs) / len(own)
    return RaterBias(name, len(own), dict(zip(rated.labels, gaps.tolist(), strict=True)))


def _same_pairs(rated: Coded) -> NDArray[np.int64]:
    """Per item, the ordered pairs of its ratings that are alike."""
    items, _ = np.nonzero(rated.codes != MISSING)
    size = max(len(rated.labels), 1)
    # (item, label) as one number: no table of items by labels, which free text would blow up
    cells, counts = np.unique(
        items * size + rated.codes[rated.codes != MISSING], return_counts=True
    )
    alike = np.bincount(cells // size, weights=counts * (counts - 1), minlength=len(rated.codes))
    return alike.astype(np.int64)


def _observed(rated: Coded) -> float | None:
    twice = rated.per_item > 1
    if not twice.any():
        return None
    many = rated.per_item[twice]
    return float((_same_pairs(rated)[twice] / (many * (many - 1))).mean())


def _shares(rated: Coded) -> NDArray[np.float64]:
    """Every label's mean share over the items that anybody rated."""
    per_item = rated.per_item
    known = rated.codes != MISSING
    weights = np.repeat(1 / np.maximum(per_item, 1), per_item)
    totals = np.bincount(rated.codes[known], weights=weights, minlength=len(rated.labels))
    shares: NDArray[np.float64] = totals / max(int((per_item > 0).sum()), 1)
    return shares


def _beyond(observed: float | None, chance: float) -> float | None:
    if observed is None or chance >= 1:
        return None
    return (observed - chance) / (1 - chance)
