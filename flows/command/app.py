"""The verbs and their options; what they do is imported when one of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.command.review import review_app

app = typer.Typer(
    name="refusery",
    help="Builds refusal benchmarks for language models: audited, versioned, verifiable.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _table(given: str) -> Path:
    """The file of a table, fetched where it is on the Hub."""
    if not given.startswith("hf://"):
        return Path(given)
    from flows.sources.tables import fetched_table

    return fetched_table(given)


RecipeFile = Annotated[Path, typer.Argument(help="A recipe (YAML).")]
Out = Annotated[Path, typer.Option("--out", help="Where ledger, runs and releases are kept.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Overrides one key of the recipe; repeatable."),
]
Table = Annotated[
    Path,
    typer.Argument(
        help="A CSV, JSON Lines or Parquet table, or one on the Hub: hf://owner/name/file.",
        metavar="TABLE",
        parser=_table,
    ),
]
Column = Annotated[str, typer.Option("--column", help="The column with the texts.")]
Result = Annotated[
    Path | None, typer.Option("--out", help="The table to write (CSV, JSON Lines, Parquet).")
]
WithRecipe = Annotated[Path, typer.Option("--recipe", help="The recipe that says how (YAML).")]

app.add_typer(review_app, name="review")

_OUT = Path("out")
_PROMPT = "prompt"


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback on errors.")] = False,
) -> None:
    """Builds refusal benchmarks for language models: audited, versioned, verifiable."""


@app.command()
def build(
    recipe: RecipeFile,
    out: Out = _OUT,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use only the first N seeds of each category.")
    ] = None,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the release folder alone.")] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", help="Also write the authors' files: csv (or-bench), jsonl (sorry-bench)."
        ),
    ] = None,
) -> None:
    """Run a recipe's flow, resuming what is there, and write its release."""
    from flows.command.build import build as run

    run(recipe, out, limit, settings or [], quiet, formats or [])


@app.command()
def plan(recipe: RecipeFile, settings: Settings = None) -> None:
    """Show calls, tokens and price per stage, and which servers would be asked. Sends nothing."""
    from flows.command.plan import plan as run

    run(recipe, settings or [])


@app.command()
def doctor(
    recipe: RecipeFile,
    settings: Settings = None,
    ask: Annotated[
        bool,
        typer.Option("--ask", help="Ask each served model a question of a few tokens; costs that."),
    ] = False,
) -> None:
    """Say what of a recipe would work here: keys, servers, models, prices, sources."""
    from flows.command.doctor import doctor as run

    raise typer.Exit(run(recipe, settings or [], ask))


@app.command()
def moderate(
    table: Table,
    recipe: WithRecipe,
    out: Result = None,
    column: Column = _PROMPT,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = _OUT,
) -> None:
    """Let a recipe's moderators vote on any table; with a `label` column, score them."""
    from flows.command.moderate import moderate as run

    run(table, recipe, out, column, settings or [], cache)


@app.command()
def judge(
    table: Table,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The recipe whose judge or models may judge.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--judge", help="`keyword`, or a model of the recipe.")
    ] = None,
    out: Result = None,
    column: Column = _PROMPT,
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
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = _OUT,
) -> None:
    """Tell refusals in any table of answers; with people's labels, score the judge."""
    from flows.command.judge import Options
    from flows.command.judge import judge as run

    run(
        Options(
            table, recipe, settings or [], name, column, answers, models, family, truth, out, cache
        )
    )


@app.command()
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
    column: Column = _PROMPT,
    encodings: Annotated[
        str | None, typer.Option(help="canonical (the default) or compat; else the recipe's.")
    ] = None,
    bare: Annotated[
        bool | None,
        typer.Option("--bare/--wrapped", help="Encoded texts without instruction and examples."),
    ] = None,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = _OUT,
) -> None:
    """Put any table into other prompt styles, each row checked; encodings need no recipe."""
    from flows.command.mutate import Options
    from flows.command.mutate import mutate as run

    run(Options(table, styles, recipe, settings or [], column, encodings, bare, out, cache))


@app.command()
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
    cache: Annotated[Path, typer.Option(help="Where the ledger is kept.")] = _OUT,
) -> None:
    """Undo encodings on a model's answers, and translate the five languages back."""
    from flows.command.decode import Options
    from flows.command.decode import decode as run

    run(Options(table, styles, recipe, settings or [], column, style_column, out, cache))


@app.command()
def dedup(
    table: Table,
    recipe: WithRecipe,
    out: Result = None,
    column: Column = _PROMPT,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = _OUT,
) -> None:
    """Remove exact and near repeats from any table; the first seen stays."""
    from flows.command.dedup import dedup as run

    run(table, recipe, out, column, settings or [], cache)


@app.command()
def verify(
    release: Annotated[Path, typer.Argument(help="A release folder.")],
    runs: Annotated[
        Path | None, typer.Option(help="The folder of all runs; by default beside the releases.")
    ] = None,
) -> None:
    """Check every hash of a release, and that every edge of its run adds up."""
    from flows.command.verify import verify as run

    raise typer.Exit(run(release, runs))
