"""What prompt styles do: effects on the same base prompts, and how many answers were decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from artifacts.evaluation_facts import DataFacts, Decoded, Effect
from artifacts.mutation_facts import BASE
from flows.evaluating.counting import CELL
from measures.clusters import cluster_difference
from measures.comparisons import holm, mcnemar
from measures.intervals import wilson


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
    interval = cluster_difference((styled, ones), (base, ones), seed)
    lost, gained = int((base > styled).sum()), int((styled > base).sum())
    p = mcnemar(lost, gained) if lost + gained else 1.0
    rates = float(base.mean()), float(styled.mean())
    return Effect(*place, len(base), *rates, rates[1] - rates[0], interval, p)


def _corrected(found: Sequence[Effect]) -> Iterator[Effect]:
    """p-values corrected for the number of the target's styles."""
    corrected = iter(holm([each.p for each in found if each.p is not None]))
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
        Decoded(**row, interval=wilson(row["decoded"], row["answers"]))
        for row in counts.iter_rows(named=True)
    )
