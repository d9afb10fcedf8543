"""The verbs and their options; what they do is imported when one of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.command.leaderboard import add_leaderboard
from flows.command.people_verbs import add_people_verbs
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
add_people_verbs(app)
add_leaderboard(app)

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
def plan(
    recipe: RecipeFile,
    out: Annotated[
        Path, typer.Option("--out", help="Where earlier releases lie; for `version: next`.")
    ] = _OUT,
    settings: Settings = None,
) -> None:
    """Show calls, tokens and price per stage, and which servers would be asked. Sends nothing."""
    from flows.command.plan import plan as run

    run(recipe, settings or [], out)


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
def evaluate(
    recipe: RecipeFile,
    out: Out = _OUT,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the folder alone.")] = False,
) -> None:
    """Ask a recipe's targets, judge the answers, and write rates, intervals and figures."""
    from flows.command.evaluate import evaluate as run

    run(recipe, out, settings or [], quiet)


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
        str | None,
        typer.Option(
            "--judge",
            help="`keyword`, a model or judge of the recipe, or one written out: {kind: llm, ...}.",
        ),
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
def hard(
    run: Annotated[
        Path, typer.Argument(metavar="RUN|RELEASE", help="A run's folder, or a release.")
    ],
    judges: Annotated[
        list[str] | None,
        typer.Option(
            "--judge",
            help="As for `judge`; repeatable. By default the recipe's judges, and `keyword`.",
        ),
    ] = None,
    at: Annotated[
        list[int] | None,
        typer.Option("--at", help="Refusals that make a prompt hard; repeatable."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="models|family", help="What is counted.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="Whose models judge; by default the run's own.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The JSON file to write.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    settings: Settings = None,
    cache: Annotated[
        Path | None, typer.Option(help="Where ledger and embeddings are kept.")
    ] = None,
) -> None:
    """Show how the hard subset of a finished run changes with the judge and the threshold."""
    from flows.command.hard import Options
    from flows.command.hard import hard as show

    show(Options(run, recipe, settings or [], judges or [], at or [], by, out, json, cache))


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


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A release folder.")],
    new: Annotated[Path, typer.Argument(help="A later release of the same benchmark.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    rows: Annotated[
        Path | None, typer.Option(help="Also write a table of ids with what became of each.")
    ] = None,
) -> None:
    """Show what changed between two releases: rows, labels, categories, models, recipe."""
    from flows.command.diff import diff as run

    run(old, new, json, rows)


@app.command()
def serve(
    recipes: Annotated[
        list[Path],
        typer.Argument(help="Recipes (YAML) to regenerate by the clock.", metavar="RECIPE..."),
    ],
    out: Out = _OUT,
    monthly: Annotated[
        str, typer.Option(metavar="CRON", help="When each recipe runs.")
    ] = "0 3 1 * *",
    weekly: Annotated[
        str, typer.Option(metavar="CRON", help="When each newest release is audited.")
    ] = "0 5 * * 1",
    timezone: Annotated[str, typer.Option(help="The time zone of both, such as UTC.")] = "UTC",
    pause: Annotated[
        bool, typer.Option("--pause", help="Register schedules that wait until one resumes them.")
    ] = False,
    repos: Annotated[
        list[str] | None,
        typer.Option(
            "--repo",
            metavar="BENCHMARK=NAME",
            help="The repository that its new releases are planned for; repeatable.",
        ),
    ] = None,
    settings: Settings = None,
) -> None:
    """Register monthly runs, weekly audits and `publish` at a Prefect server; run what is due."""
    from flows.command.serve import Options
    from flows.command.serve import serve as run

    run(Options(recipes, out, monthly, weekly, timezone, pause, repos or [], settings or []))


@app.command()
def publish(
    release: Annotated[Path, typer.Argument(help="A release folder.", metavar="RELEASE")],
    repo: Annotated[str, typer.Option("--repo", help="The data set on the Hub: owner/name.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show operations and sizes; send nothing.")
    ] = False,
    public: Annotated[
        bool | None,
        typer.Option("--public/--private", help="By default as it is; a new one is private."),
    ] = None,
    gated: Annotated[
        str | None, typer.Option(help="auto, manual or off; by default auto for unsafe configs.")
    ] = None,
    pr: Annotated[bool, typer.Option("--pr", help="Open a pull request; no tag.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Allow a demo release.")] = False,
    understood: Annotated[
        list[str] | None,
        typer.Option(
            "--i-understand-ungated",
            metavar="CONFIG",
            help="Allow this unsafe config in a public repository without a gate; repeatable.",
        ),
    ] = None,
    tag: Annotated[str | None, typer.Option(help="By default v and the version.")] = None,
) -> None:
    """Publish a release to the Hugging Face Hub: one commit, then its tag, read back."""
    from flows.command.publish import Options
    from flows.command.publish import publish as run

    run(Options(release, repo, dry_run, public, gated, pr, demo, understood or [], tag))


@app.command()
def audit(
    given: Annotated[
        str,
        typer.Argument(
            metavar="RELEASE|TABLE",
            help="A release folder, or a CSV, JSON Lines or Parquet table, here or hf://.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where the audit is written; by default out/audits/..."),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="X",
            help="A release, table or hf:// file to look for near repeats of; repeatable.",
        ),
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The recipe whose gates must hold.")
    ] = None,
    column: Column = _PROMPT,
    category_column: Annotated[
        str, typer.Option("--category-column", help="The column with the categories.")
    ] = "category",
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Draw the report, one page of HTML.")
    ] = True,
    toxic_text: Annotated[
        bool, typer.Option("--with-toxic-text", help="Show rows of unsafe configs in the report.")
    ] = False,
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Write all rows beside the report, page by page.")
    ] = False,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where embeddings and audits are kept.")] = _OUT,
) -> None:
    """Measure balance, repeats, diversity, votes and refusals; hold them against gates."""
    from flows.auditing.doing import Wanted
    from flows.command.audit import audit as run
    from flows.command.audit import located

    run(
        Wanted(
            path=located(given),
            against=tuple(against or ()),
            recipe=recipe,
            overrides=tuple(settings or ()),
            column=column,
            category_column=category_column,
            cache=cache,
            out=out,
            report=report,
            toxic_text=toxic_text,
            all_rows=all_rows,
        )
    )


@app.command("judge-train")
def judge_train(
    table: Table,
    out: Annotated[Path | None, typer.Option("--out", help="The judge's folder.")] = None,
    kind: Annotated[
        str, typer.Option(help="linear: seconds on a CPU; lora: fine-tunes a chat model.")
    ] = "linear",
    hold_out: Annotated[
        str | None,
        typer.Option(
            "--hold-out",
            metavar="MODEL|COLUMN",
            help="A model to test on alone, or a column whose values are left out in turn; "
            "by default each model in turn.",
        ),
    ] = None,
    truth: Annotated[
        str | None, typer.Option(help="People's labels; by default final_label or the like.")
    ] = None,
    test: Annotated[
        Path | None, typer.Option("--test", help="A labelled table to test on besides.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Also write the chats to train on (.jsonl).")
    ] = None,
    column: Annotated[str | None, typer.Option(help="The column with the prompts.")] = None,
    answers: Annotated[
        str | None, typer.Option("--answer-column", help="The column with the answers.")
    ] = None,
    models: Annotated[
        str | None, typer.Option("--model-column", help="Who answered; by default model.")
    ] = None,
    encoder: Annotated[
        str, typer.Option(help="Of a linear judge: the shipped one, a folder or a Hub id.")
    ] = "all-MiniLM-L6-v2",
    tuning: Annotated[
        Path | None, typer.Option("--settings", help="Of a fine-tuning (YAML).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of a fine-tuning and of all intervals.")] = 7,
    cache: Annotated[Path, typer.Option(help="Where embeddings are kept.")] = _OUT,
) -> None:
    """Train a refusal judge on labelled answers; print its kappa on models left out; save it."""
    from flows.command.judge_train import Options
    from flows.command.judge_train import judge_train as run
    from flows.scoring.from_tables import Named

    columns = Named(column, answers, models, () if truth is None else (truth,))
    run(Options(table, out, kind, columns, hold_out, test, export, encoder, tuning, seed, cache))
