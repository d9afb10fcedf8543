"""`refusery decode`: answers to mutated prompts in plain English, and how many could be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from artifacts.user_tables import read_any_table, table_kind, write_user_table
from generators.mutations.encodings.registry import ENCODINGS
from pipelines.errors import RecipeError
from pipelines.recipe import SorryBench, load
from pipelines.sources.engine import require_payable
from refusery.cli.engine import with_engine
from refusery.cli.printing import console, print_tables
from refusery.verbs.decoding import (
    CODED,
    VERB,
    Answered,
    Undone,
    to_translate,
    translator_of,
    undone,
)
from refusery.verbs.decoding_tables import answers_of, languages_in, rates, with_decodings
from refusery.verbs.mutation_styles import listed, sorry_bench


@dataclass(frozen=True, slots=True)
class Options:
    """What to decode, and how.

    Attributes:
        table: The table of answers.
        styles: Prompt styles, a comma between them, or None for all that need decoding.
        recipe: The recipe whose translator is asked, or None for encodings alone.
        settings: Overrides of the recipe's keys.
        column: The column with the answers.
        style_column: The column with the styles of their prompts.
        out: The table to write, or None for none.
        cache: Where the ledger is kept.
    """

    table: Path
    styles: str | None
    recipe: Path | None
    settings: Sequence[str]
    column: str
    style_column: str
    out: Path | None
    cache: Path


def decode(options: Options) -> None:
    """Prints the decode-success rate of each style, and writes the table with what was read."""
    styles = CODED if options.styles is None else listed(options.styles, CODED)
    recipe = None
    if options.recipe is not None:
        recipe = sorry_bench(load(options.recipe, options.settings), VERB)
    if options.out is not None:
        table_kind(options.out)
    rows = read_any_table(options.table)
    answers = answers_of(rows, options.column, options.style_column)
    _require_translator(recipe, answers, styles)
    found = _found(recipe, answers, styles, options.cache)
    print_tables(console(), rates(answers, found))
    if options.out is not None:
        write_user_table(options.out, with_decodings(rows, found))
        typer.echo(f"written: {options.out}")


def _require_translator(
    recipe: SorryBench | None, answers: Sequence[Answered], styles: Sequence[str]
) -> None:
    wanted = [style for style in languages_in(answers) if style in styles]
    if not wanted or (recipe is not None and translator_of(recipe)):
        return
    codes = ",".join(ENCODINGS)
    rule = (
        "answers in other languages need a --recipe with mutate.translator; "
        f"--styles {codes} decodes the encodings alone"
    )
    raise RecipeError(rule, ", ".join(wanted))


def _found(
    recipe: SorryBench | None, answers: Sequence[Answered], styles: Sequence[str], cache: Path
) -> list[Undone]:
    count = to_translate(answers, styles)
    if recipe is None or not count:
        return undone(answers, styles)
    translator = translator_of(recipe)
    require_payable(recipe, () if translator is None else (translator,))
    return with_engine(
        recipe,
        VERB,
        cache,
        count,
        lambda engine, advance: undone(answers, styles, recipe, engine, advance),
        lambda _: {"kept": count},
    )
