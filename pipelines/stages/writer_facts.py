"""What each writer gave, counted from the tables of a finished run."""

from collections.abc import Mapping, Sequence

import polars as pl

from artifacts.release_facts import WriterCounts, WriterFacts

WRITER_COLUMNS = ("category", "outcome", "writers")
"""What is read of `parents` or `mutations`."""

_STYLE = "prompt_style"
_COUNTED = (
    pl.len().alias("asked"),
    pl.sum("asks").alias("calls"),
    pl.sum("texts"),
    pl.sum("kept").alias("usable"),
    pl.sum("refused"),
    ((pl.col("outcome") == "dropped") & (pl.col("refused") > 0)).sum().alias("lost"),
)


def writer_facts(part: str, names: Sequence[str], ended: pl.DataFrame) -> tuple[WriterFacts, ...]:
    """What each writer gave in all, by category, and by style where there are styles.

    Args:
        part: What was written: `seeds`, `rewrite` or `mutate`.
        names: The writers in the order in which they are shown; one that was not asked gave
            nothing.
        ended: Rows of `parents` or `mutations`, with `WRITER_COLUMNS` and perhaps `prompt_style`.
    """
    has_styles = _STYLE in ended.columns
    told = ended.select(*WRITER_COLUMNS, *((_STYLE,) if has_styles else ()))
    turns = told.explode("writers").drop_nulls("writers").unnest("writers")
    total = _by(turns, "writer")
    categories = _by(turns, "writer", "category")
    styles = _by(turns, "writer", _STYLE) if has_styles else {}
    return tuple(
        WriterFacts(
            part,
            name,
            total.get((name,), WriterCounts()),
            {key[1]: counts for key, counts in categories.items() if key[0] == name},
            {key[1]: counts for key, counts in styles.items() if key[0] == name},
        )
        for name in dict.fromkeys(names)
    )


def _by(turns: pl.DataFrame, *keys: str) -> Mapping[tuple[str, ...], WriterCounts]:
    counted = turns.group_by(keys).agg(*_COUNTED).sort(keys)
    return {
        tuple(str(row[key]) for key in keys): WriterCounts(
            **{name: row[name] for name in counted.columns if name not in keys}
        )
        for row in counted.iter_rows(named=True)
    }
