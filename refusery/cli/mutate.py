"""`refusery mutate`: any table in other prompt styles, each row checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import typer

from artifacts.user_tables import table_kind, write_user_table
from base.did_you_mean import did_you_mean
from pipelines.errors import RecipeError
from pipelines.recipe import load
from pipelines.sources.engine import require_payable
from refusery.cli.engine import with_engine
from refusery.cli.options import beside
from refusery.cli.printing import console, print_tables
from refusery.verbs.mutation import VERB, Mutating, StyleTexts, mutated
from refusery.verbs.mutation_styles import EncodingMode, mutating
from refusery.verbs.mutation_tables import counted, require_bases, tables_of
from refusery.verbs.text_tables import read_texts


@dataclass(frozen=True, slots=True)
class Options:
    """What to mutate, and how.

    Attributes:
        table: The table of base texts.
        styles: Prompt styles, a comma between them, or None for all that can be made.
        recipe: The recipe whose models write, or None for what needs none.
        settings: Overrides of the recipe's keys.
        column: The column with the texts, or with lists of one text.
        encodings: `canonical`, `compat`, or None for the recipe's.
        bare: Whether encoded texts stand without their wrapper; None for the recipe's.
        out: The table to write, or None for none.
        cache: Where ledger and embeddings are kept.
    """

    table: Path
    styles: str | None
    recipe: Path | None
    settings: Sequence[str]
    column: str
    encodings: str | None
    bare: bool | None
    out: Path | None
    cache: Path


def mutate(options: Options) -> None:
    """Prints how many rows of each style passed, and writes them and, apart, the dropped ones."""
    _require_mode(options.encodings)
    recipe = None if options.recipe is None else load(options.recipe, options.settings)
    wanted = mutating(recipe, options.styles, options.encodings, options.bare)
    if options.out is not None:
        table_kind(options.out)
    table = read_texts(options.table, options.column)
    require_bases(table)
    found = _found(wanted, table.texts, options.cache)
    print_tables(console(), counted(found))
    if options.out is not None:
        tables = tables_of(table, found)
        write_user_table(options.out, tables.kept)
        write_user_table(beside(options.out, "dropped"), tables.dropped)
        typer.echo(f"written: {options.out}, {beside(options.out, 'dropped')}")


def _found(wanted: Mutating, texts: Sequence[str], cache: Path) -> tuple[StyleTexts, ...]:
    if not wanted.written:
        return mutated(wanted, texts)
    require_payable(wanted.recipe, wanted.models)
    rows = len(texts) * len(wanted.written)
    return with_engine(
        wanted.recipe,
        VERB,
        cache,
        rows,
        lambda engine, advance: mutated(wanted, texts, engine, advance),
        lambda found: _tally(found, wanted.written),
    )


def _tally(found: Sequence[StyleTexts], written: Sequence[str]) -> dict[str, int]:
    """Rows that models wrote, by what became of them."""
    return Counter(text.status for each in found if each.style in written for text in each.texts)


def _require_mode(given: str | None) -> None:
    known = get_args(EncodingMode)
    if given is not None and given not in known:
        hint = did_you_mean(given, known)
        raise RecipeError(f"--encodings must be one of {', '.join(known)}{hint}", given)
