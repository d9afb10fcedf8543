"""Recipes from Python: read, planned, built and evaluated, as the command does it.

A flow runs in Prefect, which is loaded when the first one starts, and in a thread of its own.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import yaml

from artifacts.evaluation_facts import EVALUATION, Evaluation, read_evaluation
from artifacts.manifest import Manifest, read_manifest
from pipelines.errors import NotBuiltError, RecipeError
from pipelines.recipe import OrBench, Recipe, load
from pipelines.recipe.schema import Buildable, Runnable, is_buildable, is_runnable
from refusery.interruption import in_thread, result_of

if TYPE_CHECKING:
    from flows.building import Result
    from pipelines.planning import Plan

ResultT = TypeVar("ResultT")
GivenRecipe = str | os.PathLike[str] | Recipe
"""A recipe's file, or a recipe that was read."""

_PREFECT = {
    # Nothing calls home; the first start of Prefect's own server may take a while.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    # Errors are ours to tell, in one line.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}


def load_recipe(
    path: str | os.PathLike[str], overrides: Mapping[str, object] | None = None
) -> Runnable:
    """Reads a recipe: an `OrBench`, a `SorryBench` or an `Evaluation`, by its `benchmark`.

    Args:
        path: A YAML file; `recipes/README.md` has every key.
        overrides: Values that go over the file's, by keys with dots between: `rewrite.per_seed`.

    Raises:
        RecipeError: The file cannot be read, breaks the schema or names what does not exist; one
            line names the rule and the value.

    Example:
        >>> import refusery
        >>> recipe = refusery.load_recipe("recipes/or_bench.embedded.yaml", {"hard.at": 3})
        >>> recipe.name, recipe.benchmark, recipe.hard.at
        ('or_bench.embedded', 'or-bench', 3)
    """
    settings = [f"{key}={_as_yaml(value)}" for key, value in (overrides or {}).items()]
    return runnable(load(Path(path), settings))


def runnable(recipe: Recipe) -> Runnable:
    """The recipe, if it is of a known benchmark.

    Raises:
        NotBuiltError: It is of none.
    """
    if not is_runnable(recipe):
        raise NotBuiltError("a recipe must be of a known benchmark", recipe.benchmark)
    return recipe


def _as_yaml(value: object) -> str:
    said = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True)
    return str(said).removesuffix("...\n").strip()


def file_of(recipe: GivenRecipe) -> tuple[Path, list[str]]:
    """A recipe's file, and the settings over it that make it the recipe given.

    Raises:
        RecipeError: There is no such file, or what was changed in Python breaks the schema.
    """
    if not isinstance(recipe, Recipe):
        return Path(recipe), []
    said = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
    there = load(recipe.path).model_dump(mode="json", by_alias=True, exclude_unset=True)
    settings = [f"{key}={_as_yaml(part)}" for key, part in said.items() if part != there.get(key)]
    settings += [f"{key}=null" for key in there if key not in said]
    if load(recipe.path, settings).model_dump() != recipe.model_dump():
        raise RecipeError("a recipe must say what its file and settings can say", recipe.name)
    return recipe.path, settings


def plan(
    recipe: GivenRecipe,
    *,
    out: str | os.PathLike[str] = "out",
    pilot: str | os.PathLike[str] | None = None,
) -> "Plan":
    """Counts calls, tokens and US dollars by stage and model. Sends nothing and needs no key.

    Args:
        recipe: A recipe or its file.
        out: Where earlier releases lie, for `version: next`, and the recipe's pilots.
        pilot: A pilot's folder or file; by default one of this recipe in `out`, if there is any.

    Returns:
        `.stages`, `.usd` (None where a price is unknown), `.servers`, `.notes`, `.configs`,
        `.duration` and more: scaled from a pilot, with intervals in `.pilot`, or else (`.pilot` is
        None) as if every answer were usable at once and as long as is assumed.

    Raises:
        PilotUnusableError: The pilot that is named is of another recipe, or cannot be read.
        RecipeError: The recipe cannot be read.
        SourceError: A file of seeds or base requests is not there.

    Example:
        >>> import refusery
        >>> plan = refusery.plan("recipes/or_bench.embedded.yaml")
        >>> plan.servers, plan.usd
        (('this machine',), 0.0)
    """
    from flows.benchmarks import plan as plan_of
    from pipelines.versions.next_version import with_preview_version

    path, settings = file_of(recipe)
    loaded = load(path, settings)
    folder = Path(out)
    named = None if pilot is None else Path(pilot)
    versioned = with_preview_version(loaded, folder) if is_buildable(loaded) else loaded
    return plan_of(versioned, folder, named)


@dataclass(frozen=True, slots=True)
class Built:
    """A release that was built.

    Attributes:
        release: Its folder, for `load`, `verify` and `audit`.
        sent: Calls that were made now; all others came from the ledger.
        short: Rows still wanted, by category.
        manifest: What it says of itself: configs, funnel, cost, sources.
    """

    release: Path
    sent: int
    short: Mapping[str, int]
    manifest: Manifest = field(repr=False)


def build(
    recipe: GivenRecipe, *, out: str | os.PathLike[str] = "out", limit: int | None = None
) -> Built:
    """Runs a recipe's flow under Prefect, resuming what is there, and writes its release.

    Args:
        recipe: A recipe of OR-Bench or SORRY-Bench, or its file.
        out: Where ledger, runs and releases are kept.
        limit: Use only the first seeds of each category, so many.

    Raises:
        NotBuiltError: The recipe is one of an evaluation.
        RecipeError: It cannot be read, or what it names is not there.
        KeyMissingError: A model's key is not in the environment.
        PriceUnknownError: Nobody says what a model costs.
        StageFailedError: More rows failed than `max_failed`; the same call goes on from there.
        GateBrokenError: The set breaks a bound of the recipe; no release is written.

    Example:
        >>> import refusery
        >>> built = refusery.build("small.yaml", out="out")
        >>> built
        Built(release=PosixPath('.../out/releases/sorry-bench/2026.11.0'), sent=0, short={})
        >>> [config.name for config in built.manifest.configs]
        ['base', 'caesar', 'all']
    """
    path, settings = file_of(recipe)
    folder = Path(out)
    loaded = prepared(require_buildable(load(path, settings)), folder, limit)
    found = in_prefect(lambda: run_build(loaded, path, folder, limit, settings))
    release = Path(found.release)
    return Built(release, found.sent, found.short, read_manifest(release))


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation that was made.

    Attributes:
        folder: Its tables, figures and page.
        sent: Calls that were made now; all others came from the ledger.
        usd: What the replies behind it cost, as far as prices are known.
        figures: Rates with intervals, agreements and effects, as `evaluation.json` has them.
    """

    folder: Path
    sent: int
    usd: float
    figures: Evaluation = field(repr=False)


def evaluate(recipe: GivenRecipe, *, out: str | os.PathLike[str] = "out") -> Evaluated:
    """Puts data sets to models, has the answers judged, and writes rates and figures.

    Args:
        recipe: A recipe of an evaluation, or its file.
        out: Where ledger, runs and results are kept.

    Raises:
        NotBuiltError: The recipe is one of a data set.
        RecipeError: It cannot be read, or what it names is not there.
        KeyMissingError: A model's key is not in the environment.
        StageFailedError: More rows failed than `max_failed`; the same call goes on from there.

    Example:
        >>> import refusery
        >>> refusery.evaluate("small.yaml")
        Traceback (most recent call last):
        pipelines.errors.NotBuiltError: evaluate takes a recipe of evaluation (got sorry-bench)
    """
    from evaluation.opening import require_evaluation
    from evaluation.pipeline import EVALUATION_RUN
    from pipelines.opening import preflight

    path, settings = file_of(recipe)
    # Bad input is said before Prefect takes its time to start.
    loaded = require_evaluation(load(path, settings))
    preflight(EVALUATION_RUN, loaded, Path(out))

    def run() -> Evaluated:
        from flows.evaluate import evaluate as flow

        done = flow(str(path), str(out), settings)
        figures = read_evaluation(Path(done.folder) / EVALUATION)
        return Evaluated(Path(done.folder), done.sent, done.usd, figures)

    return in_prefect(run)


def require_buildable(recipe: Recipe) -> Buildable:
    """The recipe, if a release is built from it.

    Raises:
        NotBuiltError: It is one of an evaluation.
    """
    if not is_buildable(recipe):
        raise NotBuiltError("build takes a recipe of or-bench or sorry-bench", recipe.benchmark)
    return recipe


def prepared(recipe: Buildable, out: Path, limit: int | None) -> Buildable:
    """The recipe as it will be run, of which everything is there that it needs.

    Raises:
        RefuseryError: What it needs is not there; said before Prefect takes its time to start.
    """
    from flows.benchmarks import benchmark_of
    from pipelines.opening import preflight

    checked: Buildable = preflight(benchmark_of(recipe), recipe, out, limit).recipe
    return checked


def run_build(
    loaded: Buildable, recipe: Path, out: Path, limit: int | None, settings: list[str]
) -> "Result":
    """What a benchmark's flow gives, with which Prefect is loaded."""
    if isinstance(loaded, OrBench):
        from flows.or_bench import or_bench

        return or_bench(str(recipe), str(out), limit, settings)
    from flows.sorry_bench import sorry_bench

    return sorry_bench(str(recipe), str(out), limit, settings)


def in_prefect(flow: Callable[[], ResultT]) -> ResultT:
    """What a flow gives that is run with Prefect kept silent, in a thread of its own.

    Prefect would take a caller's event loop for its own, and wait for it in vain; and Ctrl-C must
    find a thread that does not wait for Prefect.

    Raises:
        PrefectUnusableError: PREFECT_HOME or PREFECT_API_URL cannot be used.
        PrefectLostError: Prefect's server does not start, or stops to answer.
    """
    for name, value in _PREFECT.items():
        os.environ.setdefault(name, value)
    from flows.prefect_server import note_lost, open_server, require_running

    def run() -> ResultT:
        open_server()
        try:
            return flow()
        except Exception as error:
            if (said := note_lost(error)) is not None:
                raise said from error
            raise

    return result_of(in_thread("flow", run), require_running)
