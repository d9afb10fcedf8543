"""A run: its stages in order, each as jobs (a shard or a whole table), with what they left counted.

A job takes and gives names, hashes and counts, never rows, so that any task runner can run it in
any process that sees the same folder, and no prompt text enters Prefect's storage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import polars as pl

from artifacts.records import RunRecord, ShardRecord, StageEntry, write_run
from artifacts.tables import read_table
from inference.errors import BudgetReachedError
from inference.ledger import Purpose
from inference.types import Failed
from pipelines.errors import StageFailedError
from pipelines.runner import shards
from pipelines.runner.context import Context, context_of
from pipelines.runner.shards import failures, finished, frames_of, of_earlier_form, shard_of
from pipelines.runner.stage import AnyStage, Outcome, Parameters, Row, is_row_stage

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
        records: The records of the shards it wrote or found finished.
        fresh: Whether it had to run; False where everything stood already.
    """

    records: tuple[ShardRecord, ...]
    fresh: bool


def run_job(job: Job) -> JobResult:
    """Runs one job in this process, unless what it would make stands already.

    Raises:
        StageInputMissingError: A stage that it reads from is not finished.
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
    found = [shards.cached_shard(folder, number, context.shards, print_) for number in numbers]
    cached = tuple(record for record in found if record is not None)
    if len(cached) == len(numbers):
        return JobResult(cached, fresh=False)
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
        raise StageFailedError(
            f"stage {stage.name} needs every answer that it asks for", outcome.reason
        )
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


Execute = Callable[[Sequence[Job]], list[JobResult]]
_JOBS_AT_ONCE = 4
EARLIER_FORM = (
    "this run was made by an earlier version: its stages are made anew, and replies come from the "
    "ledger"
)
"""What is said once where stages of a run have fingerprints of the first form."""


def in_threads(jobs: Sequence[Job]) -> list[JobResult]:
    """Runs jobs in a few threads; their calls overlap in the engine anyway."""
    with ThreadPoolExecutor(_JOBS_AT_ONCE, thread_name_prefix="shard") as threads:
        return list(threads.map(run_job, jobs))


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage left.

    Attributes:
        name: The stage's name.
        inputs: The stages it read from.
        rows: Rows by table.
        fresh: How many of its jobs had to run.
        jobs: How many jobs it has.
    """

    name: str
    inputs: tuple[str, ...]
    rows: Mapping[str, int]
    fresh: int
    jobs: int


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of several that are run together; the attributes are as for `Run.stage`.

    Attributes:
        name: The stage's name.
        inputs: The stages whose kept tables it reads.
        models: Who votes on each of its rows.
        asked: Under which names its answers are kept.
        parameters: What the flow found out on the way.
    """

    name: str
    inputs: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    parameters: Mapping[str, int] = field(default_factory=dict)


class Run:
    """Runs stages one after the other; remembers them in the run's record.

    Args:
        context: The run as this process sees it.
        record: What the run is of, with no stages: they are filled in as they run.
        execute: How jobs are run: in threads here, or as Prefect tasks.
        max_failed: How many failed rows a stage may have.
        show: Called with each stage's result.
    """

    def __init__(
        self,
        context: Context,
        record: RunRecord,
        execute: Execute = in_threads,
        max_failed: int = 0,
        show: Callable[[StageResult], None] | None = None,
    ) -> None:
        """Nothing runs yet."""
        self.context = context
        self.record = record
        self.results: list[StageResult] = []
        self._execute = execute
        self._max_failed = max_failed
        self._show = show
        self._told_of_earlier_form = False

    def stage(
        self,
        name: str,
        inputs: Sequence[str] = (),
        *,
        models: Sequence[str] = (),
        asked: Sequence[str] = (),
        parameters: Mapping[str, int] | None = None,
    ) -> StageResult:
        """Runs one stage, or finds it finished.

        Args:
            name: The stage's name.
            inputs: The stages whose kept tables it reads.
            models: Who votes on each of its rows, where it has a `votes` table.
            asked: Under which names its answers are kept, where it has an `answers` table.
            parameters: What the flow found out on the way (rows still wanted by category).

        Raises:
            BudgetReachedError: The cap of the recipe's budget is reached, whatever may fail.
            StageFailedError: More rows failed than the recipe allows.
        """
        step = Step(name, tuple(inputs), tuple(models), tuple(asked), dict(parameters or {}))
        return self.together([step])[0]

    def together(self, steps: Sequence[Step]) -> tuple[StageResult, ...]:
        """Runs stages that do not read from each other, at the same time.

        Args:
            steps: The stages, in the order in which the record names them.

        Raises:
            BudgetReachedError: The cap of the recipe's budget is reached, whatever may fail.
            StageFailedError: More rows of a stage failed than the recipe allows.
        """
        jobs = [self._begun(step) for step in steps]
        # Shard by shard over all stages: each has its turn while others wait for their servers.
        order = sorted((n, whose) for whose, each in enumerate(jobs) for n in range(len(each)))
        done = self._execute([jobs[whose][n] for n, whose in order])
        by_step: list[list[JobResult]] = [[] for _ in steps]
        for (_, whose), job in zip(order, done, strict=True):
            by_step[whose].append(job)
        results = tuple(map(self._ended, steps, by_step))
        for step, ended in zip(steps, by_step, strict=True):
            failed = sum(failures(record) for job in ended for record in job.records)
            self._require_money(step.name, failed)
            self._bound_failures(step.name, failed)
        return results

    def _begun(self, step: Step) -> list[Job]:
        """Enters a stage into the record; what is to be run of it."""
        given = tuple(sorted(step.parameters.items()))
        stage = self.context.stage(step.name, given)
        shards = self.context.shards
        entry = StageEntry(step.name, stage.kind, step.inputs, shards, step.models, step.asked)
        self._enter(entry)
        self._tell_of_earlier_form(step.name)
        rows = sum(self._kept(each) for each in step.inputs) or None
        self.context.progress.begin(step.name, rows)
        return [
            Job(str(self.context.layout.run), step.name, step.inputs, given, shard)
            for shard in (range(shards) if is_row_stage(stage) else (None,))
        ]

    def _tell_of_earlier_form(self, name: str) -> None:
        """Says once why finished stages are made again."""
        if self._told_of_earlier_form:
            return
        if of_earlier_form(self.context.folder(name), self.context.shards):
            self._told_of_earlier_form = True
            self.context.progress.note(EARLIER_FORM)

    def _ended(self, step: Step, done: Sequence[JobResult]) -> StageResult:
        result = _result(step.name, step.inputs, done)
        self.results.append(result)
        self.context.progress.end(step.name, result.rows)
        if self._show is not None:
            self._show(result)
        return result

    def kept(self, stage: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The kept rows of a finished stage, all shards together."""
        return self.table(stage, "kept", columns)

    def table(self, stage: str, table: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """One table of a finished stage, all shards together."""
        folder = self.context.folder(stage)
        return pl.concat(
            read_table(folder / record.files[table].name, columns) for record in self.records(stage)
        )

    def records(self, stage: str) -> list[ShardRecord]:
        """The records of a finished stage, shard by shard."""
        folder, shards = self.context.folder(stage), self.context.shards
        return [finished(folder, shard, shards) for shard in range(shards)]

    def _kept(self, stage: str) -> int:
        return next(result.rows["kept"] for result in self.results if result.name == stage)

    def _enter(self, entry: StageEntry) -> None:
        self.record = replace(self.record, stages=(*self.record.stages, entry))
        write_run(self.context.layout.run, self.record)

    def _require_money(self, name: str, failed: int) -> None:
        """Ends the run where a row failed for want of money, here or in a worker's process."""
        engine = self.context.opened_engine
        if engine is not None and engine.spent_out is not None:
            raise engine.spent_out
        if failed and "budget" in set(self.table(name, "failed", ["reason"])["reason"]):
            rule = (
                "budget.max_usd must have room for the next call; everything answered is kept: "
                "a higher budget.max_usd, in the recipe or by --set, goes on"
            )
            raise BudgetReachedError(rule)

    def _bound_failures(self, name: str, failed: int) -> None:
        if failed <= self._max_failed:
            return
        rule = f"stage {name} may have at most {self._max_failed} failed rows (max_failed)"
        causes = "; ".join(self._causes())
        raise StageFailedError(
            f"{rule}; {causes}; what was answered is kept: run the same command again", failed
        )

    def _causes(self) -> list[str]:
        """Why calls failed, by model: an open circuit's error, else the last failure."""
        engine = self.context.opened_engine
        if engine is None:
            return ["the rows failed in another process"]
        troubles = engine.troubles()
        last = engine.last_failures()
        return [
            str(troubles[name]) if name in troubles else f"model `{name}`: {last[name]}"
            for name in sorted({*troubles, *last})
        ]


def _result(name: str, inputs: tuple[str, ...], done: Sequence[JobResult]) -> StageResult:
    rows: dict[str, int] = {}
    for job in done:
        for record in job.records:
            for table, file in record.files.items():
                rows[table] = rows.get(table, 0) + file.rows
    return StageResult(name, inputs, rows, sum(job.fresh for job in done), len(done))
