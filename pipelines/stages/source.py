"""The source of a run: a table's rows become the roots of all that follows."""

from collections.abc import Sequence

import polars as pl

from curation.rows import exact
from pipelines.runner.rows import candidates, split
from pipelines.runner.stage import Frames


def without_equals(rows: pl.DataFrame) -> Frames:
    """A source's rows without texts that stand in a category before.

    One that stands twice would be asked about twice, for the same rewrites. What else is wrong with
    a row is for cleaning to say.
    """
    repeats = [
        repeat
        for _, group in sorted(rows.group_by("category"), key=lambda each: str(each[0][0]))
        for repeat in exact(candidates(group)).dropped
    ]
    return split(rows, repeats)


def frame_from(rows: Sequence[dict[str, object]], schema: pl.Schema) -> pl.DataFrame:
    """A source's rows in its order, with the schema's columns alone."""
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
