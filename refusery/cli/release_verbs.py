"""The verbs that take a release, with their options; what they do is imported when run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refusery.cli.options import OUT, PROMPT, Column, Settings


def add_release_verbs(app: typer.Typer) -> None:
    """Gives an app the verbs that take a release."""
    app.command("audit")(audit)
    app.command("verify")(verify)
    app.command("diff")(diff)
    app.command("publish")(publish)


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
    column: Column = PROMPT,
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
    cache: Annotated[Path, typer.Option(help="Where embeddings and audits are kept.")] = OUT,
) -> None:
    """Measure balance, repeats, diversity, votes and refusals; hold them against gates."""
    from pipelines.audits.run import Wanted
    from refusery.cli.audit import audit as run
    from refusery.cli.audit import located

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


def verify(
    release: Annotated[Path, typer.Argument(help="A release folder.")],
    runs: Annotated[
        Path | None, typer.Option(help="The folder of all runs; by default beside the releases.")
    ] = None,
) -> None:
    """Check every hash of a release, and that every edge of its run adds up."""
    from refusery.cli.verify import verify as run

    raise typer.Exit(run(release, runs))


def diff(
    old: Annotated[Path, typer.Argument(help="A release folder.")],
    new: Annotated[Path, typer.Argument(help="A later release of the same benchmark.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    rows: Annotated[
        Path | None, typer.Option(help="Also write a table of ids with what became of each.")
    ] = None,
) -> None:
    """Show what changed between two releases: rows, labels, categories, models, recipe."""
    from refusery.cli.diff import diff as run

    run(old, new, json, rows)


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
    from refusery.cli.publish import Options
    from refusery.cli.publish import publish as run

    run(Options(release, repo, dry_run, public, gated, pr, demo, understood or [], tag))
