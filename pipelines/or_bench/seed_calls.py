"""Seeds written by a model: the calls of a round, and what remains of all rounds' texts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from artifacts.schemas import ROWS
from checks.identity import root_key
from curation.characters import Measure
from curation.near import dedup
from curation.rows import Dropped, exact
from inference.types import Program
from pipelines.runner.rows import candidates, dropped_as, first_of_each, split, without
from pipelines.runner.stage import Frames, Row
from pipelines.stages.source import frame_from

VERSION = 1
"""Raised where the code of the selection changes what comes out."""


@dataclass(frozen=True)
class SeedCalls:
    """The rows of a round's calls: one a category and call.

    Attributes:
        source: What the written seeds name as their source.
        license: Their licence.
        redistribute: Whether they may be given on.
        round: The round's number; calls of another round are other rows.
        calls: Calls by category.
    """

    source: str
    license: str
    redistribute: bool
    round: int
    calls: Mapping[str, int]

    def frame(self) -> pl.DataFrame:
        """One row a call, without a text: what is asked follows from category and position."""
        return frame_from([*self._rows()], ROWS)

    def _rows(self) -> Iterator[Row]:
        for category, count in sorted(self.calls.items()):
            for call in range(count):
                position = f"{self.round}.{call}"
                key = root_key(f"{self.source}/{category}", position)
                yield {
                    "row": key,
                    "parent": None,
                    "root": key,
                    "position": position,
                    "text": "",
                    "category": category,
                    "writer": None,
                    "checks": [],
                    "source": self.source,
                    "license": self.license,
                    "redistribute": self.redistribute,
                }


def select_seeds(
    rows: pl.DataFrame, encoder: Measure, threshold: float | None, per_category: int
) -> Program[Frames]:
    """Selects the seeds of all rounds: no repeats, and no more of a category than are wanted.

    Each kept seed becomes the root of a family.

    Args:
        rows: The texts of all rounds so far, in (category, row) order.
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two seeds are near;
            None for exact repeats only.
        per_category: Seeds wanted per category.
    """
    dropped: list[Dropped] = list(exact(candidates(rows)).dropped)
    if threshold is not None:
        left = without(rows, {each.row for each in dropped})
        near = yield from dedup(candidates(left, "category"), encoder, threshold)
        dropped.extend(near.dropped)
    unlike = split(rows, dropped)
    bounded = first_of_each(unlike["kept"], per_category)
    over = dropped_as(bounded["others"], "category_full")
    return {
        "kept": bounded["kept"].with_columns(root=pl.col("row")),
        "dropped": pl.concat([unlike["dropped"], over]),
    }
