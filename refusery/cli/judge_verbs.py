"""Verbs around refusal judges, with their options; what they do is imported when run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refusery.cli.options import OUT, Settings, Table


def add_judge_verbs(app: typer.Typer) -> None:
    """Gives an app the verbs `hard` and `judge-train`."""
    app.command("hard")(hard)
    app.command("judge-train")(judge_train)


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
    from refusery.cli.hard import Options
    from refusery.cli.hard import hard as show

    show(Options(run, recipe, settings or [], judges or [], at or [], by, out, json, cache))


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
    cache: Annotated[Path, typer.Option(help="Where embeddings are kept.")] = OUT,
) -> None:
    """Train a refusal judge on labelled answers; print its kappa on models left out; save it."""
    from evaluation.judging.labelled_tables import Named
    from refusery.cli.judge_train import Options
    from refusery.cli.judge_train import judge_train as run

    columns = Named(column, answers, models, () if truth is None else (truth,))
    run(Options(table, out, kind, columns, hold_out, test, export, encoder, tuning, seed, cache))
