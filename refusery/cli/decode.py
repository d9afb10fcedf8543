"""`refusery decode`: answers to mutated prompts in plain English, and how many could be read."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from artifacts.user_tables import read_any_table, write_user_table
from generators.mutations.encodings.registry import ENCODINGS
from pipelines.errors import RecipeError
from pipelines.recipe import SorryBench
from pipelines.sources.engine import require_payable
from pipelines.stages.decoding import CODED, Answered, Undone
from refusery.cli import options, printing, style_list, unwritten
from refusery.cli.engine import with_engine, written_aside
from refusery.verbs import decoding
from refusery.verbs.mutation import listed, sorry_bench


def decode(
    table: options.Table,
    styles: Annotated[
        str | None,
        typer.Option(
            help="Prompt styles to decode, a comma between them; by default all. "
            "`--styles list` shows each with an example.",
            callback=style_list.listed_on_request,
            autocompletion=style_list.completed,
            is_eager=True,
        ),
    ] = None,
    style_column: Annotated[
        str, typer.Option(help="The column with the styles of the prompts.")
    ] = "prompt_style",
    column: Annotated[
        str, typer.Option("--column", help="The column with the answers.")
    ] = "response",
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The recipe whose translator is asked.")
    ] = None,
    out: options.Result = None,
    settings: options.Settings = None,
    cache: Annotated[Path, typer.Option(help="Where the ledger is kept.")] = options.OUT,
) -> None:
    """Undo encodings on a model's answers, and translate the five languages back."""
    wanted = CODED if styles is None else listed(styles, CODED)
    given = options.recipe_of(recipe, settings)
    loaded = None if given is None else sorry_bench(given, decoding.VERB)[0]
    if out is not None:
        options.require_apart(out, table)
    rows = read_any_table(table)
    answers = decoding.answers_of(rows, column, style_column)
    _require_translator(loaded, answers, wanted)
    done: decoding.Done = {}

    def aside() -> str | None:
        places = sorted(done)
        read = decoding.with_decodings(rows[places], [done[place] for place in places])
        return written_aside(out, read, rows.height)

    found = _found(loaded, answers, wanted, cache, done, aside)
    printing.print_tables(decoding.rates(answers, found))
    if out is None:
        printing.say(unwritten.say_of(rows.height, "their decoded answers"))
    else:
        write_user_table(out, decoding.with_decodings(rows, found))
        printing.say(f"written: {out}")


def _require_translator(
    recipe: SorryBench | None, answers: Sequence[Answered], styles: Sequence[str]
) -> None:

    wanted = [style for style in decoding.languages_in(answers) if style in styles]
    if not wanted or (recipe is not None and decoding.translator_of(recipe)):
        return
    codes = ",".join(ENCODINGS)
    rule = (
        "answers in other languages need a --recipe with mutate.translator; "
        f"--styles {codes} decodes the encodings alone"
    )
    raise RecipeError(rule, ", ".join(wanted))


def _found(
    recipe: SorryBench | None,
    answers: Sequence[Answered],
    styles: Sequence[str],
    cache: Path,
    done: decoding.Done,
    aside: Callable[[], str | None],
) -> list[Undone]:

    count = decoding.to_translate(answers, styles)
    if recipe is None or not count:
        return decoding.undone(answers, styles)
    translator = decoding.translator_of(recipe)
    require_payable(recipe, () if translator is None else (translator,))
    return with_engine(
        recipe,
        decoding.VERB,
        cache,
        count,
        lambda engine, advance: decoding.undone(answers, styles, recipe, engine, advance, done),
        lambda _: {"done": count},
        aside,
    )
