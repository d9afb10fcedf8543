"""The Prefect flow of the over-refusal set: it runs `pipelines.or_bench`.

Its parameters are paths and settings, its tasks take and return names and hashes; what Prefect
stores holds no prompt text.
"""

from typing import Any, cast

from prefect import flow
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.building import JOBS_AT_ONCE, Result, build_release
from flows.run_names import of_recipe
from pipelines.recipe import OrBench

_THREADS: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=JOBS_AT_ONCE)


@flow(
    name="or-bench",
    flow_run_name=of_recipe(),
    task_runner=cast("TaskRunner[PrefectFuture[Any]]", _THREADS),
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def or_bench(
    recipe: str, out: str = "out", limit: int | None = None, overrides: list[str] | None = None
) -> Result:
    """Builds an over-refusal set from a recipe, resuming what is there.

    Args:
        recipe: The recipe's file.
        out: The output folder.
        limit: Use only the first seeds of each category, so many.
        overrides: `key=value` settings over the recipe.
    """
    return build_release(OrBench, recipe, out, limit, overrides or [])
