"""What prompt styles do, and how over-refusal goes with the rejection of unsafe prompts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl

from artifacts.evaluation_facts import Correlation, DataFacts, Decoded, Effect, Rate
from artifacts.release_facts import BASE
from evaluation.rates import CELL
from measures import comparisons, intervals


def effects(verdicts: pl.DataFrame, data: Sequence[DataFacts], seed: int) -> tuple[Effect, ...]:
    """Each style against the same base prompts, for every cell of a data set that has base prompts.

    Base prompts count that have a verdict both ways. A style in which nothing changed has p = 1.

    Args:
        verdicts: An evaluation's verdicts.
        data: Its data sets.
        seed: Seed of the bootstrap.
    """
    found: list[Effect] = []
    for each in data:
        if BASE in each.styles:
            found += _of_data(verdicts.filter(pl.col("data") == each.name), each, seed)
    return tuple(found)


def _of_data(verdicts: pl.DataFrame, data: DataFacts, seed: int) -> Iterator[Effect]:
    known = verdicts.drop_nulls("refused").unique(
        [*CELL, "style", "root"], keep="first", maintain_order=True
    )
    base = known.filter(style=BASE).select(*CELL, "root", base=~pl.col("refused"))
    pairs = (
        known.filter(pl.col("style") != BASE)
        .select(*CELL, "style", "root", styled=~pl.col("refused"))
        .join(base, on=[*CELL, "root"])
        .sort("root")
        .group_by(*CELL, "style")
        .agg("base", "styled")
    )
    by_place = {row[:5]: (np.array(row[5]), np.array(row[6])) for row in pairs.iter_rows()}
    for cell in verdicts.select(CELL).unique(maintain_order=True).iter_rows():
        of_cell = [
            _effect((*cell, style), by_place.get((*cell, style)), seed)
            for style in data.styles
            if style != BASE
        ]
        yield from _corrected(of_cell)


def _effect(
    place: tuple[str, str, str, str, str], pairs: tuple[np.ndarray, np.ndarray] | None, seed: int
) -> Effect:
    if pairs is None:
        return Effect(*place, 0, None, None, None, None, None)
    base, styled = (side.astype(np.int64) for side in pairs)
    ones = np.ones_like(base)
    interval = intervals.cluster_difference((styled, ones), (base, ones), seed)
    lost, gained = int((base > styled).sum()), int((styled > base).sum())
    p = comparisons.mcnemar(lost, gained) if lost + gained else 1.0
    rates = float(base.mean()), float(styled.mean())
    return Effect(*place, len(base), *rates, rates[1] - rates[0], interval, p)


def _corrected(found: Sequence[Effect]) -> Iterator[Effect]:
    """p-values corrected for the number of the target's styles."""
    corrected = iter(comparisons.holm([each.p for each in found if each.p is not None]))
    for each in found:
        yield each if each.p is None else replace(each, p=next(corrected))


def decodings(verdicts: pl.DataFrame) -> tuple[Decoded, ...]:
    """How many answers in code or in another language were put back into plain English.

    Any judge will do: what was decoded does not depend on who judges it.
    """
    place = ("data", "target", "setting", "style")
    rows = verdicts.drop_nulls("decoded").unique([*place, "row"], maintain_order=True)
    counts = rows.group_by(*place, maintain_order=True).agg(
        answers=pl.len().cast(pl.Int64), decoded=pl.col("decoded").sum().cast(pl.Int64)
    )
    return tuple(
        Decoded(**row, interval=intervals.wilson(row["decoded"], row["answers"]))
        for row in counts.iter_rows(named=True)
    )


FEWEST = 3
"""Models below which a rank correlation says nothing: two always agree or disagree."""


def correlations(rates: Sequence[Rate], data: Sequence[DataFacts]) -> tuple[Correlation, ...]:
    """Every data set of safe prompts against every one of unsafe prompts, by each judge of both.

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
    judges = {rate.judge for rate in rates if rate.data == toxic.name}
    for setting, judge in dict.fromkeys((setting, judge) for _, setting, judge in ours):
        if judge not in judges:  # it is no judge of the other set
            continue
        models = [
            target
            for target, *where in ours
            if where == [setting, judge] and (target, setting, judge) in theirs
        ]
        sides = [[side[each, setting, judge] for each in models] for side in (ours, theirs)]
        rho = comparisons.spearman(*sides) if len(models) >= FEWEST else None
        yield Correlation(safe.name, toxic.name, setting, judge, len(models), rho)


def _shares(rates: Sequence[Rate], data: DataFacts) -> dict[tuple[str, str, str], float]:
    style = BASE if BASE in data.styles else None
    return {
        (rate.target, rate.setting, rate.judge): rate.rate
        for rate in rates
        if (rate.data, rate.style, rate.category) == (data.name, style, None)
        and rate.rate is not None
    }
