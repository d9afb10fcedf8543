"""Finished shards: where they lie, what they were made from, and how they are written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.records import ShardRecord, read_shard, write_shard
from artifacts.schemas import FAILED
from artifacts.tables import read_table, table_name, write_table
from base.digests import Json, digest_of
from base.files import FileRecord, sha256_file
from inference.types import Failed
from pipelines.errors import StageInputMissingError
from pipelines.runner.stage import Outcome, Row, Stage

_ROWS_PER_SHARD = 250
_MOST_SHARDS = 1024


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one run.

    Attributes:
        out: The output folder; the ledger and the embeddings in it are shared by all recipes.
        recipe: The recipe's name.
        benchmark: The benchmark it builds.
        version: The release version that the run is for.
    """

    out: Path
    recipe: str
    benchmark: str
    version: str

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.out / "ledger.sqlite"

    @property
    def embeddings(self) -> Path:
        """Cached embeddings by encoder identity."""
        return self.out / "embeddings"

    @property
    def run(self) -> Path:
        """Stage tables of this recipe and version."""
        return self.out / "runs" / self.recipe / self.version

    @property
    def run_name(self) -> str:
        """The run's name in the ledger and in manifests: its folder below all runs."""
        return f"{self.recipe}/{self.version}"

    @property
    def release(self) -> Path:
        """The release of this version."""
        return self.out / "releases" / self.benchmark / self.version

    def table(self, stage: str, table: str, shard: int, shards: int) -> Path:
        """One shard of one table of a stage."""
        return self.run / stage / table_name(table, shard, shards)


def shard_of(root: str, shards: int) -> int:
    """The shard of a family: a hash of its root, so that one changed seed touches one shard."""
    digest = hashlib.sha256(root.encode()).digest()
    return int.from_bytes(digest[:8]) % shards


def shards_for(widest_rows: int) -> int:
    """Number of shards: the power of two that gives 100-500 rows each at the widest stage."""
    shards = 1
    while shards < _MOST_SHARDS and widest_rows / shards > 2 * _ROWS_PER_SHARD:
        shards *= 2
    return shards


_ORDER = ("category", "row", "model", "position")


def frames_of(
    stage: Stage, rows: Sequence[Row], results: Sequence[Outcome | Failed]
) -> dict[str, pl.DataFrame]:
    """Every table of a shard, by name, from one result per row.

    Rows are in (category, row) order, whatever order replies arrived in. A failed row stands in
    `failed`, and in `parents` too where the stage expands.
    """
    tables: dict[str, list[Row]] = {name: [] for name in (*stage.schemas, "failed")}
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Failed):
            _add_failure(tables, row, result)
        else:
            _add_outcome(tables, result)
    schemas = {**stage.schemas, "failed": FAILED}
    return {name: frame_of(tables[name], schema) for name, schema in schemas.items()}


def frame_of(rows: Iterable[Row], schema: pl.Schema) -> pl.DataFrame:
    """A frame with the schema's columns alone, in (category, row, model) order."""
    columns = [{name: row[name] for name in schema} for row in rows]
    frame = pl.DataFrame(columns, schema=schema)
    return frame.sort([name for name in _ORDER if name in schema], maintain_order=True)


def _add_outcome(tables: dict[str, list[Row]], outcome: Outcome) -> None:
    tables["kept"].extend(outcome.kept)
    tables["dropped"].extend(outcome.dropped)
    for name, rows in outcome.side.items():
        tables[name].extend(rows)


def _add_failure(tables: dict[str, list[Row]], row: Row, failed: Failed) -> None:
    known = {"row": row["row"], "root": row["root"], "reason": failed.reason}
    tables["failed"].append(known)
    if "parents" in tables:
        tables["parents"].append({**known, "outcome": "failed", "children": 0, "asks": 0})


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


def cached_shard(folder: Path, shard: int, shards: int, print_: str) -> ShardRecord | None:
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
        StageInputMissingError: The stage before has not finished this shard.
    """
    record = read_shard(folder, shard, shards)
    if record is None:
        raise StageInputMissingError(
            f"shard {shard} of the stage before must be finished", folder.name
        )
    return record


def kept_rows(folder: Path, record: ShardRecord) -> list[Row]:
    """The rows of a shard's `kept` table."""
    return read_table(folder / record.files["kept"].name).to_dicts()


def _intact(folder: Path, file: FileRecord) -> bool:
    path = folder / file.name
    return path.is_file() and sha256_file(path) == file.sha256
