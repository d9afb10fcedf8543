"""What the schema knows and no flow does yet: shown by `plan`, refused by `build`."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import NotBuilt
from flows.recipe.panel import ChatJudge, Judge
from flows.recipe.schema import OrBench, Recipe, SorryBench

UNBUILT_PARTS = ("mode", "gates")


def not_built(recipe: Recipe) -> tuple[str, ...]:
    """What of the recipe no flow does yet, by its keys, in the order of the pipeline."""
    return tuple(_not_built(recipe))


def require_built(recipe: Recipe) -> None:
    """Refuses a recipe that asks for something that is not built.

    Raises:
        NotBuilt: It does; the value lists the keys.
    """
    if missing := not_built(recipe):
        raise NotBuilt("recipe must use only what is built so far", ", ".join(missing))


def _not_built(recipe: Recipe) -> Iterator[str]:
    if not isinstance(recipe, OrBench | SorryBench):
        yield recipe.benchmark
        return
    yield from (key for key in UNBUILT_PARTS if getattr(recipe, key) is not None)
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        yield from _unbuilt_judge(recipe.panel.judge)
    if recipe.release.version == "next":
        yield "release.version next"


def _unbuilt_judge(judge: Judge) -> Iterator[str]:
    """Only chat models that explain first and choose among three labels are built so far."""
    if isinstance(judge, str):
        return
    if not isinstance(judge, ChatJudge):
        yield f"panel.judge.kind {judge.kind}"
        return
    if judge.labels != "or-bench":
        yield f"panel.judge.labels {judge.labels}"
    if judge.design != "cot":
        yield f"panel.judge.design {judge.design}"
