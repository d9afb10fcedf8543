"""Seeds written by a model: the calls of a round, and what remains of all rounds' texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from base.digests import digest_of
from checks.identity import root_key
from curation.near import dedup
from curation.rows import Dropped, exact
from inference.types import Program
from pipelines.runner.rows import candidate, drop, split
from pipelines.runner.stage import Kind, Outcome, Row

STAGE_VERSION = 1


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

    @property
    def digest(self) -> str:
        """Of all that the rows are made from."""
        source = (self.source, self.license, self.redistribute)
        return digest_of("seed-calls", *source, self.round, dict(self.calls))

    def rows(self) -> list[Row]:
        """One row a call, without a text: what is asked follows from category and position."""
        return list(self._rows())

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


@dataclass(frozen=True)
class SeedSelection:
    """Selects the seeds of all rounds: no repeats, and no more than are wanted.

    Each kept seed becomes the root of a family.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's parts, the encoder's identity and STAGE_VERSION.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two seeds are near; None for exact repeats only.
        per_category: Seeds wanted per category.
    """

    name: str
    digest: str
    encoder: str
    threshold: float | None
    per_category: int
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The first of equal and near seeds within a category, up to the number wanted."""
        everything = list(rows)
        dropped: list[Dropped] = list(exact([candidate(row) for row in everything]).dropped)
        if self.threshold is not None:
            gone = {each.row for each in dropped}
            left = [row for row in everything if row["row"] not in gone]
            groups = [candidate(row, row["category"]) for row in left]
            near = yield from dedup(groups, self.encoder, self.threshold)
            dropped.extend(near.dropped)
        unlike = split(everything, tuple(dropped))
        kept, over = self._bounded(unlike.kept)
        return Outcome([{**row, "root": row["row"]} for row in kept], [*unlike.dropped, *over])

    def _bounded(self, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
        kept: list[Row] = []
        over: list[Row] = []
        seen: dict[str, int] = {}
        for row in rows:
            seen[row["category"]] = seen.get(row["category"], 0) + 1
            if seen[row["category"]] <= self.per_category:
                kept.append(row)
            else:
                over.append(drop(row, "category_full"))
        return kept, over
