"""`refusery dedup`: exact and near repeats of any table, the first seen kept."""

from collections import Counter

from artifacts.user_tables import read_user_table, require_writable, write_user_table
from pipelines.recipe import load
from pipelines.sources.engine import open_engine
from refusery.cli import options
from refusery.cli.printing import say
from refusery.verbs.dedup import dedup_part, evidence, repeats


def dedup(
    table: options.Table,
    recipe: options.WithRecipe,
    out: options.Result = None,
    column: options.Column = options.PROMPT,
    settings: options.Settings = None,
    cache: options.Cache = options.OUT,
) -> None:
    """Remove exact and near repeats from any table; the first seen stays."""
    loaded = load(recipe, settings or [])
    part = dedup_part(loaded)
    if out is not None:
        require_writable(out)
    rows = read_user_table(table, column)
    with open_engine(loaded, cache / "ledger.sqlite", cache / "embeddings") as engine:
        found = repeats(engine, part, rows[column].to_list())
    counts = Counter(each.reason for each in found.dropped)
    say(
        f"{rows.height} rows: {len(found.kept)} kept, {counts['exact_duplicate']} exact and "
        f"{counts['near_duplicate']} near repeats dropped"
    )
    if out is not None:
        write_user_table(out, rows[list(found.kept)])
        dropped = rows[[each.index for each in found.dropped]]
        # People count rows from 1.
        columns = evidence(found.dropped, "row_number", 1).get_columns()
        write_user_table(options.beside(out, "dropped"), dropped.with_columns(columns))
        say(f"written: {out}, {options.beside(out, 'dropped')}")
