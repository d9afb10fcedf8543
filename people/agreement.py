"""All figures of agreement for a table of labels."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from measures import raters as statistics
from measures.dawid_skene import DawidSkene, dawid_skene
from measures.raters import PairAgreement
from people.ratings import Rated

SURE = 0.95
"""A true label this likely counts as settled."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """How much more often a rater gives each label than the others; -1 to 1."""

    rater: str
    n: int
    bias: dict[str, float]


@dataclass(frozen=True, slots=True)
class Errors:
    """One rater's estimated errors: by true label, how often each label is given.

    Attributes:
        rater: The rater.
        given: By true label and given label; a true label that never occurs is left out.
    """

    rater: str
    given: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Dawid and Skene's estimate in short.

    Attributes:
        prior: How common each true label is.
        sure: Items whose true label is at least `SURE` likely.
        unsure: The others.
        against_majority: Items whose likeliest label is not the one that most raters gave.
        errors: One a rater.
        iterations: Steps taken.
        converged: Whether it settled.
    """

    prior: dict[str, float]
    sure: int
    unsure: int
    against_majority: int
    errors: tuple[Errors, ...]
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far raters agree; a figure that is not defined is None, and the notes say why.

    Attributes:
        items: Items in the table.
        rated: Items with one label at least.
        twice: Items with two at least: what agreement rests on.
        labels: How often each label was given.
        pairs: Every pair of raters.
        observed: The chance that two labels of an item are the same.
        fleiss: Fleiss' kappa.
        alpha: Krippendorff's alpha, nominal.
        ac1: Gwet's AC1.
        leanings: Every rater's bias.
        posterior: Dawid and Skene's estimate.
        notes: Why figures are not defined, a line each.
    """

    items: int
    rated: int
    twice: int
    labels: dict[str, int]
    pairs: tuple[PairAgreement, ...]
    observed: float | None
    fleiss: float | None
    alpha: float | None
    ac1: float | None
    leanings: tuple[Leaning, ...]
    posterior: Posterior | None
    notes: tuple[str, ...]


def agreement(rated: Rated) -> Agreement:
    """Every figure of agreement that there is for these labels."""
    ratings, names = rated.ratings, rated.raters
    counts = Counter(label for row in ratings for label in row if label is not None)
    per_item = [sum(label is not None for label in row) for row in ratings]
    twice = sum(count > 1 for count in per_item)
    return Agreement(
        items=len(ratings),
        rated=sum(count > 0 for count in per_item),
        twice=twice,
        labels=dict(sorted(counts.items())),
        pairs=statistics.pairwise(ratings, names),
        observed=statistics.observed_agreement_of_all(ratings),
        fleiss=statistics.fleiss_kappa(ratings),
        alpha=statistics.krippendorff_alpha(ratings),
        ac1=statistics.gwet_ac1(ratings),
        leanings=tuple(
            Leaning(each.name, each.n, {str(label): gap for label, gap in each.bias.items()})
            for each in statistics.rater_bias(ratings, names)
        ),
        posterior=_posterior(rated),
        notes=tuple(_notes(len(names), len(counts), twice)),
    )


def _notes(raters: int, labels: int, twice: int) -> list[str]:
    """Why figures have no value, the first cause alone."""
    if not labels:
        return ["no figure is defined: nobody gave a label"]
    if raters < 2:
        return ["no figure is defined: there is one rater"]
    if not twice:
        return ["no figure is defined: no item has labels of two raters"]
    if labels < 2:
        return [
            "observed agreement is 1; figures beyond chance are not defined: all labels are the "
            "same, so that chance would agree too (0/0)"
        ]
    return []


def _posterior(rated: Rated) -> Posterior | None:
    found = dawid_skene(rated.ratings, rated.raters)
    if found is None:
        return None
    likeliest = found.posteriors.max(axis=1)
    sure = int((likeliest >= SURE).sum())
    return Posterior(
        prior=dict(zip(_words(found), map(float, found.prior), strict=True)),
        sure=sure,
        unsure=len(likeliest) - sure,
        against_majority=_against(found, rated.ratings),
        errors=tuple(_errors(found, place) for place in range(len(found.names))),
        iterations=found.iterations,
        converged=found.converged,
    )


def _words(found: DawidSkene) -> tuple[str, ...]:
    return tuple(str(label) for label in found.labels)


def _errors(found: DawidSkene, place: int) -> Errors:
    words = _words(found)
    rows = {
        true: dict(zip(words, map(float, row), strict=True))
        for true, row in zip(words, found.confusions[place], strict=True)
        if not np.isnan(row).any()
    }
    return Errors(found.names[place], rows)


def _against(found: DawidSkene, ratings: Sequence[Sequence[str | None]]) -> int:
    """Items with a majority that the estimate overrules."""
    count = 0
    for best, row in zip(found.best(), ratings, strict=True):
        given = Counter(label for label in row if label is not None).most_common(2)
        clear = given and (len(given) == 1 or given[0][1] > given[1][1])
        count += bool(clear) and best is not None and best != given[0][0]
    return count
