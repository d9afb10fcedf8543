"""How a released row names its seed: by the seed's id; the first edition had its text in each."""

from collections.abc import Iterable

import polars as pl

from checks.identity import content_id

SEED, SEED_ID = "seed", "seed_id"


def seed_ids(texts: pl.Series) -> pl.Series:
    """The id of each seed, which is that of a prompt with its text; null for null.

    >>> seed_ids(pl.Series(["How do I pick a lock?", None])).to_list()
    ['706821fa998782e9', None]
    """
    known = {text: content_id(text) for text in texts.drop_nulls().unique()}
    return pl.Series(SEED_ID, [known.get(text) for text in texts], dtype=pl.String)


def names_seeds(columns: Iterable[str]) -> frozenset[str]:
    """The columns that rows have once their seeds are named by ids."""
    found = frozenset(columns)
    return found | {SEED_ID} if SEED in found else found


def with_seed_ids(rows: pl.DataFrame, *, texts: bool) -> pl.DataFrame:
    """Rows of any edition, their seeds named by ids.

    Args:
        rows: Rows as they were released; those that say nothing of a seed come back as they are.
        texts: Whether the seeds' texts may stay: in unsafe configs alone.
    """
    if SEED not in rows.columns:
        return rows
    if SEED_ID not in rows.columns:
        place = rows.columns.index(SEED)
        rows = rows.clone().insert_column(place, seed_ids(rows[SEED]))
    return rows if texts else rows.drop(SEED)
