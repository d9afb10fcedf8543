"""One job: a shard of a row stage, or a whole table stage. What a Prefect task runs.

A job takes and gives names, hashes and counts, never rows, so that any task runner can run it in
any process that sees the same folder, and no prompt text enters Prefect's storage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import polars as pl

from artifacts.records import ShardRecord
from flows.errors import StageFailed
from flows.runner import shards
from flows.runner.context import Context, context_of
from flows.runner.frames import frames_of
from flows.runner.layout import shard_of
from flows.runner.stage import AnyStage, Outcome, Parameters, Row, is_row_stage
from inference.ledger import Purpose
from inference.types import Failed

_Frames: TypeAlias = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Job:
    """What to run.

    Attributes:
        run: The run's folder.
        stage: The stage's name.
        inputs: The stages whose `kept` tables it reads, in order.
        parameters: What the flow found out on the way; goes into the fingerprint.
        shard: Which shard, or None for a table stage.
    """

    run: str
    stage: str
    inputs: tuple[str, ...]
    parameters: Parameters = ()
    shard: int | None = None


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job left on disk.

    Attributes:
        records: The records of the shards it wrote or found standing.
        fresh: Whether it had to run; False where everything stood already.
    """

    records: tuple[ShardRecord, ...]
    fresh: bool


def run_job(job: Job) -> JobResult:
    """Runs one job in this process, unless what it would make stands already.

    Raises:
        StageInputMissing: A stage that it reads from is not finished.
        InferenceError: The ledger, a key or a model cannot be used.
        ArtifactError: A table cannot be read or written.
    """
    context = context_of(Path(job.run))
    stage = context.stage(job.stage, job.parameters)
    numbers = tuple(range(context.shards)) if job.shard is None else (job.shard,)
    inputs = _inputs(context, job.inputs, numbers)
    hashes = {name: [record.files["kept"].sha256 for record in inputs[name]] for name in inputs}
    print_ = shards.fingerprint(stage, job.shard, context.shards, hashes)
    folder = context.folder(job.stage)
    found = [shards.standing(folder, number, context.shards, print_) for number in numbers]
    standing = tuple(record for record in found if record is not None)
    if len(standing) == len(numbers):
        return JobResult(standing, fresh=False)
    rows = _rows(context, inputs)
    made = (
        _made_whole(context, stage, rows)
        if job.shard is None
        else {job.shard: _made_by_row(context, stage, rows)}
    )
    records = [
        shards.write(folder, stage, shard, context.shards, frames, print_)
        for shard, frames in made.items()
    ]
    return JobResult(tuple(records), fresh=True)


def _inputs(
    context: Context, names: tuple[str, ...], numbers: tuple[int, ...]
) -> dict[str, list[ShardRecord]]:
    return {
        name: [shards.finished(context.folder(name), each, context.shards) for each in numbers]
        for name in names
    }


def _rows(context: Context, inputs: Mapping[str, list[ShardRecord]]) -> list[Row]:
    """The kept rows of the inputs in (category, row) order, never in order of arrival."""
    rows = [
        row
        for name, records in inputs.items()
        for record in records
        for row in shards.kept_rows(context.folder(name), record)
    ]
    return sorted(rows, key=lambda row: (row["category"], row["row"]))


def _made_by_row(context: Context, stage: AnyStage, rows: list[Row]) -> _Frames:
    """Runs the stage's program for each row of one shard."""
    if not is_row_stage(stage):
        raise TypeError(f"stage {stage.name} sees the whole table: its job names no shard")
    engine = context.engine()
    purpose = Purpose(context.layout.run_name, stage.name)
    advance = context.progress.advancer(stage.name)
    started = engine.run([stage.start()], purpose=purpose)
    row_program = started.results[0]
    if isinstance(row_program, Failed):
        return frames_of(stage, rows, [row_program] * len(rows))
    batch = engine.run((row_program(row) for row in rows), advance, purpose)
    return frames_of(stage, rows, batch.results)


def _made_whole(context: Context, stage: AnyStage, rows: list[Row]) -> dict[int, _Frames]:
    """Runs the stage's one program, and hands each family's rows to the family's shard."""
    if is_row_stage(stage):
        raise TypeError(f"stage {stage.name} works by row: its job must name a shard")
    purpose = Purpose(context.layout.run_name, stage.name)
    batch = context.engine().run([stage.table(rows)], purpose=purpose)
    outcome = batch.results[0]
    if isinstance(outcome, Failed):
        raise StageFailed(f"stage {stage.name} needs every answer that it asks for", outcome.reason)
    context.progress.advancer(stage.name)(len(rows))
    return {
        shard: frames_of(stage, [{}], [part])
        for shard, part in enumerate(_parts(outcome, context.shards))
    }


def _parts(outcome: Outcome, count: int) -> list[Outcome]:
    """The outcome cut by family."""
    kept = _by_shard(outcome.kept, count)
    dropped = _by_shard(outcome.dropped, count)
    side = {name: _by_shard(rows, count) for name, rows in outcome.side.items()}
    return [
        Outcome(kept[shard], dropped[shard], {name: rows[shard] for name, rows in side.items()})
        for shard in range(count)
    ]


def _by_shard(rows: Sequence[Row], count: int) -> list[list[Row]]:
    shared: list[list[Row]] = [[] for _ in range(count)]
    for row in rows:
        shared[shard_of(row["root"], count)].append(row)
    return shared
