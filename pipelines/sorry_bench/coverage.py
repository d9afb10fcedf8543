"""What each category of a base set has, and the rows that fit none, in tables for people."""

from collections.abc import Mapping

import polars as pl

from artifacts.records import StageName
from artifacts.stage_tables import tally
from artifacts.summary import Table, by_category
from generators.mutations.encodings.registry import ENCODINGS, EncodedStyle
from pipelines.recipe import SorryBench
from pipelines.recipe.base_set import BuiltBase
from pipelines.runner.stage import Tables
from pipelines.sorry_bench.choice import FOUND
from taxonomy import Taxonomy


def coverage(
    run: Tables,
    stage: StageName,
    recipe: SorryBench,
    taxonomy: Taxonomy,
    carried: StageName | None = None,
) -> Table:
    """What each category has: candidates found, requests chosen, and how many are missing.

    Requests that one of the recipe's codes would leave in plain text are counted where there are
    any: their rows in that style will be dropped as `not_encodable`.

    Args:
        run: The run, whose base set is finished.
        stage: The stage that keeps it, `Built.base`.
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
    if plain := _not_encodable(run.kept(stage, ["category", "text"]), recipe):
        columns["not encodable"] = plain
    wanted = wanted_per_category(recipe)
    if wanted is not None:
        columns["missing"] = {
            name: max(0, wanted - chosen.get(name, 0) - before.get(name, 0))
            for name in taxonomy.names
        }
    return by_category("Base set by category", columns, taxonomy.names)


def _not_encodable(rows: pl.DataFrame, recipe: SorryBench) -> Mapping[str, int]:
    part = recipe.mutate
    names = [] if part is None else [name for name in part.wanted if name in ENCODINGS]
    if part is None or not names:
        return {}
    codes = [EncodedStyle(ENCODINGS[name], part.encodings) for name in names]
    left = [not all(code.encodes(text) for code in codes) for text in rows["text"]]
    return tally(rows.filter(pl.Series(left, dtype=pl.Boolean))["category"])


def wanted_per_category(recipe: SorryBench) -> int | None:
    """Requests that each category should have; None where any number will do."""
    return recipe.base.per_category


def outside(run: Tables, stage: StageName) -> Table:
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
