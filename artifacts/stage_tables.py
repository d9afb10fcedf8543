"""The tables of one finished stage, held against the records of its shards."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from artifacts.errors import TableDamagedError
from artifacts.records import (
    Kind,
    ShardRecord,
    StageEntry,
    read_shard,
    shard_file,
    stage_of_folder,
)
from artifacts.release_files import release_file
from artifacts.schemas import ANSWERS, DROPPED, FAILED, PARENTS, ROWS, VOTES
from artifacts.tables import read_footer, read_table
from base.errors import RecordUnreadableError
from base.files import FileRecord, sha256_file
from base.storage import Folder

ROW = pl.Schema({"row": pl.String()})


def lost(expected: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The keys of `expected`, each once, that are not among `found`; both have the same columns."""
    return expected.unique().join(found, on=expected.columns, how="anti", nulls_equal=True)


def repeated(found: pl.DataFrame) -> int:
    """How many keys occur more than once."""
    return found.group_by(found.columns).len().filter(pl.col("len") > 1).height


def are(count: int, noun: str, what: str) -> str:
    """`1 row is lost`, `2 rows are lost`."""
    return f"{count} {noun} is {what}" if count == 1 else f"{count} {noun}s are {what}"


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
            TableDamagedError: That file cannot be read.
        """
        first = next(iter(self.paths.get(table, ())), None)
        return () if first is None else tuple(read_footer(first)[1])

    def read(self, table: str, columns: pl.Schema) -> pl.DataFrame:
        """Some columns of a table; no rows where the stage has no such table.

        Raises:
            TableDamagedError: A file cannot be read, or a column is missing or of another type.
        """
        frames = [columns.to_frame()]
        for path in self.paths.get(table, ()):
            frame = read_table(path, columns.names())
            if frame.schema != columns:
                raise TableDamagedError(
                    f"the columns of {path.name} must be {columns}", frame.schema
                )
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
            try:
                path = release_file(folder, file.name)
            except TableDamagedError as error:
                problems.append(f"{entry.name}/{table}: {error.rule}")
                continue
            problems += [f"{entry.name}/{file.name}: {why}" for why in file_problems(path, file)]
            if path.exists():
                paths[table].append(path)
    return StageTables(entry, {name: tuple(found) for name, found in paths.items()}), problems


def file_problems(path: Path, record: FileRecord) -> Iterator[str]:
    """How a table's file differs from its record."""
    if not path.exists():
        yield "the file is missing"
        return
    try:
        if sha256_file(path) != record.sha256:
            yield "its bytes have changed (SHA-256 differs)"
    except OSError:
        yield "it cannot be read"
        return
    try:
        rows, _ = read_footer(path)
    except TableDamagedError:
        yield "it is no whole Parquet file"
        return
    if rows != record.rows:
        yield f"it has {rows} rows and not {record.rows}"


def _records(folder: Path, entry: StageEntry, problems: list[str]) -> Iterator[ShardRecord]:
    for shard in range(entry.shards):
        name = shard_file(shard, entry.shards)
        try:
            record = read_shard(Folder(folder), shard, entry.shards)
        except RecordUnreadableError as error:
            problems.append(f"{entry.name}/{name}: {error.rule}")
            continue
        if record is None:
            problems.append(f"{entry.name}/{name}: the shard's record is missing")
        else:
            yield record


@dataclass(frozen=True, slots=True)
class Edge:
    """One stage of the funnel.

    Attributes:
        stage: The stage's name.
        kind: What it may do to its rows.
        inputs: The stages that its rows come from.
        entered: Rows that came in; for an expand stage these are the parents.
        kept: Rows of its `kept` table.
        dropped: Rows of its `dropped` table.
        failed: Rows of its `failed` table.
        votes: Rows of its `votes` table.
        answers: Rows of its `answers` table.
        parents: For an expand stage, parents by outcome.
        reasons: Dropped rows by reason, the most frequent first.
        categories: Kept rows by category.
        round: Which of its rounds, from 0; None for a stage that runs once, and in 0.1.0.
    """

    stage: str
    kind: Kind
    inputs: tuple[str, ...]
    entered: int
    kept: int
    dropped: int
    failed: int
    votes: int = 0
    answers: int = 0
    parents: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    round: int | None = None

    @property
    def base(self) -> str:
        """What the stage does, in whatever round."""
        if self.round is None:
            return stage_of_folder(self.stage)
        return self.stage.removesuffix(f"-{self.round}")

    @property
    def name(self) -> str:
        """The edge as it is named in reports: `rewrite -> dedup`."""
        return edge_name(self.stage, self.inputs)


def count_edge(tables: StageTables, entered: int | None) -> Edge:
    """The numbers of one stage.

    Args:
        tables: The stage's tables.
        entered: Rows that came in, or None for a source, whose rows come from nowhere else.

    Raises:
        TableDamagedError: A table cannot be read.
    """
    entry = tables.entry
    kept = _column(tables, "kept", "category", ROWS)
    dropped = _column(tables, "dropped", "reason", DROPPED)
    failed = _column(tables, "failed", "row", FAILED)
    outcomes = _column(tables, "parents", "outcome", PARENTS)
    if entered is None:
        own = outcomes if entry.kind == "expand" else pl.concat([kept, dropped, failed])
        entered = len(own)
    return Edge(
        stage=entry.name,
        kind=entry.kind,
        inputs=entry.inputs,
        entered=entered,
        kept=len(kept),
        dropped=len(dropped),
        failed=len(failed),
        votes=len(_column(tables, "votes", "row", VOTES)),
        answers=len(_column(tables, "answers", "row", ANSWERS)),
        parents=tally(outcomes),
        reasons=tally(dropped),
        categories=tally(kept),
        round=None if entry.called is None else entry.called.round,
    )


def tally(values: pl.Series) -> dict[str, int]:
    """How often each value occurs, the most frequent first, then by name."""
    counted = values.value_counts().sort(["count", values.name], descending=[True, False])
    return {str(value): count for value, count in counted.iter_rows()}


def _column(tables: StageTables, table: str, column: str, schema: pl.Schema) -> pl.Series:
    return tables.read(table, pl.Schema({column: schema[column]})).to_series()
