"""The verbs that go by people's labels, with their options; what they do is imported when run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_OUT = Path("out")
_TABLE = "A CSV, JSON Lines or Parquet table, or one on the Hub: hf://owner/name/file."
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def add_people_verbs(app: typer.Typer) -> None:
    """Gives an app the verbs `judge-score` and `agree`."""
    app.command("judge-score")(judge_score)
    app.command("agree")(agree)


def judge_score(
    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help=f"Labelled answers. {_TABLE}")
    ] = None,
    judges: Annotated[
        list[str] | None,
        typer.Option(
            "--judge",
            help="keyword, trained:FOLDER, or a model or judge of the recipe; several with commas "
            "between them. By default the recipe's judges, else keyword.",
        ),
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The recipe whose models and judges may judge.")
    ] = None,
    ratings: Annotated[
        Path | None, typer.Option("--ratings", help="Labels in the layout of human_ratings.jsonl.")
    ] = None,
    prompts: Annotated[
        Path | None,
        typer.Option("--prompts", help="The ratings' prompts: question*.jsonl, or their folder."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="The ratings' answers, where they do not hold them."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="authors|seed:7:0.4|model", help="Which answers are scored; by default all."
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="The column with the prompts.")
    ] = None,
    answer: Annotated[
        str | None, typer.Option("--answer-column", help="The column with the answers.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model-column", help="The column that says who answered.")
    ] = None,
    truth: Annotated[
        str | None,
        typer.Option(help="The column with people's labels; several with commas: their majority."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the intervals.")] = 7,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for tables, chart, JSON and verdicts.")
    ] = None,
    json: _Json = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Overrides one key of the recipe; repeatable."
        ),
    ] = None,
    cache: Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")] = _OUT,
) -> None:
    """Hold refusal judges against people's labels: kappa, recalls, seconds and price a pass."""
    from evaluation.judging.labelled_tables import Named
    from refusery.cli.audit import located
    from refusery.cli.judge_score import Options
    from refusery.cli.judge_score import judge_score as run

    named = tuple(name.strip() for name in (truth or "").split(",") if name.strip())
    run(
        Options(
            table=None if table is None else located(table),
            ratings=ratings,
            prompts=prompts,
            answers=answers,
            judges=judges or [],
            recipe=recipe,
            settings=settings or [],
            columns=Named(column, answer, model, named),
            split=split,
            seed=seed,
            out=out,
            json=json,
            cache=cache,
        )
    )


def agree(
    table: Annotated[str, typer.Argument(metavar="TABLE", help=_TABLE)],
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...", help="One column a rater; by default annotation_1, annotation_2, ..."
        ),
    ] = None,
    item: Annotated[
        str | None, typer.Option(help="Long form: the column that says what is rated.")
    ] = None,
    rater: Annotated[
        str | None, typer.Option(help="Long form: the column that says who rates.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Long form: the column with the labels.")
    ] = None,
    refusals: Annotated[
        bool,
        typer.Option("--refusals", help="Compare refused or not, whatever classes labels are of."),
    ] = False,
    json: _Json = False,
) -> None:
    """Show how far raters agree: kappas, alpha, AC1, each one's leaning, Dawid and Skene."""
    from refusery.cli.agree import Options
    from refusery.cli.agree import agree as run
    from refusery.cli.audit import located

    named = tuple(name.strip() for name in (columns or "").split(",") if name.strip())
    run(Options(located(table), named, item, rater, label, refusals, json))
