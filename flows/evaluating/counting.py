"""Verdicts counted by what rates are of, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

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
