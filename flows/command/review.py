"""`refusery review export` and `import`: tables that people decide on in a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

review_app = typer.Typer(
    help="Tables that people decide on in a spreadsheet.", rich_markup_mode=None
)

_OUT = Path("out")
_RecipeFile = Annotated[Path, typer.Argument(help="The recipe whose base set is reviewed (YAML).")]
_Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Overrides one key of the recipe; repeatable."),
]
_Runs = Annotated[Path, typer.Option("--runs", help="Where ledger, runs and releases are kept.")]


@review_app.command("export")
def export(
    recipe: _RecipeFile,
    out: Annotated[Path, typer.Option("--out", help="The review table to write (CSV).")],
    runs: _Runs = _OUT,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the rows that nobody contests.")
    ] = False,
    settings: _Settings = None,
) -> None:
    """Write what is contested or missing in a base set as a table for a spreadsheet."""
    from flows.review.verbs import exported

    found = exported(recipe, settings or [], runs, out, everything)
    for why, count in found.rows.items():
        typer.echo(f"{count:>7,}  {why}")
    typer.echo(f"written: {found.path}")


@review_app.command("import")
def import_(
    table: Annotated[Path, typer.Argument(help="The review table as the spreadsheet saved it.")],
    recipe: Annotated[Path, typer.Option("--recipe", help="The recipe that it was exported for.")],
    out: Annotated[Path, typer.Option("--out", help="The file of decisions to write (CSV).")],
    runs: _Runs = _OUT,
    settings: _Settings = None,
) -> None:
    """Check what people decided, and write it as a file for `base.decisions`."""
    from flows.review.verbs import imported

    found = imported(table, recipe, settings or [], runs, out)
    if found.encoding != "UTF-8":
        typer.echo(f"read as {found.encoding}: characters that it lacks were lost on the way")
    counts = ", ".join(f"{count:,} {verb}" for verb, count in sorted(found.decisions.items()))
    typer.echo(f"{counts}; {found.changed:,} in another category than the machine's")
    typer.echo(f"{found.undecided:,} rows without a decision stay the machine's")
    typer.echo(f"written: {found.path}; the recipe names it as base.decisions")
