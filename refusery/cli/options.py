"""Options and arguments that several verbs share."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.recipe import Recipe


def located(given: str) -> Path:
    """The path of a table or release, fetched where it is on the Hub."""
    if not given.startswith("hf://"):
        return Path(given)
    from pipelines.sources.hub import fetched_table

    return fetched_table(given)


def outside_releases(given: Path | None) -> Path | None:
    """The path of a file that is to be written, which may not lie in a release."""
    if given is not None:
        from artifacts.releases import require_outside

        require_outside(given)
    return given


TABLE = (
    "A CSV, TSV, JSON, JSON Lines, Parquet or XLSX table, or one on the Hub: hf://owner/name/file."
)
OUT = Path("out")
PROMPT = "prompt"

RecipeFile = Annotated[Path, typer.Argument(help="A recipe (YAML).")]
Release = Annotated[Path, typer.Argument(help="A release folder.")]
Table = Annotated[Path, typer.Argument(help=TABLE, metavar="TABLE", parser=located)]

Out = Annotated[Path, typer.Option("--out", help="Where ledger, runs and releases are kept.")]
Result = Annotated[
    Path | None,
    typer.Option(
        "--out", help="The table to write (CSV, JSON Lines, Parquet).", callback=outside_releases
    ),
]
Cache = Annotated[Path, typer.Option(help="Where ledger and embeddings are kept.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Overrides one key of the recipe; repeatable."),
]
MaybeRecipe = Annotated[
    Path | None, typer.Option("--recipe", help="A recipe that says how (YAML).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]

Column = Annotated[str, typer.Option("--column", help="The column with the texts.")]
Prompts = Annotated[str | None, typer.Option("--column", help="The column with the prompts.")]
Answers = Annotated[
    str | None, typer.Option("--answer-column", help="The column with the answers.")
]
Models = Annotated[
    str | None, typer.Option("--model-column", help="Who answered; by default model.")
]


def recipe_of(recipe: Path | None, settings: Sequence[str] | None) -> "Recipe | None":
    """The recipe that `--recipe` names, with what `--set` changes in it; None without one.

    Raises:
        RecipeError: There is `--set` and no recipe that it could change, or see `load`.
    """
    from pipelines.recipe import load

    require_recipe(recipe, settings)
    return None if recipe is None else load(recipe, settings or [])


def require_recipe(recipe: Path | None, settings: Sequence[str] | None) -> None:
    """Refuses `--set` without a recipe that it could change.

    Raises:
        RecipeError: So it is.
    """
    from pipelines.errors import RecipeError

    if recipe is None and settings:
        raise RecipeError("--set must come with --recipe", settings[0])


def names(given: str | None) -> tuple[str, ...]:
    """What stands between commas; nothing for None."""
    return tuple(name for each in (given or "").split(",") if (name := each.strip()))


def require_apart(out: Path, table: Path) -> None:
    """Refuses names under which a verb would write over the table that it reads.

    Raises:
        TableUnreadableError: One of its tables would be that one, or the ending is unknown.
    """
    from artifacts.user_tables import require_writable

    require_writable(out, table, *(beside(out, what) for what in _ASIDE))


_ASIDE = ("dropped", "partial")
"""What verbs write beside their table: rows that are out, and what a stopped verb has so far."""


def beside(out: Path, what: str) -> Path:
    """`kept.csv` and "dropped" give `kept.dropped.csv`."""
    return out.with_name(f"{out.stem}.{what}{out.suffix}")
