"""What has changed between two releases, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from artifacts.version_facts import Change, Release


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of two releases by what became of them, each id once however many configs have it.

    Attributes:
        before: Rows of the old release: removed and kept ones.
        now: Rows of the new release: added and kept ones.
        added: Rows of the new release alone.
        removed: Rows of the old release alone.
        withdrawn: Removed rows that people withdrew.
        kept: Rows of both.
        relabelled: Kept rows with another label or category.
        moved: Kept rows that are in other configs than they were.
    """

    before: int
    now: int
    added: int
    removed: int
    withdrawn: int
    kept: int
    relabelled: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has changed from an old release to a new one of the same benchmark.

    Attributes:
        benchmark: The benchmark.
        old: The old release.
        new: The new release's version; it may not be written yet.
        counts: Rows by what became of them, over all configs.
        configs: Rows by config; those of the new release in its order, then those that are gone.
        categories: By config, by category: (rows before, rows now), unchanged ones included.
        columns: Changed columns, a sentence each.
        models: Changed models and encoders, a sentence each.
        templates: Changed prompt templates, a sentence each.
        recipe: Changed recipe keys but the version: (key, before, now), values as YAML on one line,
            long ones cut, "" where there is no such key.
        sources: Changed sources and licences, a sentence each.
        notes: What could not be compared, and what should not be so.
        fates: What became of each row, sorted by it and id (FATES): ids, no texts.
    """

    benchmark: str
    old: Release
    new: str
    counts: Counts
    configs: tuple[Change, ...]
    categories: Mapping[str, Mapping[str, tuple[int, int]]]
    columns: tuple[str, ...]
    models: tuple[str, ...]
    templates: tuple[str, ...]
    recipe: tuple[tuple[str, str, str], ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    fates: pl.DataFrame


_TEXT = pl.String()
_FLAG = pl.Boolean()

FATES = pl.Schema(
    {
        "id": _TEXT,
        "what": _TEXT,
        "relabelled": _FLAG,
        "moved": _FLAG,
        "configs_before": pl.List(_TEXT),
        "configs_now": pl.List(_TEXT),
        "category_before": _TEXT,
        "category_now": _TEXT,
        "label_before": _TEXT,
        "label_now": _TEXT,
    }
)
"""One row an id: `what` is added, removed, withdrawn or kept; `relabelled` and `moved` are false
for all but kept rows. What a release does not have, or has no column for, is null."""
