"""Jobs as Prefect tasks, with arrows from the tasks whose tables they read.

Tasks take and return names, hashes and counts. Prefect's own caching and result storage are off:
`out/` is the truth, and no prompt text enters Prefect's database.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from flows.benchmarks import benchmark_of
from flows.errors import contained
from flows.run_log import log_line, stage_line
from flows.run_names import task_run_names
from pipelines.opening import join
from pipelines.runner.context import context_of, known
from pipelines.runner.jobs import Job, JobResult, run_job

_ARROWS = 32


@task(
    name="shard",
    task_run_name="{name}",
    cache_policy=NO_CACHE,
    persist_result=False,
    log_prints=False,
)
def shard_task(job: Job, name: str) -> JobResult:
    """Runs one job; see `run_job`."""
    with contained():
        join(Path(job.run), benchmark_of)
        return run_job(job)


class StageTasks:
    """Runs the jobs of a run, stage after stage, as tasks of the flow around it.

    Each is given the tasks before it whose tables it reads. They have ended, so that none is waited
    for; the interface draws them as arrows, the first 32 of a stage that one task reads whole: the
    server draws up arrows of arrows, and would take minutes over hundreds.
    """

    def __init__(self) -> None:
        """No task has ended."""
        self._ended: dict[str, dict[int | None, PrefectFuture[JobResult]]] = {}

    def __call__(self, jobs: Sequence[Job]) -> list[JobResult]:
        """Runs jobs on whatever task runner the flow has.

        Raises:
            Exception: The first job's error, once all have ended.
        """
        started, names = time.monotonic(), task_run_names(jobs)
        futures: list[PrefectFuture[JobResult]] = [
            shard_task.submit(job, name, return_state=False, wait_for=self._before(job))
            for job, name in zip(jobs, names, strict=True)
        ]
        try:
            for name, future in zip(names, futures, strict=True):
                future.wait()
                _tell(name, future)
        except BaseException:
            # Of a signal, in a deployed run: Prefect waits for the tasks, they for their servers.
            _stop_engines_of(jobs)
            raise
        done = [future.result() for future in futures]
        for job, future in zip(jobs, futures, strict=True):
            self._ended.setdefault(str(job.stage), {})[job.shard] = future
        _tell_of_stages(jobs, done, time.monotonic() - started)
        return done

    def _before(self, job: Job) -> list[PrefectFuture[JobResult]]:
        """The tasks that made what a job reads: of its own shard, or of all."""
        inputs = (self._of(name, job.shard) for name in job.inputs)
        beside = (self._of(name, None) for name in chain.from_iterable(job.beside))
        # A stage may be read from in both ways.
        found = {future.task_run_id: future for future in chain(*inputs, *beside)}
        return list(found.values())

    def _of(self, name: str, shard: int | None) -> Iterator[PrefectFuture[JobResult]]:
        ended = self._ended.get(name, {})
        if shard in ended:
            yield ended[shard]
        elif shard is None or None in ended:
            yield from islice(ended.values(), _ARROWS)


def _tell(name: str, future: PrefectFuture[JobResult]) -> None:
    """Logs what a task left; one that failed is told of by its error."""
    if future.state.is_completed():
        done = future.result()
        log_line(stage_line(name, [done], done.seconds), future.task_run_id)


def _tell_of_stages(jobs: Sequence[Job], done: Sequence[JobResult], seconds: float) -> None:
    """Logs what each stage left that has several shards."""
    by_stage: dict[str, list[JobResult]] = {}
    for job, result in zip(jobs, done, strict=True):
        by_stage.setdefault(str(job.stage), []).append(result)
    for name, results in by_stage.items():
        if len(results) > 1:
            log_line(stage_line(name, results, seconds))


def _stop_engines_of(jobs: Sequence[Job]) -> None:
    """Stops the engine of each run that the jobs are of; other runs of the process go on."""
    for run in {Path(job.run) for job in jobs}:
        engine = context_of(run).opened_engine if known(run) else None
        if engine is not None:
            engine.stop()
