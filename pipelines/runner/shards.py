"""Finished shards: where they lie, what they were made from, and how they are written."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.records import ShardRecord, StageName, read_shard, write_shard
from artifacts.releases import is_taken
from artifacts.tables import read_table_in, table_name, write_table_in
from base.digests import Json, digest_of
from base.errors import RecordUnreadableError
from base.files import FileRecord
from base.storage import Storage
from pipelines.errors import ReleaseDiffersError, StageInputMissingError


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one run.

    Attributes:
        out: The output folder; the ledger and the embeddings in it are shared by all recipes.
        recipe: The folder of the recipe's runs (`pipelines.runner.run_folders`).
        benchmark: The benchmark it builds.
        version: The release version that the run is for.
        data_set: The data set that the release is a version of; by default the benchmark's name.
    """

    out: Path
    recipe: str
    benchmark: str
    version: str
    data_set: str = ""

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
        return self.out / "releases" / (self.data_set or self.benchmark) / self.version

    @property
    def is_released(self) -> bool:
        """Whether the release of this version is there."""
        return is_taken(self.release)

    @property
    def has_tables(self) -> bool:
        """Whether any stage of the run has a table."""
        return next(self.run.glob("*/*.parquet"), None) is not None


def shard_of(root: str, shards: int) -> int:
    """The shard of a family: a hash of its root, so that one changed seed touches one shard."""
    digest = hashlib.sha256(root.encode()).digest()
    return int.from_bytes(digest[:8]) % shards


@dataclass(frozen=True, slots=True)
class Sharding:
    """How many shards the stages of a run have.

    Attributes:
        rows: The most rows that a shard of the widest stage should have.
        most: The largest number of shards.
    """

    rows: int = 500
    most: int = 1024

    def shards_for(self, widest_rows: int) -> int:
        """The power of two that leaves no more rows than that a shard."""
        shards = 1
        while shards < self.most and widest_rows / shards > self.rows:
            shards *= 2
        return shards


FORM = 2
"""How fingerprints are made: of explicit JSON. The first were made of what Python printed."""


def fingerprint(
    name: StageName,
    digest: str,
    shard: int | None,
    shards: int,
    inputs: Mapping[str, Sequence[str]],
) -> str:
    """SHA-256 over all that decides a shard's tables.

    Args:
        name: The stage's name.
        digest: Hash of all that decides its tables besides its inputs (`Stage.digest`).
        shard: The shard's number, or None where the stage sees the whole table.
        shards: How many shards the run has.
        inputs: Hashes of the input stages' kept files that it reads, by stage.
    """
    read: list[Json] = [[each, list(hashes)] for each, hashes in inputs.items()]
    return digest_of(FORM, str(name), digest, shard, shards, read)


def of_earlier_form(place: Storage, shards: int) -> bool:
    """Whether a stage has finished shards whose fingerprints cannot be compared with today's."""
    records = (_read(place, shard, shards) for shard in range(shards))
    return any(record is not None and record.form != FORM for record in records)


def cached_shard(
    place: Storage, shard: int, shards: int, print_: str, is_released: bool = False
) -> ShardRecord | None:
    """The shard's record if it is finished: same fingerprint, every file there, every hash right.

    A shard with failed rows is not finished: they are asked for again, unless it is released so. A
    record that breaks off, or is another's, counts as none: the shard is made anew.

    Args:
        place: Where the stage's files lie.
        shard: The shard's number.
        shards: How many there are.
        print_: The fingerprint that it is to have.
        is_released: Whether a release was made of it: then what is whole is not made otherwise.

    Raises:
        ReleaseDiffersError: It is released, and was made from something else.
    """
    record = _read(place, shard, shards)
    if record is None:
        return None
    if record.fingerprint != print_:
        if is_released and record.form == FORM:
            rule = (
                "a release is immutable, and so are the tables behind it: a source, a template, a "
                "model or this program has changed; give the recipe another release.version"
            )
            raise ReleaseDiffersError(rule, f"stage {place.name} made from something else")
        return None
    if failures(record) and not is_released:
        return None
    return record if all(_intact(place, file) for file in record.files.values()) else None


def failures(record: ShardRecord) -> int:
    """How many of the shard's rows failed."""
    return record.files["failed"].rows


def write(
    place: Storage,
    name: StageName,
    schemas: Mapping[str, pl.Schema],
    shard: int,
    shards: int,
    frames: Mapping[str, pl.DataFrame],
    print_: str,
    counts: Mapping[str, int] | None = None,
) -> ShardRecord:
    """Writes a shard's tables, then the record that vouches for them.

    Args:
        place: Where the stage's files lie.
        name: The stage's name.
        schemas: Of all its tables.
        shard: The shard's number.
        shards: How many there are.
        frames: The tables.
        print_: The shard's fingerprint.
        counts: What else was counted (`pipelines.runner.counts`).
    """
    files = {
        table: write_table_in(place, table_name(table, shard, shards), frame, schemas[table])
        for table, frame in frames.items()
    }
    record = ShardRecord(str(name), shard, shards, print_, files, counts or {}, FORM)
    write_shard(place, record)
    return record


def finished(place: Storage, shard: int, shards: int) -> ShardRecord:
    """An input shard's record.

    Raises:
        StageInputMissingError: The stage before has not finished this shard.
    """
    record = _read(place, shard, shards)
    if record is None:
        rule = f"shard {shard} of the stage before must be finished"
        raise StageInputMissingError(rule, place.name)
    return record


def table_of(
    place: Storage, record: ShardRecord, table: str, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """One table of a finished shard."""
    return read_table_in(place, record.files[table].name, columns)


def by_shard(frame: pl.DataFrame, shards: int) -> list[pl.DataFrame]:
    """A frame's rows by the shard of their family."""
    if shards == 1:
        return [frame]
    places = pl.Series([shard_of(root, shards) for root in frame["root"]], dtype=pl.Int64)
    return [frame.filter(places == shard) for shard in range(shards)]


def _read(place: Storage, shard: int, shards: int) -> ShardRecord | None:
    """The shard's record; None where there is none, or one that cannot be this shard's."""
    try:
        record = read_shard(place, shard, shards)
    except RecordUnreadableError:
        return None
    if record is None or "kept" not in record.files or "failed" not in record.files:
        return None
    own = all(file.name == table_name(table, shard, shards) for table, file in record.files.items())
    return record if own else None


def _intact(place: Storage, file: FileRecord) -> bool:
    return place.exists(file.name) and place.sha256(file.name) == file.sha256
