"""The Prefect flow of the over-refusal set: a thin coat over the pipeline.

Its parameters are paths and settings, its tasks take and return names and hashes; what Prefect
stores holds no prompt text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from artifacts.summary import markdown
from flows.errors import NotBuilt
from flows.opening import layout_of, open_run
from flows.pipelines import or_bench as pipeline
from flows.pipelines.preparing import require_ready
from flows.pipelines.release import release
from flows.pipelines.rounds import Ending
from flows.planning.relatives import relatives
from flows.prefect_tasks import JOBS_AT_ONCE, as_tasks
from flows.recipe import OrBench, load, taxonomy_of
from flows.recipe.frozen import published
from flows.runner.context import forget, keep
from flows.runner.progress import current
from flows.runner.run import Run, StageResult
from flows.sources import Pins
from flows.stages.or_bench import identities
from flows.summaries import of_manifest

_THREADS: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=JOBS_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of the flow came to.

    Attributes:
        release: The release's folder.
        replies: Replies used, from servers and from the ledger.
        sent: How many of them a server was asked for now.
        fresh: How many jobs had to run; 0 where everything stood already.
        short: Accepted rows still wanted, by category.
        seed_endings: Where a model wrote the seeds: how each category ended.
        served: Models whose server named another one: (asked, served) by their names here.
    """

    release: str
    replies: int
    sent: int
    fresh: int
    short: dict[str, int] = field(default_factory=dict)
    seed_endings: dict[str, Ending] = field(default_factory=dict)
    served: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


@flow(
    name="or-bench",
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
    loaded = load(Path(recipe), overrides or ())
    if not isinstance(loaded, OrBench):
        raise NotBuilt("this flow builds or-bench", loaded.benchmark)
    pins = Pins(layout_of(loaded, Path(out), limit).run)
    loaded = pins.put(loaded)
    require_ready(loaded)
    context, record = open_run(loaded, Path(out), limit, current())
    keep(context)
    pins.keep()
    try:
        run = Run(context, record, as_tasks, loaded.max_failed, _show)
        taxonomy = taxonomy_of(loaded)
        built = pipeline.build(run, loaded, taxonomy)
        models = identities(loaded, context.layout)
        kin = relatives(loaded)
        manifest = release(run, built, loaded, published(loaded), models, taxonomy.names, kin)
        create_markdown_artifact(markdown(of_manifest(manifest)), key="or-bench-summary")
        spent = context.engine().account.spends().values()
        return Result(
            release=str(context.layout.release),
            replies=sum(spend.replies for spend in spent),
            sent=sum(spend.sent for spend in spent),
            fresh=sum(result.fresh for result in run.results),
            short=dict(built.short),
            seed_endings=dict(built.seed_endings),
            served=context.engine().served(),
        )
    finally:
        forget(context)


def _show(result: StageResult) -> None:
    """A table of the stage's rows in Prefect's interface; the same stands in the manifest."""
    key = f"or-bench-{result.name}".replace("_", "-")
    rows = [{"table": table, "rows": count} for table, count in result.rows.items()]
    create_table_artifact(rows, key=key, description=f"Rows of stage {result.name} by table")
