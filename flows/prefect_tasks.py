"""Jobs as Prefect tasks: a task is a shard or a whole table stage, never a call.

Tasks take and return names, hashes and counts. Prefect's own caching and result storage are off:
`out/` is the truth, and no prompt text enters Prefect's database.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from flows.opening import join
from flows.runner.jobs import Job, JobResult, run_job

JOBS_AT_ONCE = 4


@task(
    name="shard",
    task_run_name="{job.stage} {job.shard}",
    cache_policy=NO_CACHE,
    persist_result=False,
    log_prints=False,
)
def shard_task(job: Job) -> JobResult:
    """Runs one job; see `run_job`."""
    join(Path(job.run))
    return run_job(job)


def as_tasks(jobs: Sequence[Job]) -> list[JobResult]:
    """Runs jobs as tasks of the flow around it, on whatever task runner that has.

    Raises:
        Exception: The first job's error, once all have ended.
    """
    futures: list[PrefectFuture[JobResult]] = [shard_task.submit(job) for job in jobs]
    for future in futures:
        future.wait()
    return [future.result() for future in futures]
