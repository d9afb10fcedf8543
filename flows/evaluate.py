"""The Prefect flow of an evaluation: it runs `evaluation`.

Its parameters are paths and settings, its tasks take and return names and hashes, its artifact
holds rates; what Prefect stores holds no prompt text.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from artifacts.summary import markdown
from evaluation.opening import require_evaluation, results_of
from evaluation.pipeline import EVALUATION_RUN, seen_by_judges
from evaluation.record import write_pictures, write_results
from evaluation.tables import evaluation_tables
from flows.errors import contained
from flows.run_log import log_line
from flows.run_names import of_recipe
from flows.stage_tasks import StageTasks
from inference.accounts import total
from inference.engine import Engine
from pipelines.opening import claim_runs, preflight, run_opened
from pipelines.recipe import Evaluation, load
from pipelines.runner.context import current
from pipelines.runner.lock import run_lock
from pipelines.runner.run import Run

MODELS_AT_ONCE = 16
"""Stages that work at once: each mostly waits for the servers of its own model."""

_THREADS: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=MODELS_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an evaluation came to.

    Attributes:
        folder: Where its record, tables, figures and page are.
        replies: Replies used, from servers and from the ledger.
        sent: How many of them a server was asked for now.
        fresh: How many jobs had to run; 0 where everything stood already.
        usd: What those replies cost when they were bought, as far as prices are known.
        unpriced: Replies whose price is unknown.
        served: Models whose server named another one: (asked, served) by their names here.
    """

    folder: str
    replies: int
    sent: int
    fresh: int
    usd: float
    unpriced: int
    served: dict[str, tuple[tuple[str, str], ...]]


@flow(
    name="evaluate",
    flow_run_name=of_recipe(),
    task_runner=cast("TaskRunner[PrefectFuture[Any]]", _THREADS),
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def evaluate(recipe: str, out: str = "out", overrides: list[str] | None = None) -> Evaluated:
    """Asks and judges what is not there yet, and takes all figures.

    Args:
        recipe: The recipe's file.
        out: The output folder.
        overrides: `key=value` settings over the recipe.

    Raises:
        NotBuiltError: The recipe is not one of an evaluation.
        RunLockedError: Another run of the recipe is under way.
    """
    with contained():
        loaded = require_evaluation(load(Path(recipe), overrides or []))
        with run_lock(Path(out), claim_runs(loaded, Path(out))):
            return _evaluate(loaded, Path(out))


def _evaluate(loaded: Evaluation, out: Path) -> Evaluated:
    """Evaluates what no other run holds."""
    checked = preflight(EVALUATION_RUN, loaded, out)
    loaded = checked.recipe
    with run_opened(EVALUATION_RUN, checked, out, progress=current()) as (context, record):
        run = Run(context, record, StageTasks(), loaded.max_failed, max_missing=loaded.max_missing)
        run.build()
        last = seen_by_judges(run, loaded)
        folder = results_of(loaded, out)
        found = write_results(run, loaded, last, folder)
        write_pictures(folder, found)
        create_markdown_artifact(
            markdown(evaluation_tables(found)),
            key="evaluation",
            description=f"Rates of evaluation {loaded.name}",
        )
        log_line(f"evaluation {loaded.name}: {folder}")
        return _evaluated(folder, run, context.opened_engine)


def _evaluated(folder: Path, run: Run, engine: Engine | None) -> Evaluated:
    """What a finished run came to; nobody was asked where no engine was opened."""
    spent = total(engine.account.spends().values() if engine is not None else ())
    return Evaluated(
        folder=str(folder),
        replies=spent.replies,
        sent=spent.sent,
        fresh=sum(result.fresh for result in run.results),
        usd=spent.price_usd,
        unpriced=spent.unpriced,
        served=engine.served() if engine is not None else {},
    )
