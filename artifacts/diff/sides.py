"""One of two releases: a folder, or the views of a release that is about to be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.arrow import type_names
from artifacts.diff.errors import NotComparable
from artifacts.errors import TableDamaged
from artifacts.manifest import Manifest, ReleaseFacts
from artifacts.stage_tables import file_problems
from artifacts.tables import read_table
from artifacts.views import View

_PLACED = pl.Schema(
    {"config": pl.String, "id": pl.String, "category": pl.String, "label": pl.String}
)
_NEEDED = ("id", "category")


@dataclass(frozen=True, slots=True)
class Side:
    """A release as it is held against another.

    Attributes:
        facts: What it says of itself beside its rows.
        columns: By config, in order: each column's type in words.
        rows: `config`, `id`, `category`, `label`; the label is null where there is no such column.
    """

    facts: ReleaseFacts
    columns: Mapping[str, Mapping[str, str]]
    rows: pl.DataFrame

    @property
    def name(self) -> str:
        """Benchmark and version."""
        return f"{self.facts.benchmark} {self.facts.version}"

    def has(self, column: str) -> bool:
        """Whether any config has such a column."""
        return any(column in columns for columns in self.columns.values())


def side_of_folder(release: Path, manifest: Manifest) -> Side:
    """A release folder, all of whose shards are as the manifest says.

    Raises:
        TableDamaged: A shard is missing, damaged or changed, or there is one too many.
        NotComparable: Its rows have no ids.
    """
    _require_sound(release, manifest)
    columns = {config.name: config.columns for config in manifest.configs}
    _require_ids(manifest, columns)
    frames = (
        _placed(config.name, read_table(release / file.name, _wanted(config.columns)))
        for config in manifest.configs
        for file in config.files
    )
    return Side(manifest, columns, _together(frames))


def side_of_views(views: Sequence[View], facts: ReleaseFacts) -> Side:
    """A release that is about to be written.

    Raises:
        NotComparable: Its rows have no ids.
    """
    columns = {view.config: type_names(view.schema) for view in views}
    _require_ids(facts, columns)
    return Side(facts, columns, _together(_placed(view.config, view.rows) for view in views))


def _require_sound(release: Path, manifest: Manifest) -> None:
    rule = f"the shards of {manifest.benchmark} {manifest.version} must be as its manifest says"
    files = [file for config in manifest.configs for file in config.files]
    for file in files:
        for problem in file_problems(release / file.name, file):
            raise TableDamaged(rule, f"{file.name}: {problem}")
    known = {file.name for file in files}
    for path in sorted(release.rglob("*.parquet")):
        if (name := path.relative_to(release).as_posix()) not in known:
            raise TableDamaged(rule, f"{name}: the manifest does not know this file")


def _require_ids(facts: ReleaseFacts, columns: Mapping[str, Mapping[str, str]]) -> None:
    for config, names in columns.items():
        for needed in _NEEDED:
            if needed not in names:
                rule = f"rows are compared by id and category, so each must have '{needed}'"
                raise NotComparable(rule, f"none in {facts.benchmark} {facts.version} {config}")


def _wanted(columns: Mapping[str, str]) -> list[str]:
    return [name for name in ("id", "category", "label") if name in columns]


def _placed(config: str, rows: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("label") if "label" in rows.columns else pl.lit(None)
    placed = rows.select(config=pl.lit(config), id="id", category="category", label=label)
    return placed.cast(_PLACED)


def _together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([_PLACED.to_frame(), *frames])
