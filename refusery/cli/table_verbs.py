"""The verbs that take any table, with their options; what they do is imported when run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refusery.cli.options import OUT, PROMPT, Column, Result, Settings, Table, WithRecipe


def add_table_verbs(app: typer.Typer) -> None:
    """Gives an app the verbs that take any table."""
    app.command("moderate")(moderate)
    app.command("judge")(judge)
    app.command("mutate")(mutate)
    app.command("decode")(decode)
    app.command("dedup")(dedup)


def moderate(
    table: Table,
    recipe: WithRecipe,
    out: Result = None,
    column: Column = PROMPT,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = OUT,
) -> None:
    """Let a recipe's moderators vote on any table; with a `label` column, score them."""
    from refusery.cli.moderate import moderate as run

    run(table, recipe, out, column, settings or [], cache)


def judge(
    table: Table,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The recipe whose judge or models may judge.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--judge",
            help="`keyword`, a model or judge of the recipe, or one written out: {kind: llm, ...}.",
        ),
    ] = None,
    out: Result = None,
    column: Column = PROMPT,
    answers: Annotated[
        str | None,
        typer.Option("--answer-column", help="By default answer, response or completion."),
    ] = None,
    models: Annotated[
        str | None, typer.Option("--model-column", help="Who answered; by default model.")
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Who trained the models that answered: gpt, llama, ...")
    ] = None,
    truth: Annotated[
        str | None, typer.Option(help="People's labels; by default final_label.")
    ] = None,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = OUT,
) -> None:
    """Tell refusals in any table of answers; with people's labels, score the judge."""
    from refusery.cli.judge import Options
    from refusery.cli.judge import judge as run

    run(
        Options(
            table, recipe, settings or [], name, column, answers, models, family, truth, out, cache
        )
    )


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
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = OUT,
) -> None:
    """Put any table into other prompt styles, each row checked; encodings need no recipe."""
    from refusery.cli.mutate import Options
    from refusery.cli.mutate import mutate as run

    run(Options(table, styles, recipe, settings or [], column, encodings, bare, out, cache))


def decode(
    table: Table,
    styles: Annotated[
        str | None,
        typer.Option(help="Prompt styles to decode, a comma between them; by default all."),
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
    out: Result = None,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where the ledger is kept.")] = OUT,
) -> None:
    """Undo encodings on a model's answers, and translate the five languages back."""
    from refusery.cli.decode import Options
    from refusery.cli.decode import decode as run

    run(Options(table, styles, recipe, settings or [], column, style_column, out, cache))


def dedup(
    table: Table,
    recipe: WithRecipe,
    out: Result = None,
    column: Column = PROMPT,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = OUT,
) -> None:
    """Remove exact and near repeats from any table; the first seen stays."""
    from refusery.cli.dedup import dedup as run

    run(table, recipe, out, column, settings or [], cache)
