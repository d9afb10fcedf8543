"""The tables of one finished stage, held against the records of its shards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.errors import RecordUnreadable, TableDamaged
from artifacts.files import FileRecord, sha256_file
from artifacts.records import ShardRecord, StageEntry, read_shard, shard_file
from artifacts.tables import read_footer, read_table


@dataclass(frozen=True, slots=True)
class StageTables:
    """A stage's tables, each the union of its shards' files that are there."""

    entry: StageEntry
    paths: Mapping[str, tuple[Path, ...]]

    @property
    def edge(self) -> str:
        """The stage with where its rows come from: `rewrite -> dedup`."""
        return edge_name(self.entry.name, self.entry.inputs)

    @property
    def files(self) -> int:
        """How many files there are."""
        return sum(map(len, self.paths.values()))

    def has(self, table: str) -> bool:
        """Whether the stage has such a table at all."""
        return table in self.paths

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns, by its first file; none where there is no file.

        Raises:
            TableDamaged: That file cannot be read.
        """
        first = next(iter(self.paths.get(table, ())), None)
        return () if first is None else tuple(read_footer(first)[1])

    def read(self, table: str, columns: pl.Schema) -> pl.DataFrame:
        """Some columns of a table; no rows where the stage has no such table.

        Raises:
            TableDamaged: A file cannot be read, or a column is missing or of another type.
        """
        frames = [columns.to_frame()]
        for path in self.paths.get(table, ()):
            frame = read_table(path, columns.names())
            if frame.schema != columns:
                raise TableDamaged(f"the columns of {path.name} must be {columns}", frame.schema)
            frames.append(frame)
        return pl.concat(frames)


def edge_name(stage: str, inputs: tuple[str, ...]) -> str:
    """An edge as it is named in reports; a source has only its own name."""
    return f"{' + '.join(inputs)} -> {stage}" if inputs else stage


def open_stage(run_folder: Path, entry: StageEntry) -> tuple[StageTables, list[str]]:
    """The tables of a stage, and a line for each record or file that is not as it should be."""
    folder = run_folder / entry.name
    paths: dict[str, list[Path]] = defaultdict(list)
    problems: list[str] = []
    for record in _records(folder, entry, problems):
        for table, file in record.files.items():
            path = folder / file.name
            problems += [f"{entry.name}/{file.name}: {why}" for why in file_problems(path, file)]
            if path.exists():
                paths[table].append(path)
    return StageTables(entry, {name: tuple(found) for name, found in paths.items()}), problems


def file_problems(path: Path, record: FileRecord) -> Iterator[str]:
    """How a table's file differs from its record."""
    if not path.exists():
        yield "the file is missing"
        return
    if sha256_file(path) != record.sha256:
        yield "its bytes have changed (SHA-256 differs)"
    try:
        rows, _ = read_footer(path)
    except TableDamaged:
        yield "it is no whole Parquet file"
        return
    if rows != record.rows:
        yield f"it has {rows} rows and not {record.rows}"


def _records(folder: Path, entry: StageEntry, problems: list[str]) -> Iterator[ShardRecord]:
    for shard in range(entry.shards):
        name = shard_file(shard, entry.shards)
        try:
            record = read_shard(folder, shard, entry.shards)
        except RecordUnreadable as error:
            problems.append(f"{entry.name}/{name}: {error.rule}")
            continue
        if record is None:
            problems.append(f"{entry.name}/{name}: the shard's record is missing")
        else:
            yield record
