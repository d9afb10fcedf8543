"""`refusery mutate`: any table in other prompt styles, each row checked."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from artifacts.user_tables import table_kind, write_user_table
from pipelines.recipe import load
from pipelines.sources.engine import require_payable
from refusery.cli.engine import with_engine, written_aside
from refusery.cli.options import OUT, PROMPT, Cache, Column, Result, Settings, Table, beside
from refusery.cli.printing import print_tables, say
from refusery.verbs import mutation, mutation_tables, text_tables


def mutate(
    table: Table,
    styles: Annotated[
        str | None,
        typer.Option(help="Prompt styles, a comma between them, or all; by default what there is."),
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The recipe whose models write styles.")
    ] = None,
    out: Result = None,
    column: Column = PROMPT,
    encodings: Annotated[
        str | None, typer.Option(help="canonical (the default) or compat; else the recipe's.")
    ] = None,
    bare: Annotated[
        bool | None,
        typer.Option("--bare/--wrapped", help="Encoded texts without instruction and examples."),
    ] = None,
    settings: Settings = None,
    cache: Cache = OUT,
) -> None:
    """Put any table into other prompt styles, each row checked; encodings need no recipe."""
    loaded = None if recipe is None else load(recipe, settings or [])
    wanted = mutation.mutating(loaded, styles, encodings, bare)
    if out is not None:
        table_kind(out)
    texts = text_tables.read_texts(table, column)
    mutation_tables.require_bases(texts)
    found = _found(wanted, texts, cache, out)
    print_tables(mutation_tables.counted(found))
    if out is not None:
        tables = mutation_tables.tables_of(texts, found)
        write_user_table(out, tables.kept)
        write_user_table(beside(out, "dropped"), tables.dropped)
        say(f"written: {out}, {beside(out, 'dropped')}")


def _found(
    wanted: mutation.Mutating, table: text_tables.TextTable, cache: Path, out: Path | None
) -> tuple[mutation.StyleTexts, ...]:

    texts, keys = table.texts, table.keys
    if not wanted.written:
        return mutation.mutated(wanted, texts, keys=keys)
    require_payable(wanted.recipe, wanted.models)
    rows = len(texts) * len(wanted.written)
    done: mutation.Done = {}

    def aside() -> str | None:
        found = mutation.so_far(wanted, texts, keys, done)
        every = len(texts) * len(found)
        return written_aside(out, mutation_tables.tables_of(table, found).kept, every)

    return with_engine(
        wanted.recipe,
        mutation.VERB,
        cache,
        rows,
        lambda engine, advance: mutation.mutated(wanted, texts, engine, advance, keys, done),
        lambda found: _tally(found, wanted.written),
        aside,
    )


def _tally(found: Sequence[mutation.StyleTexts], written: Sequence[str]) -> dict[str, int]:
    """Rows that models wrote, by what became of them."""
    return Counter(text.status for each in found if each.style in written for text in each.texts)
