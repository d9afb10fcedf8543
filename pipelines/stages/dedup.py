"""Removing repeats: exact ones everywhere, near ones within a category, and near references.

What people have withdrawn goes before all.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import polars as pl

from checks.identity import content_id
from curation.near import apart, dedup
from curation.rows import Candidate, Dropped, exact
from inference.types import Program
from pipelines.runner.rows import candidates, split, without
from pipelines.runner.stage import Frames
from pipelines.versions.lineage import WITHDRAWN


def dedup_rows(
    rows: pl.DataFrame,
    encoder: str,
    threshold: float | None,
    references: Sequence[Candidate] = (),
    withdrawn: AbstractSet[str] = frozenset(),
) -> Program[Frames]:
    """Selects the first of each set of repeats: exact ones, near references, near ones by category.

    Args:
        rows: The whole table, in (category, row) order; its columns stay.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are near; None for exact repeats only.
        references: What rows are only held against: `dedup.against`, earlier releases.
        withdrawn: The ids of rows that people withdrew from earlier releases.
    """
    dropped: list[Dropped] = [*_withdrawn(rows, withdrawn)]
    dropped.extend(exact(candidates(_left(rows, dropped))).dropped)
    left = candidates(_left(rows, dropped))
    dropped.extend((yield from held_against(left, references, encoder, threshold)))
    if threshold is not None:
        left = candidates(_left(rows, dropped), "category")
        near = yield from dedup(left, encoder, threshold)
        dropped.extend(near.dropped)
    return split(rows, dropped)


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


def _withdrawn(rows: pl.DataFrame, ids: AbstractSet[str]) -> Iterator[Dropped]:
    for row, text in rows.select("row", "text").iter_rows() if ids else ():
        if content_id(text) in ids:
            yield Dropped(row, WITHDRAWN)


def _left(rows: pl.DataFrame, dropped: Sequence[Dropped]) -> pl.DataFrame:
    return without(rows, {each.row for each in dropped})
