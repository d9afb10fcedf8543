"""Removing repeats: exact ones everywhere, near ones within a category, and near references.

What people have withdrawn goes before all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from checks.identity import content_id
from curation.near import apart, dedup
from curation.rows import Candidate, Dropped, exact
from inference.types import Program
from pipelines.runner.rows import candidate, split
from pipelines.runner.stage import Kind, Outcome, Row
from pipelines.versions.lineage import WITHDRAWN

STAGE_VERSION = 1


@dataclass(frozen=True)
class DedupStage:
    """Selects the first of each set of repeats; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's part, the encoder's identity, references and STAGE_VERSION.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are near; None for exact repeats only.
        references: Reads what rows are only held against: `dedup.against`, earlier releases.
        withdrawn: The ids of rows that people withdrew from earlier releases.
    """

    name: str
    digest: str
    encoder: str
    threshold: float | None
    references: Callable[[], Sequence[Candidate]] = tuple
    withdrawn: AbstractSet[str] = frozenset()
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """Exact repeats go first, then near references, then near repeats within a category."""
        everything = list(rows)
        dropped: list[Dropped] = [*_withdrawn(everything, self.withdrawn)]
        left = [candidate(row) for row in _left(everything, dropped)]
        dropped.extend(exact(left).dropped)
        left = [candidate(row) for row in _left(everything, dropped)]
        dropped.extend(
            (yield from held_against(left, self.references(), self.encoder, self.threshold))
        )
        if self.threshold is not None:
            left = [candidate(row, row["category"]) for row in _left(everything, dropped)]
            near = yield from dedup(left, self.encoder, self.threshold)
            dropped.extend(near.dropped)
        return split(everything, tuple(dropped))


def held_against(
    rows: Sequence[Candidate],
    references: Sequence[Candidate],
    encoder: str,
    threshold: float | None,
) -> Program[tuple[Dropped, ...]]:
    """The rows that are near to a reference; the equal ones alone where there is no threshold."""
    if not rows or not references:
        return ()
    if threshold is None:
        return tuple(_equal(rows, references))
    far = yield from apart(rows, references, encoder, threshold)
    return far.dropped


def _equal(rows: Iterable[Candidate], references: Iterable[Candidate]) -> Iterator[Dropped]:
    known: dict[str, str] = {}
    for each in references:
        known.setdefault(content_id(each.text), each.row)
    for row in rows:
        if (first := known.get(content_id(row.text))) is not None:
            yield Dropped(row.row, "equal_reference", first, 1.0)


def _withdrawn(rows: Iterable[Row], ids: AbstractSet[str]) -> Iterator[Dropped]:
    for row in rows if ids else ():
        if content_id(row["text"]) in ids:
            yield Dropped(row["row"], WITHDRAWN)


def _left(rows: Sequence[Row], dropped: Sequence[Dropped]) -> list[Row]:
    gone = {each.row for each in dropped}
    return [row for row in rows if row["row"] not in gone]
