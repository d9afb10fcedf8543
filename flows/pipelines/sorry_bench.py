"""The order of a fine-grained set: the base set, a pilot of every style, the mutations."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from flows.pipelines.sorry_base import build_base
from flows.recipe import SorryBench
from flows.runner.run import Run
from flows.stages.sorry_bench import COLLECT, MUTATE, PILOT, PILOT_ROWS
from flows.versions.carry import CARRIED
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Built:
    """What the pipeline came to.

    Attributes:
        base: The stage that keeps the base set.
        mutated: The stage with the mutations; None where the recipe asks for none.
        last: The stage whose kept rows the release shows.
        stopped: Styles of which no row of the pilot passed its checks.
        carried: The stage with the base requests of the release that this one extends; None
            without. Their mutations are among `mutated`.
    """

    base: str
    mutated: str | None
    last: str
    stopped: tuple[str, ...] = ()
    carried: str | None = None


def build(run: Run, recipe: SorryBench, taxonomy: Taxonomy) -> Built:
    """Runs every stage up to the last before the release.

    Args:
        run: Runs stages.
        recipe: What the run is.
        taxonomy: Its categories.
    """
    carried = CARRIED if recipe.mode == "extend" else None
    if carried is not None:
        run.stage(carried)
    base = build_base(run, recipe, taxonomy)
    whole = [each for each in (base, carried) if each is not None]
    if recipe.mutate is None:
        run.stage(COLLECT, whole)
        return Built(base, None, COLLECT, carried=carried)
    run.stage(PILOT_ROWS, whole)
    run.stage(PILOT, [PILOT_ROWS])
    stopped = hopeless(run.table(PILOT, "mutations", ["prompt_style", "outcome"]))
    run.stage(MUTATE, whole, parameters=dict.fromkeys(stopped, 1))
    run.stage(COLLECT, [*whole, MUTATE])
    return Built(base, MUTATE, COLLECT, stopped, carried)


def hopeless(pilot: pl.DataFrame) -> tuple[str, ...]:
    """The styles whose rows of a pilot were all dropped, by name.

    Args:
        pilot: `prompt_style` and `outcome` of each row of the pilot in each style.
    """
    ended = pilot.group_by("prompt_style").agg(pl.col("outcome").eq("dropped").all())
    return tuple(sorted(ended.filter("outcome")["prompt_style"]))
