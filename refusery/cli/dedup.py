"""`refusery dedup`: exact and near repeats of any table, the first seen kept."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from artifacts.user_tables import read_user_table, write_user_table
from base.formats import fixed, row_count
from pipelines.recipe import Recipe, load
from pipelines.sources.engine import open_engine
from refusery.cli import options, unwritten
from refusery.cli.printing import print_tables, say
from refusery.inputs import or_bench
from refusery.verbs.dedup import Repeat, dedup_part, evidence, repeats

_Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        metavar="COSINE",
        help="From which cosine on two texts are near; by default 0.92, or the recipe's.",
    ),
]


def dedup(
    table: options.Table,
    recipe: options.MaybeRecipe = None,
    threshold: _Threshold = None,
    out: options.Result = None,
    column: options.Column = options.PROMPT,
    settings: options.Settings = None,
    cache: options.Cache = options.OUT,
) -> None:
    """Remove exact and near repeats from any table; the first seen stays."""
    loaded = _recipe(recipe, threshold, settings)
    part = dedup_part(loaded)
    if out is not None:
        options.require_apart(out, table)
    rows = read_user_table(table, column)
    with open_engine(loaded, cache / "ledger.sqlite", cache / "embeddings") as engine:
        found = repeats(engine, part, rows[column].to_list())
    counts = Counter(each.reason for each in found.dropped)
    say(
        f"{row_count(rows.height)}: {len(found.kept)} kept, {counts['exact_duplicate']} exact and "
        f"{counts['near_duplicate']} near repeats dropped"
    )
    if out is None:
        _show(found.dropped, len(found.kept))
        return
    write_user_table(out, rows[list(found.kept)])
    dropped = rows[[each.index for each in found.dropped]]
    # People count rows from 1.
    columns = evidence(found.dropped, "row_number", 1).get_columns()
    write_user_table(options.beside(out, "dropped"), dropped.with_columns(columns))
    say(f"written: {out}, {options.beside(out, 'dropped')}")


def _recipe(
    recipe: options.MaybeRecipe, threshold: float | None, settings: Sequence[str] | None
) -> Recipe:
    """The recipe that says how, or one that says no more than the threshold."""
    options.require_recipe(recipe, settings)
    if recipe is None:
        return or_bench({}, dedup={} if threshold is None else {"threshold": threshold})
    own = [] if threshold is None else [f"dedup.threshold={threshold}"]
    return load(recipe, [*(settings or []), *own])


def _show(dropped: Sequence[Repeat], kept: int) -> None:
    if dropped:
        lines = (
            (each.index + 1, each.duplicate_of + 1, each.reason, fixed(each.score))
            for each in dropped
        )
        header = ("row", "repeats row", "reason", "cosine")
        print_tables([unwritten.first_rows("Repeats", header, lines)])
    say(unwritten.say_of(kept, "no repeat among them"))
