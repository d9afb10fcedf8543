"""What became of each row: one core for two folders, and for a folder and what comes after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from artifacts.diff.difference import FATES, Counts
from artifacts.version_facts import Change

_CHANGED = ("category", "label")


def fates_of(old: pl.DataFrame, new: pl.DataFrame, withdrawn: Collection[str]) -> pl.DataFrame:
    """One row an id (FATES).

    Args:
        old: `config`, `id`, `category`, `label` of the old release, its configs in order.
        new: The same of the new one.
        withdrawn: Ids of rows that people withdrew, as the new release knows them.
    """
    joined = _by_id(old, "before").join(_by_id(new, "now"), on="id", how="full", coalesce=True)
    before, now = (pl.col(f"configs_{when}") for when in ("before", "now"))
    both = before.is_not_null() & now.is_not_null()
    gone = pl.when(pl.col("id").is_in(sorted(withdrawn))).then(pl.lit("withdrawn"))
    what = (
        pl.when(before.is_null())
        .then(pl.lit("added"))
        .when(now.is_null())
        .then(gone.otherwise(pl.lit("removed")))
        .otherwise(pl.lit("kept"))
    )
    # A value that one side has no column for is null, and nobody can say that it changed.
    other = [pl.col(f"{name}_before").ne(pl.col(f"{name}_now")) for name in _CHANGED]
    moved = before.list.sort().ne(now.list.sort())
    return (
        joined.with_columns(
            what=what,
            relabelled=both & pl.any_horizontal(each.fill_null(False) for each in other),
            moved=both & moved.fill_null(False),
        )
        .select(FATES.names())
        .sort("what", "id")
    )


def _by_id(rows: pl.DataFrame, when: str) -> pl.DataFrame:
    """Each id once: the configs that it is in, and the first category and label it has there."""
    return rows.group_by("id", maintain_order=True).agg(
        pl.col("config").unique(maintain_order=True).alias(f"configs_{when}"),
        *(pl.col(name).first().alias(f"{name}_{when}") for name in _CHANGED),
    )


def counts_of(fates: pl.DataFrame) -> Counts:
    """All ids by what became of them."""
    found = {what: count for what, count in fates["what"].value_counts().iter_rows()}
    added, kept, withdrawn = (found.get(each, 0) for each in ("added", "kept", "withdrawn"))
    removed = found.get("removed", 0) + withdrawn
    return Counts(
        before=removed + kept,
        now=added + kept,
        added=added,
        removed=removed,
        withdrawn=withdrawn,
        kept=kept,
        relabelled=int(fates["relabelled"].sum()),
        moved=int(fates["moved"].sum()),
    )


def change_of(config: str, fates: pl.DataFrame) -> Change:
    """What became of one config's rows."""
    before = _has(fates, "configs_before", config)
    now = _has(fates, "configs_now", config)
    stays = fates["configs_before"].is_not_null() & fates["configs_now"].is_not_null()
    return Change(
        config=config,
        added=int((now & ~stays).sum()),
        removed=int((before & ~stays).sum()),
        kept=int((before & now).sum()),
        relabelled=int((now & fates["relabelled"]).sum()),
        moved_in=int((now & stays & ~before).sum()),
        moved_out=int((before & stays & ~now).sum()),
    )


def _has(fates: pl.DataFrame, column: str, config: str) -> pl.Series:
    return fates[column].list.contains(config).fill_null(False)


def categories_of(
    old: pl.DataFrame, new: pl.DataFrame, configs: Sequence[str], known: Sequence[str]
) -> dict[str, dict[str, tuple[int, int]]]:
    """Rows before and now by config and category, known categories without rows included."""
    counted = [_tallies(rows) for rows in (old, new)]
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for config in configs:
        before, now = (each.get(config, {}) for each in counted)
        names = dict.fromkeys((*known, *sorted({*before, *now})))
        found[config] = {name: (before.get(name, 0), now.get(name, 0)) for name in names}
    return found


def _tallies(rows: pl.DataFrame) -> Mapping[str, Mapping[str, int]]:
    """Ids by config and category, each counted once in a config."""
    once = rows.unique(["config", "id"], keep="first", maintain_order=True)
    tallies: dict[str, dict[str, int]] = {}
    for config, category, count in once.group_by("config", "category").len().iter_rows():
        tallies.setdefault(config, {})[category] = count
    return tallies
