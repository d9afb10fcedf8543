"""Removing repeats: exact ones everywhere, near ones within a category, and near references."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from curation.against import apart
from curation.exact import exact
from curation.near import dedup
from curation.rows import Candidate, Dropped
from flows.runner.stage import Kind, Outcome, Row
from flows.stages.rows import candidate, split
from inference.types import Program

STAGE_VERSION = 1


@dataclass(frozen=True)
class DedupStage:
    """Selects the first of each set of repeats; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's part, the encoder's identity, references and STAGE_VERSION.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are near; None for exact repeats only.
        references: Reads what rows are only held against (`dedup.against`).
    """

    name: str
    digest: str
    encoder: str
    threshold: float | None
    references: Callable[[], Sequence[Candidate]] = tuple
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """Exact repeats go first, then near references, then near repeats within a category."""
        everything = list(rows)
        dropped: list[Dropped] = list(exact([candidate(row) for row in everything]).dropped)
        references = self.references()
        if references and self.threshold is not None:
            left = [candidate(row) for row in _left(everything, dropped)]
            far = yield from apart(left, references, self.encoder, self.threshold)
            dropped.extend(far.dropped)
        if self.threshold is not None:
            left = [candidate(row, row["category"]) for row in _left(everything, dropped)]
            near = yield from dedup(left, self.encoder, self.threshold)
            dropped.extend(near.dropped)
        return split(everything, tuple(dropped))


def _left(rows: Sequence[Row], dropped: Sequence[Dropped]) -> list[Row]:
    gone = {each.row for each in dropped}
    return [row for row in rows if row["row"] not in gone]
