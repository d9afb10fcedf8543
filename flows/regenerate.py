"""The scheduled flow that makes a benchmark anew: build, audit, report, and a plan to publish.

It never publishes: what leaves the house, a person starts (`flows/publish.py`). Parameters, state
and artifact hold names, counts and sizes; what Prefect stores holds no prompt text.
"""

from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from artifacts.releases import Earlier, open_release
from base.errors import RefuseryError
from flows.building import Result
from flows.errors import contained
from flows.run_names import flow_run_name, of_recipe, rename_run
from flows.scheduled import (
    Ending,
    done,
    flow_of,
    handover,
    newest,
    nothing_to_do,
    refused,
    same_data,
)
from flows.served_lines import ended, tell_end, tell_start
from pipelines.errors import NotBuiltError
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable


@flow(
    name="regenerate",
    flow_run_name=of_recipe("regenerate"),
    on_running=[tell_start],
    on_cancellation=[tell_end],
    on_crashed=[tell_end],
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def regenerate(
    recipe: str, out: str = "out", overrides: list[str] | None = None, repo: str | None = None
) -> Ending:
    """Builds a recipe's release, or finds that nothing is to do; plans its publication.

    Args:
        recipe: The recipe's file.
        out: The output folder.
        overrides: `key=value` settings over the recipe.
        repo: The repository that the release would be published to; without one the artifact says
            how a person publishes it.
    """
    try:
        with contained():
            return ended(_regenerated(Path(recipe), Path(out).resolve(), overrides or [], repo))
    except RefuseryError as error:
        return ended(refused(error, "regenerate", Path(out)))


def _regenerated(recipe: Path, out: Path, overrides: list[str], repo: str | None) -> Ending:
    loaded = load(recipe, overrides)
    if not is_buildable(loaded):
        raise NotBuiltError(
            "regenerate takes a recipe of or-bench or sorry-bench", loaded.benchmark
        )
    before = newest(out, loaded.data_set)
    result = flow_of(loaded)(str(recipe), str(out), None, overrides)
    release = open_release(Path(result.release))
    # Another recipe may have taken the version that `next` was when this run began.
    rename_run(f"regenerate {flow_run_name(loaded, release.manifest.version)}")
    create_markdown_artifact(
        handover(release, repo),
        key=f"{loaded.data_set}-handover",
        description="The newest release, and how it would be published",
    )
    return _ending(result, release, before)


def _ending(result: Result, release: Earlier, before: Earlier | None) -> Ending:
    name = f"{release.manifest.data_set} {release.manifest.version}"
    if result.fresh == 0 and before is not None:
        return nothing_to_do(f"{name} is there, and its recipe, sources and models are the same")
    if before is not None and before.path != release.path and same_data(before, release):
        line = f"{name} holds the same rows as {before.manifest.version}"
        return done(f"{line}; {release.path}")
    rows = ", ".join(f"{each.name} {each.rows:,}" for each in release.manifest.configs)
    return done(f"{name}: {rows} rows; {result.sent:,} calls; {release.path}")
