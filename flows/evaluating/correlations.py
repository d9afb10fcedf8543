"""How over-refusal goes with the rejection of unsafe prompts, over the models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from artifacts.evaluation_facts import Correlation, DataFacts, Rate
from artifacts.mutation_facts import BASE
from measures.comparisons import spearman

FEWEST = 3
"""Models below which a rank correlation says nothing: two always agree or disagree."""


def correlations(rates: Sequence[Rate], data: Sequence[DataFacts]) -> tuple[Correlation, ...]:
    """Every data set of safe prompts against every one of unsafe prompts.

    Of a data set in several styles the base prompts count.

    Args:
        rates: An evaluation's rates.
        data: Its data sets.
    """
    safe = [each for each in data if each.measure == "over_refusal"]
    unsafe = [each for each in data if each.measure != "over_refusal"]
    return tuple(
        found for one, other in product(safe, unsafe) for found in _between(rates, one, other)
    )


def _between(rates: Sequence[Rate], safe: DataFacts, toxic: DataFacts) -> Iterator[Correlation]:
    ours, theirs = _shares(rates, safe), _shares(rates, toxic)
    for setting, judge in dict.fromkeys((setting, judge) for _, setting, judge in ours):
        models = [
            target
            for target, *where in ours
            if where == [setting, judge] and (target, setting, judge) in theirs
        ]
        sides = [[side[each, setting, judge] for each in models] for side in (ours, theirs)]
        rho = spearman(*sides) if len(models) >= FEWEST else None
        yield Correlation(safe.name, toxic.name, setting, judge, len(models), rho)


def _shares(rates: Sequence[Rate], data: DataFacts) -> dict[tuple[str, str, str], float]:
    style = BASE if BASE in data.styles else None
    return {
        (rate.target, rate.setting, rate.judge): rate.rate
        for rate in rates
        if (rate.data, rate.style, rate.category) == (data.name, style, None)
        and rate.rate is not None
    }
