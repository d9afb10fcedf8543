"""A job: one shard of a stage, or a whole table, made in whatever process it is handed to.

It takes and gives names, hashes and counts, never rows, so that any task runner can run it in any
process that sees the same place, and no prompt text enters Prefect's storage.
"""

import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from artifacts.records import ShardRecord, StageName
from inference.accounts import total
from inference.engine import Batch
from inference.ledger import Purpose
from inference.types import Failed
from pipelines.errors import StageDeclarationError, StageFailedError
from pipelines.runner import shards
from pipelines.runner.context import Context, Prepared, context_of
from pipelines.runner.counts import count_again, counts_of, surprised
from pipelines.runner.memory import outcomes_of
from pipelines.runner.stage import EachRow, Frames, Function, frames_of, ordered

Given: TypeAlias = tuple[tuple[str, int], ...]
"""What a stage found before it ran, sorted: rows still wanted by category."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run.

    Attributes:
        run: The run's folder.
        stage: The stage's name.
        inputs: The folders of the stages whose `kept` tables it reads, in order.
        found: What it found in finished tables; goes into the fingerprint.
        shard: Which shard, or None for a stage that sees the whole table.
        beside: The folders of the stages that it looks at, in order, those of each together.
    """

    run: str
    stage: StageName
    inputs: tuple[str, ...]
    found: Given = ()
    shard: int | None = None
    beside: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job left on disk.

    Attributes:
        records: The records of the shards it wrote or found finished.
        fresh: Whether it had to run; False where everything stood already.
        replies: Replies that its rows used, from servers and from the ledger.
        sent: How many of them a server was asked for.
        seconds: How long it took.
    """

    records: tuple[ShardRecord, ...]
    fresh: bool
    replies: int = 0
    sent: int = 0
    seconds: float = 0.0


def run_job(job: Job) -> JobResult:
    """Runs one job in this process, unless what it would make stands already.

    Raises:
        StageInputMissingError: A stage that it reads from is not finished.
        StageDeclarationError: The stage makes a table that it does not declare.
        InferenceError: The ledger, a key or a model cannot be used.
        ArtifactError: A table cannot be read or written.
    """
    started = time.monotonic()
    done = _done(job)
    return replace(done, seconds=time.monotonic() - started)


def _done(job: Job) -> JobResult:
    """What it leaves, whatever time it takes."""
    context = context_of(Path(job.run))
    made = context.prepared(job.stage, job.found)
    numbers = tuple(range(context.shards)) if job.shard is None else (job.shard,)
    inputs = _finished(context, job.inputs, numbers)
    beside = [_finished(context, names, range(context.shards)) for names in job.beside]
    hashes = {
        name: [record.files["kept"].sha256 for record in records]
        for read in (inputs, *beside)
        for name, records in read.items()
    }
    print_ = shards.fingerprint(job.stage, made.digest, job.shard, context.shards, hashes)
    place = context.place(str(job.stage))
    found = [
        shards.cached_shard(place, number, context.shards, print_, context.is_released)
        for number in numbers
    ]
    cached = tuple(record for record in found if record is not None)
    if len(cached) == len(numbers):
        return JobResult(cached, fresh=False)
    rows = _rows(context, inputs)
    earlier = [surprised(place, each, context.shards) for each in numbers]
    others = [_rows(context, read) for read in beside]
    tables, batch = _tables(context, job, made, rows, others)
    parts = {job.shard: tables} if job.shard is not None else _by_shard(tables, context.shards)
    schemas = made.stage.schemas
    records = []
    for number, (shard, frames) in enumerate(parts.items()):
        # A whole table was one batch: what it counted stands in the first of its shards.
        counted = batch if number == 0 else NO_BATCH
        counts = counts_of(counted, count_again(frames["failed"], earlier[number]))
        records.append(
            shards.write(place, job.stage, schemas, shard, context.shards, frames, print_, counts)
        )
    spent = total(batch.spends.values())
    return JobResult(tuple(records), fresh=True, replies=spent.replies, sent=spent.sent)


def _finished(
    context: Context, names: Iterable[str], numbers: Sequence[int]
) -> dict[str, list[ShardRecord]]:
    """The records of these shards of stages that have run."""
    return {
        name: [shards.finished(context.place(name), each, context.shards) for each in numbers]
        for name in names
    }


def _rows(context: Context, inputs: Mapping[str, list[ShardRecord]]) -> pl.DataFrame:
    """The kept rows of the inputs in (category, row) order, never in order of arrival."""
    frames = [
        shards.table_of(context.place(name), record, "kept")
        for name, records in inputs.items()
        for record in records
    ]
    if not frames:
        return pl.DataFrame()
    return pl.concat(frames, how="diagonal").sort("category", "row", maintain_order=True)


NO_BATCH: Batch[Any] = Batch((), {})
"""Where nobody was asked."""


def _tables(
    context: Context, job: Job, made: Prepared, rows: pl.DataFrame, beside: Sequence[pl.DataFrame]
) -> tuple[Frames, Batch[Any]]:
    """Every table of the stage, `failed` among them, in order; and what was asked for them."""
    work = made.work
    if isinstance(work, EachRow):
        return _by_row(context, job.stage, made, work, rows)
    frames, batch = _by_frame(context, job.stage, work, rows, beside)
    context.progress.advancer(job.stage)(rows.height)
    schemas = made.stage.schemas
    if odd := sorted(set(frames) - set(schemas)):
        raise StageDeclarationError(f"stage {job.stage} must make the tables it declares", odd[0])
    whole = {
        name: ordered(frames[name], schema) if name in frames else schema.to_frame()
        for name, schema in schemas.items()
    }
    return whole, batch


def _by_row(
    context: Context, name: StageName, made: Prepared, work: EachRow, rows: pl.DataFrame
) -> tuple[Frames, Batch[Any]]:
    """Runs the stage's program for each row."""
    given = rows.to_dicts()
    purpose = Purpose(context.layout.run_name, str(name))
    advance = context.progress.advancer(name)
    meter = None if context.metered is None else context.metered(name, given)
    batch = outcomes_of(context.engine(), work, given, purpose, advance, meter)
    return frames_of(made.stage.tables, given, batch.results), batch


def _by_frame(
    context: Context,
    name: StageName,
    work: Function,
    rows: pl.DataFrame,
    beside: Sequence[pl.DataFrame],
) -> tuple[Frames, Batch[Any]]:
    """What a function makes of a frame; an engine is opened where it asks an encoder or a model."""
    made = work(rows, *beside)
    if not isinstance(made, Generator):
        return made, NO_BATCH
    purpose = Purpose(context.layout.run_name, str(name))
    batch = context.engine().run([made], purpose=purpose)
    found = batch.results[0]
    if isinstance(found, Failed):
        raise StageFailedError(f"stage {name} needs every answer that it asks for", found.reason)
    return found, batch


def _by_shard(tables: Frames, count: int) -> dict[int, Frames]:
    """The tables cut by family."""
    parts = {name: shards.by_shard(frame, count) for name, frame in tables.items()}
    return {shard: {name: each[shard] for name, each in parts.items()} for shard in range(count)}


_JOBS_AT_ONCE = 4


def in_threads(jobs: list[Job]) -> list[JobResult]:
    """Runs jobs in a few threads; their calls overlap in the engine anyway."""
    with ThreadPoolExecutor(_JOBS_AT_ONCE, thread_name_prefix="shard") as threads:
        return list(threads.map(run_job, jobs))
