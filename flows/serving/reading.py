"""What `serve` is asked for, checked before anything is registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flows.benchmarks import Buildable, is_buildable
from flows.errors import NotBuilt
from flows.opening import require_payable
from flows.recipe import load
from flows.serving.errors import NotServable


def servable(paths: Sequence[Path], overrides: Sequence[str]) -> tuple[Buildable, ...]:
    """The recipes at these paths, settings put over each; a run could be started from each now.

    Raises:
        NotServable: None is given, or two have one name, so that they share a folder of runs.
        NotBuilt: One is not of a data set, or asks for what is not built yet.
        RecipeError: One cannot be read.
        KeyMissing: A model's key is not in the environment.
    """
    if not paths:
        raise NotServable("serve must be given one recipe at least")
    found: dict[str, Buildable] = {}
    for path in paths:
        recipe = load(path, overrides)
        if not is_buildable(recipe):
            raise NotBuilt("serve takes recipes of or-bench or sorry-bench", recipe.benchmark)
        require_payable(recipe)
        if recipe.name in found:
            raise NotServable("recipes must have names of their own", recipe.name)
        found[recipe.name] = recipe
    return tuple(found.values())


def repositories(given: Sequence[str], recipes: Sequence[Buildable]) -> Mapping[str, str]:
    """`or-bench=owner/name` settings by benchmark.

    Raises:
        NotServable: One is not of that form, or is for a benchmark that no recipe builds.
    """
    known = {recipe.benchmark for recipe in recipes}
    found: dict[str, str] = {}
    for each in given:
        benchmark, _, repo = each.partition("=")
        if repo.count("/") != 1 or not all(repo.split("/")):
            raise NotServable("--repo must be BENCHMARK=OWNER/NAME", each)
        if benchmark not in known:
            raise NotServable("--repo must be for the benchmark of a recipe given", benchmark)
        found[benchmark] = repo
    return found


def warnings(recipes: Sequence[Buildable]) -> Iterator[str]:
    """What a person may not have meant, a line each."""
    for recipe in recipes:
        if recipe.release.version != "next":
            yield (
                f"{recipe.name} has the fixed version {recipe.release.version}: once that is "
                "released, its runs find nothing to do; --set release.version=next makes new ones"
            )
