"""What the Prefect flows of all benchmarks do alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from artifacts.build_facts import BuildFacts
from artifacts.build_tables import build_tables, first_lines, lines_of
from artifacts.manifest import Manifest, read_manifest
from artifacts.release_tables import of_manifest
from artifacts.summary import markdown
from auditing.data import GateBrokenError
from base.formats import markdown_text
from flows.benchmarks import benchmark_of
from flows.errors import contained
from flows.run_log import log_line
from flows.run_names import flow_run_name, rename_run
from flows.stage_tasks import StageTasks
from pipelines.audits.finalize import finalize_release
from pipelines.benchmark import ReleaseContent
from pipelines.errors import NotBuiltError
from pipelines.opening import claim_runs, layout_of, preflight, run_opened
from pipelines.recipe import load
from pipelines.recipe.schema import Buildable
from pipelines.runner.context import current
from pipelines.runner.lock import release_lock, run_lock
from pipelines.runner.run import Run, StageResult
from pipelines.runner.run_facts import funnel_of
from pipelines.versions.next_version import forget_version, resolve_version

JOBS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of a flow came to.

    Attributes:
        release: The release's folder.
        replies: Replies used, from servers and from the ledger.
        sent: How many of them a server was asked for now.
        fresh: How many jobs had to run; 0 where everything stood already.
        short: Accepted rows still wanted, by category.
        seed_endings: Where a model wrote the seeds: how each category ended.
        served: Models whose server named another one: (asked, served) by their names here.
        facts: What it came to; None where a release was there and its stage tables are gone.
    """

    release: str
    replies: int
    sent: int
    fresh: int
    short: dict[str, int] = field(default_factory=dict)
    seed_endings: dict[str, str] = field(default_factory=dict)
    served: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    facts: BuildFacts | None = None


def build_release(
    kind: type[Buildable],
    recipe: str,
    out: str,
    limit: int | None,
    overrides: Sequence[str],
) -> Result:
    """Builds a release inside a Prefect flow.

    Args:
        kind: The recipes that the flow takes.
        recipe: The recipe's file.
        out: The output folder.
        limit: Use only the first seeds or requests of each category, so many.
        overrides: `key=value` settings over the recipe.

    Raises:
        NotBuiltError: The recipe is of another benchmark, or asks for what is not built yet.
        RunLockedError: Another run of the recipe, or of this version by another recipe, is under
            way.
        ReleaseDiffersError: This version is released, and not of what the recipe is now.
        ReleaseDamagedError: It is, and a file of it is missing or changed.
    """
    with contained():
        loaded = load(Path(recipe), overrides)
        if not isinstance(loaded, kind):
            raise NotBuiltError(f"this flow takes recipes of {kind.__name__}", loaded.benchmark)
        with run_lock(Path(out), claim_runs(loaded, Path(out))):
            loaded = resolve_version(loaded, Path(out))
            layout = layout_of(loaded, Path(out), limit)
            rename_run(flow_run_name(loaded, layout.version))
            with release_lock(layout.release, loaded.name):
                return _build(loaded, out, limit)


def _build(loaded: Buildable, out: str, limit: int | None) -> Result:
    """Builds what is not there of a release that no other run makes."""
    benchmark = benchmark_of(loaded)
    checked = preflight(benchmark, loaded, Path(out), limit)
    loaded = checked.recipe
    layout = layout_of(loaded, Path(out), limit)
    if layout.is_released and not layout.has_tables:
        # It is whole and of this recipe; tables that were cleared away are not bought again.
        _show_release(read_manifest(layout.release), None, layout.release)
        return Result(release=str(layout.release), replies=0, sent=0, fresh=0)
    with run_opened(benchmark, checked, Path(out), limit, current()) as (context, record):
        show = _show(loaded.data_set)
        run = Run(context, record, StageTasks(), loaded.max_failed, show, loaded.max_missing)
        run.build()
        content = benchmark.released(run, loaded)
        manifest = _finalized(run, loaded, content)
        forget_version(loaded, Path(out))
        _show_release(manifest, content.facts, context.layout.release)
        spent = context.engine().account.spends().values()
        return Result(
            release=str(context.layout.release),
            replies=sum(spend.replies for spend in spent),
            sent=sum(spend.sent for spend in spent),
            fresh=sum(result.fresh for result in run.results),
            short=dict(content.short),
            seed_endings=dict(content.seed_endings),
            served=context.engine().served(),
            facts=content.facts,
        )


def _finalized(run: Run, recipe: Buildable, content: ReleaseContent) -> Manifest:
    """The release; where a gate is broken, what may be why is told before."""
    try:
        return finalize_release(run, recipe, content)
    except GateBrokenError:
        main = content.views[0]
        for line in lines_of(main.config, main.rows.height, funnel_of(run), content.facts):
            run.context.progress.note(line)
        raise


def _show_release(manifest: Manifest, facts: BuildFacts | None, release: Path) -> None:
    """What to read first of a release, then its tables, and a line that says where it is."""
    lines = [f"{markdown_text(line)}\n" for line in first_lines(manifest, facts)]
    tables = [*(build_tables(facts) if facts is not None else ()), *of_manifest(manifest)]
    text = "\n".join((*lines, markdown(tables)))
    called = f"{manifest.data_set} {manifest.version}"
    create_markdown_artifact(
        text,
        key=f"{manifest.data_set}-summary",
        description=f"Rows, calls and costs of {called}",
    )
    rows = ", ".join(f"{config.name} {config.rows:,}" for config in manifest.configs)
    log_line(f"release {called}: {rows} rows; {release}")


def _show(data_set: str) -> Callable[[StageResult], None]:
    def show(result: StageResult) -> None:
        """A table of the stage's rows in Prefect's interface; the same stands in the manifest."""
        key = f"{data_set}-{result.name}".replace("_", "-")
        rows = [{"table": table, "rows": count} for table, count in result.rows.items()]
        create_table_artifact(rows, key=key, description=f"Rows of stage {result.name} by table")

    return show
