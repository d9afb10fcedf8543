"""What a run writes beside its tables: one record per shard, one for the whole run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from base.files import FileRecord, read_json, write_json

Kind = Literal["annotate", "expand", "select"]

RUN_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """One finished shard of a stage; written last, so that it vouches for its files.

    Attributes:
        stage: The stage's name.
        shard: The shard's number, from 0.
        shards: How many shards the stage has.
        fingerprint: Hash of all that the shard was made from.
        files: The shard's files by table (`kept`, `dropped`, `votes`, ...).
        counts: Whatever else was counted, by name.
        form: How the fingerprint was made. Records of 0.1.0 name none: theirs is the first.
    """

    stage: str
    shard: int
    shards: int
    fingerprint: str
    files: Mapping[str, FileRecord]
    counts: Mapping[str, int] = field(default_factory=dict)
    form: int = 1


@dataclass(frozen=True, slots=True)
class StageEntry:
    """One stage as the run's record names it.

    Attributes:
        name: The stage's name and folder.
        kind: What it may do to its rows.
        inputs: The stages whose kept tables it reads; none for a source. The parents of an
            expand stage without inputs are its own.
        shards: How many shards it has; 1 for a whole-table select.
        models: The names of the models that vote on every row of it, or on every answer where
            it has `answers`.
        asked: The names under which answers are kept: of the panel, or of the rescue's answerer.
    """

    name: str
    kind: Kind
    inputs: tuple[str, ...]
    shards: int
    models: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run: what it is of, and its stages in the order in which they ran."""

    recipe: str
    benchmark: str
    taxonomy: str
    version: str
    shards: int
    stages: tuple[StageEntry, ...]


_SHARD = TypeAdapter(ShardRecord)
_RUN = TypeAdapter(RunRecord)


def shard_file(shard: int, shards: int) -> str:
    """The file name of a shard's record, such as `shard-00-of-04.json`."""
    return f"shard-{shard:02d}-of-{shards:02d}.json"


def write_shard(folder: Path, record: ShardRecord) -> None:
    """Writes a shard's record into its stage's folder, durable and at once."""
    write_json(folder / shard_file(record.shard, record.shards), record, _SHARD)


def read_shard(folder: Path, shard: int, shards: int) -> ShardRecord | None:
    """A shard's record, or None where the shard is not finished.

    Raises:
        RecordUnreadableError: There is a file, but it is no such record.
    """
    path = folder / shard_file(shard, shards)
    return read_json(path, _SHARD) if path.exists() else None


def write_run(folder: Path, record: RunRecord) -> None:
    """Writes the run's record into its folder, durable and at once."""
    write_json(folder / RUN_FILE, record, _RUN)


def read_run(folder: Path) -> RunRecord | None:
    """The run's record, or None for a folder that holds no run.

    Raises:
        RecordUnreadableError: There is a file, but it is no such record.
    """
    path = folder / RUN_FILE
    return read_json(path, _RUN) if path.exists() else None
