"""The order of a fine-grained set: the base set, a pilot of every style, the mutations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from artifacts.stage_tables import tally
from artifacts.summary import Table, by_category
from pipelines.recipe import SorryBench
from pipelines.recipe.base_set import BuiltBase, LoadedBase
from pipelines.runner.run import Run
from pipelines.sorry_bench.base_stages import CHOSEN, LOADED, decisions_of
from pipelines.sorry_bench.choice import FOUND
from pipelines.sorry_bench.stages import COLLECT, MUTATE, PILOT, PILOT_ROWS
from pipelines.versions.lineage import CARRIED
from taxonomy import Taxonomy


def build_base(run: Run, recipe: SorryBench, taxonomy: Taxonomy) -> str:
    """Runs every stage of the base set; gives the name of the one that keeps its rows.

    Its kept rows (`artifacts.sorry_bench_schemas.BASE`) carry their `question_id`, the prompt style
    `base`, the category's name, and the licence of where they come from.

    Args:
        run: Runs stages.
        recipe: What the run is.
        taxonomy: Its categories.

    Raises:
        SourceError: A table, or a base set's invariant, is not as it must be.
        ReviewUnusableError: The file of decisions is not as it must be.
    """
    if isinstance(recipe.base, LoadedBase):
        run.stage(LOADED)
        return LOADED
    decided = decisions_of(recipe)
    run.stage("sources")
    run.stage("clean", ["sources"])
    run.stage("dedup", ["clean"])
    run.stage("classify", ["dedup"], models=recipe.base.classifiers)
    last = "classify"
    if recipe.base.imperative is not None:
        run.stage("imperative", ["classify"])
        last = "imperative"
    inputs = [last]
    if decided is not None and decided.new:
        run.stage("written")
        inputs.append("written")
    run.stage(CHOSEN, inputs)
    return CHOSEN


def coverage(
    run: Run, stage: str, recipe: SorryBench, taxonomy: Taxonomy, carried: str | None = None
) -> Table:
    """What each category has: candidates found, requests chosen, and how many are missing.

    Args:
        run: The run, whose base set is finished.
        stage: The stage that keeps it, as `build_base` gives it.
        recipe: What the run is.
        taxonomy: Its categories, in the order in which they are shown.
        carried: The stage with the requests that were carried over; None without.
    """
    kept = run.kept(stage, ["category", "chosen_by"])
    dropped = run.table(stage, "dropped", ["category", "reason"])
    spare = dropped.filter(pl.col("reason").is_in(FOUND))
    chosen = tally(kept["category"])
    found = tally(pl.concat([kept["category"], spare["category"]]))
    by_person = tally(kept.filter(chosen_by="person")["category"])
    columns: dict[str, Mapping[str, int]] = {"found": found, "chosen": chosen}
    if isinstance(recipe.base, BuiltBase):
        columns["by people"] = by_person
    before = {} if carried is None else tally(run.kept(carried, ["category"])["category"])
    if carried is not None:
        columns["carried"] = before
    wanted = wanted_per_category(recipe)
    if wanted is not None:
        columns["missing"] = {
            name: max(0, wanted - chosen.get(name, 0) - before.get(name, 0))
            for name in taxonomy.names
        }
    return by_category("Base set by category", columns, taxonomy.names)


def wanted_per_category(recipe: SorryBench) -> int | None:
    """Requests that each category should have; None where any number will do."""
    return recipe.base.per_category


def outside(run: Run, stage: str) -> Table:
    """Groups of rows that fit no category, the largest first, each by its most central row's id.

    Their texts stand in the review table alone.
    """
    columns = ["row", "id", "cluster", "cluster_rows", "source"]
    rows = run.table(stage, "review", columns).filter(pl.col("cluster_rows") > 1)
    groups = (
        rows.group_by("cluster")
        .agg(
            pl.col("cluster_rows").first(),
            pl.col("source").n_unique().alias("sources"),
        )
        .sort("cluster")
    )
    return Table(
        "Rows outside all categories", ("cluster", "rows", "sources"), tuple(groups.iter_rows())
    )


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
