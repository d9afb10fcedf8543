"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _located(given: str) -> Path:
    """The file of a table, fetched where it is on the Hub."""
    if not given.startswith("hf://"):
        return Path(given)
    from pipelines.sources.hub import fetched_table

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
        parser=_located,
    ),
]
Column = Annotated[str, typer.Option("--column", help="The column with the texts.")]
Result = Annotated[
    Path | None, typer.Option("--out", help="The table to write (CSV, JSON Lines, Parquet).")
]
WithRecipe = Annotated[Path, typer.Option("--recipe", help="The recipe that says how (YAML).")]

OUT = Path("out")
PROMPT = "prompt"


def beside(out: Path, what: str) -> Path:
    """`kept.csv` and "dropped" give `kept.dropped.csv`."""
    return out.with_name(f"{out.stem}.{what}{out.suffix}")
