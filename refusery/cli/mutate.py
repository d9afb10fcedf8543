"""`refusery mutate`: any table in other prompt styles, each row checked; or only checked."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from artifacts.user_tables import (
    has_texts_alone,
    read_any_table,
    write_user_table,
)
from pipelines.errors import RecipeError
from pipelines.sources.engine import require_payable
from refusery.cli import style_list, unwritten
from refusery.cli.engine import with_engine, written_aside
from refusery.cli.options import (
    OUT,
    PROMPT,
    Cache,
    Result,
    Settings,
    Table,
    beside,
    recipe_of,
    require_apart,
)
from refusery.cli.printing import print_tables, say
from refusery.verbs import checked_mutations, mutation, mutation_tables, text_tables

_Styles = Annotated[
    str | None,
    typer.Option(
        help="Prompt styles, a comma between them, or all; by default what there is. "
        "`--styles list` shows each with an example.",
        callback=style_list.listed_on_request,
        autocompletion=style_list.completed,
        is_eager=True,
    ),
]
_RecipeFile = Annotated[
    Path | None, typer.Option("--recipe", help="The recipe whose models write styles.")
]
_Column = Annotated[
    str | None,
    typer.Option("--column", help="The column with the texts: prompt, with --check-only text."),
]
_Encodings = Annotated[
    str | None, typer.Option(help="canonical (the default) or compat; else the recipe's.")
]
_Bare = Annotated[
    bool | None,
    typer.Option("--bare/--wrapped", help="Encoded texts without instruction and examples."),
]
_CheckOnly = Annotated[
    bool,
    typer.Option("--check-only", help="Check a table of mutations that somebody else made."),
]
_BaseColumn = Annotated[
    str | None,
    typer.Option(help="With --check-only: the column with the bases; by default base."),
]
_StyleColumn = Annotated[
    str | None,
    typer.Option(help="With --check-only: the column with the styles; by default style."),
]


def mutate(
    table: Table,
    styles: _Styles = None,
    recipe: _RecipeFile = None,
    out: Result = None,
    column: _Column = None,
    encodings: _Encodings = None,
    bare: _Bare = None,
    check_only: _CheckOnly = False,
    base_column: _BaseColumn = None,
    style_column: _StyleColumn = None,
    settings: Settings = None,
    cache: Cache = OUT,
) -> None:
    """Put any table into other prompt styles, each row checked; encodings need no recipe."""
    loaded = recipe_of(recipe, settings)
    if check_only:
        if styles is not None:
            raise RecipeError(
                "--check-only must come without --styles: each row has its own", styles
            )
        by = checked_mutations.row_checks(loaded, encodings, bare)
        columns = (column or "text", base_column or "base", style_column or "style")
        _check(by, table, columns, out, cache)
        return
    if given := base_column or style_column:
        raise RecipeError("--base-column and --style-column must come with --check-only", given)
    wanted = mutation.mutating(loaded, styles, encodings, bare)
    if out is not None:
        require_apart(out, table)
    texts = text_tables.read_texts(table, column or PROMPT)
    mutation_tables.require_bases(texts)
    found = _found(wanted, texts, cache, out)
    print_tables(mutation_tables.counted(found))
    if out is None:
        made = sum(text.reason is None for each in found for text in each.texts)
        say(unwritten.say_of(made, "mutated texts"))
    else:
        tables = mutation_tables.tables_of(texts, found)
        write_user_table(out, tables.kept)
        write_user_table(beside(out, "dropped"), tables.dropped)
        say(f"written: {out}, {beside(out, 'dropped')}")


def _check(
    by: checked_mutations.RowChecks,
    table: Path,
    columns: tuple[str, str, str],
    out: Path | None,
    cache: Path,
) -> None:

    if out is not None:
        require_apart(out, table)
    frame = read_any_table(table)
    checked_mutations.added_names(frame)
    texts_alone = has_texts_alone(table)
    rows = checked_mutations.made_rows(frame, *columns, empty_is_text=texts_alone)
    done: checked_mutations.Done = {}

    def written(
        places: Sequence[int], found: Sequence[checked_mutations.CheckedRow]
    ) -> pl.DataFrame:
        added = checked_mutations.findings_of(frame, found, by)
        return frame[places].with_columns(added.get_columns())

    def aside() -> str | None:
        places = sorted(done)
        return written_aside(out, written(places, [done[n] for n in places]), len(rows))

    if by.recipe is None:
        found = checked_mutations.checked(by, rows)
    else:
        recipe, _ = by.recipe
        require_payable(recipe, by.models(row.style for row in rows))
        found = with_engine(
            recipe,
            mutation.VERB,
            cache,
            len(rows),
            lambda engine, advance: checked_mutations.checked(by, rows, engine, advance, done),
            lambda found: {"kept": sum(each.passed is True for each in found)},
            aside,
        )
    print_tables(checked_mutations.counted(rows, found))
    if out is None:
        say(unwritten.say_of(len(rows), "what was found"))
    else:
        write_user_table(out, written(range(len(rows)), found))
        say(f"written: {out}")


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
