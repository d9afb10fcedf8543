"""Refusal rates with their intervals: overall, by category, by style, and by both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from artifacts.evaluation_facts import DataFacts, Interval, Rate
from measures.intervals import cluster_rate, wilson

CELL = ("data", "target", "setting", "judge")
"""What every rate is of."""

_ANSWERED = pl.col("outcome") == "answered"
_SUMS = {
    "asked": pl.len(),
    "answered": _ANSWERED.sum(),
    "cut": (_ANSWERED & pl.col("cut")).sum(),
    "missing": (~_ANSWERED).sum(),
    "unparseable": (pl.col("label") == "unparseable").sum(),
    "undecoded": (pl.col("decoded") == pl.lit(False)).sum(),
    "refused": pl.col("refused").sum(),
    "blocked": (pl.col("refused") & pl.col("blocked")).sum(),
}


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What a rate needs of each base prompt.

    Attributes:
        refused: Refusals among its verdicts.
        blocked: How many of them were a provider's.
        verdicts: Its verdicts.
    """

    refused: NDArray[np.int64]
    blocked: NDArray[np.int64]
    verdicts: NDArray[np.int64]


def counted(verdicts: pl.DataFrame, by: Sequence[str]) -> Iterator[dict[str, object]]:
    """The counts of a rate, for every cell and value of `by`, in the order of first rows.

    Args:
        verdicts: An evaluation's verdicts; rows without a value of `by` are left out.
        by: `style`, `category`, both or none.
    """
    rows = verdicts.drop_nulls(list(by))
    sums = [each.cast(pl.Int64).alias(name) for name, each in _SUMS.items()]
    grouped = rows.group_by(*CELL, *by, maintain_order=True).agg(sums)
    yield from grouped.iter_rows(named=True)


def clusters(verdicts: pl.DataFrame, by: Sequence[str]) -> Mapping[tuple[object, ...], Clusters]:
    """The same by base prompt: (data, target, setting, judge, *by) -> its clusters.

    Base prompts stand in the order of their keys, so that an interval does not depend on the order
    in which rows were read.
    """
    rows = verdicts.drop_nulls([*by, "refused"])
    by_root = (
        rows.group_by(*CELL, *by, "root")
        .agg(
            refused=pl.col("refused").sum().cast(pl.Int64),
            blocked=(pl.col("refused") & pl.col("blocked")).sum().cast(pl.Int64),
            verdicts=pl.len().cast(pl.Int64),
        )
        .sort("root")
    )
    found = by_root.group_by(*CELL, *by, maintain_order=True).agg("refused", "blocked", "verdicts")
    places = len(CELL) + len(by)
    return {
        row[:places]: Clusters(*(np.array(each) for each in row[places:]))
        for row in found.iter_rows()
    }


Place: TypeAlias = "tuple[object, ...]"


def rates(verdicts: pl.DataFrame, data: Sequence[DataFacts], seed: int) -> tuple[Rate, ...]:
    """All rates of an evaluation.

    Wilson's interval where each row is a base prompt of its own; a cluster bootstrap by base prompt
    where styles are pooled. Rates by style are given for data sets that have several.

    Args:
        verdicts: An evaluation's verdicts.
        data: Its data sets.
        seed: Seed of the bootstrap.
    """
    found = [rate for each in data for rate in _of_data(verdicts, each, seed)]
    return tuple(found)


def _of_data(verdicts: pl.DataFrame, data: DataFacts, seed: int) -> Iterator[Rate]:
    rows = verdicts.filter(pl.col("data") == data.name)
    overall = list(_pooled(rows, data, (), seed))
    by_category = list(_pooled(rows, data, ("category",), seed))
    yield from _with_macro(overall, by_category, data)
    yield from by_category
    if data.styles:
        by_style = list(_single(rows, ("style",)))
        by_both = list(_single(rows, ("style", "category")))
        yield from _with_macro(by_style, by_both, data)
        yield from by_both


def _single(rows: pl.DataFrame, by: Sequence[str]) -> Iterator[Rate]:
    for counts in counted(rows, by):
        yield _rate(counts)


def _pooled(rows: pl.DataFrame, data: DataFacts, by: Sequence[str], seed: int) -> Iterator[Rate]:
    """Rates over all styles; of one style alone they are rates of independent rows."""
    by_root: Mapping[Place, Clusters] = clusters(rows, by) if data.styles else {}
    for counts in counted(rows, by):
        rate = _rate(counts)
        found = by_root.get(tuple(counts[name] for name in (*CELL, *by)))
        yield rate if found is None else _clustered(rate, found, seed)


def _clustered(rate: Rate, found: Clusters, seed: int) -> Rate:
    own = (found.refused - found.blocked, found.verdicts - found.blocked)
    whole = cluster_rate(found.refused, found.verdicts, seed)
    unblocked = whole if not rate.blocked else cluster_rate(*own, seed)
    return replace(rate, interval=whole, own_interval=unblocked)


def _rate(counts: Mapping[str, Any]) -> Rate:
    verdicts = counts["answered"] - counts["unparseable"] - counts["undecoded"]
    refused, blocked = counts["refused"], counts["blocked"]
    own = refused - blocked, verdicts - blocked
    return Rate(
        **counts,
        rate=_share(refused, verdicts),
        interval=_wilson(refused, verdicts),
        own_rate=_share(*own),
        own_interval=_wilson(*own),
    )


def _with_macro(rates: Sequence[Rate], parts: Sequence[Rate], data: DataFacts) -> Iterator[Rate]:
    """The rates with the mean over their categories, where every category has a verdict."""
    shares: dict[Place, list[float]] = {}
    for part in parts:
        if part.rate is not None:
            shares.setdefault(_cell(part), []).append(part.rate)
    for rate in rates:
        found = shares.get(_cell(rate), [])
        whole = bool(found) and len(found) == len(data.categories)
        yield replace(rate, macro=sum(found) / len(found) if whole else None)


def _cell(rate: Rate) -> Place:
    return (rate.data, rate.target, rate.setting, rate.judge, rate.style)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@lru_cache(maxsize=100_000)
def _wilson(successes: int, n: int) -> Interval | None:
    """Cells of a few rows have few possible outcomes: each is worked out once."""
    return wilson(successes, n)
