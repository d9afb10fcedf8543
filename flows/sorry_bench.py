"""The Prefect flow of the fine-grained unsafe set and its mutations.

Its parameters are paths and settings, its tasks take and return names and hashes; what Prefect
stores holds no prompt text.
"""

from typing import Any, cast

from prefect import flow
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.building import JOBS_AT_ONCE, Result, build_release
from flows.run_names import of_recipe
from pipelines.recipe import SorryBench

_THREADS: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=JOBS_AT_ONCE)


@flow(
    name="sorry-bench",
    flow_run_name=of_recipe(),
    task_runner=cast("TaskRunner[PrefectFuture[Any]]", _THREADS),
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def sorry_bench(
    recipe: str, out: str = "out", limit: int | None = None, overrides: list[str] | None = None
) -> Result:
    """Builds a base set and its mutations from a recipe, resuming what is there.

    Args:
        recipe: The recipe's file.
        out: The output folder.
        limit: At most so many requests of each category.
        overrides: `key=value` settings over the recipe.
    """
    return build_release(SorryBench, recipe, out, limit, overrides or [])
