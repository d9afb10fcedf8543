"""Finished shards: what they were made from, whether they still stand, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from artifacts.files import FileRecord, sha256_file
from artifacts.records import ShardRecord, read_shard, write_shard
from artifacts.schemas import FAILED
from artifacts.tables import read_table, table_name, write_table
from base.digests import Json, digest_of
from flows.errors import StageInputMissing
from flows.runner.stage import Row, Stage

FORM = 2
"""How fingerprints are made: of explicit JSON. The first were made of what Python printed."""


def fingerprint(
    stage: Stage, shard: int | None, shards: int, inputs: Mapping[str, Sequence[str]]
) -> str:
    """SHA-256 over all that decides a shard's tables.

    Args:
        stage: Its name and digest (recipe part, templates, data files, STAGE_VERSION).
        shard: The shard's number, or None where the stage sees the whole table.
        shards: How many shards the run has.
        inputs: Hashes of the input stages' kept files that it reads, by stage.
    """
    read: list[Json] = [[name, list(hashes)] for name, hashes in inputs.items()]
    return digest_of(FORM, stage.name, stage.digest, shard, shards, read)


def of_earlier_form(folder: Path, shards: int) -> bool:
    """Whether a stage has finished shards whose fingerprints cannot be compared with today's."""
    records = (read_shard(folder, shard, shards) for shard in range(shards))
    return any(record is not None and record.form != FORM for record in records)


def standing(folder: Path, shard: int, shards: int, print_: str) -> ShardRecord | None:
    """The shard's record if it is finished: same fingerprint, every file there, every hash right.

    A shard with failed rows is not finished: they are asked for again.
    """
    record = read_shard(folder, shard, shards)
    if record is None or record.fingerprint != print_ or failures(record):
        return None
    return record if all(_intact(folder, file) for file in record.files.values()) else None


def failures(record: ShardRecord) -> int:
    """How many of the shard's rows failed."""
    return record.files["failed"].rows


def write(
    folder: Path,
    stage: Stage,
    shard: int,
    shards: int,
    frames: Mapping[str, pl.DataFrame],
    print_: str,
) -> ShardRecord:
    """Writes a shard's tables, then the record that vouches for them."""
    schemas = {**stage.schemas, "failed": FAILED}
    files = {
        table: write_table(folder / table_name(table, shard, shards), frame, schemas[table])
        for table, frame in frames.items()
    }
    record = ShardRecord(stage.name, shard, shards, print_, files, form=FORM)
    write_shard(folder, record)
    return record


def finished(folder: Path, shard: int, shards: int) -> ShardRecord:
    """An input shard's record.

    Raises:
        StageInputMissing: The stage before has not finished this shard.
    """
    record = read_shard(folder, shard, shards)
    if record is None:
        raise StageInputMissing(f"shard {shard} of the stage before must be finished", folder.name)
    return record


def kept_rows(folder: Path, record: ShardRecord) -> list[Row]:
    """The rows of a shard's `kept` table."""
    return read_table(folder / record.files["kept"].name).to_dicts()


def _intact(folder: Path, file: FileRecord) -> bool:
    path = folder / file.name
    return path.is_file() and sha256_file(path) == file.sha256
