"""`refusery templates`: the shipped prompts as files, to start one's own from."""

from pathlib import Path
from typing import Annotated

import typer

from artifacts.summary import Table
from base.files import replacing
from pipelines.errors import RecipeError
from pipelines.sources.template_reference import by_file, by_places
from pipelines.sources.templates import KEYS, TemplateKey, shipped_text
from refusery.cli import printing

_FOLDER = Path("templates")


def templates(
    folder: Annotated[
        Path, typer.Argument(help="The folder to write them to.", metavar="FOLDER")
    ] = _FOLDER,
    only: Annotated[
        str | None, typer.Option(help="One recipe key alone, such as rewrite.template.")
    ] = None,
) -> None:
    """Write the shipped prompts out, to change them and name them in a recipe."""
    wanted = _wanted(only)
    files = {
        name: folder / f"{name.rpartition('/')[2]}.md" for key in wanted for name in key.shipped
    }
    for path in files.values():
        if path.exists():
            raise RecipeError("a template must not be there already", path)
    for name, path in files.items():
        with replacing(path) as file:
            file.write(shipped_text(name).encode())
    served = by_file(wanted)
    rows = tuple((str(files[name]), keys) for name, keys in served.items())
    places = tuple((keys, _places(each[0])) for keys, each in by_places(wanted).items())
    printing.print_tables(
        [
            Table("", ("file", "key of the recipe"), rows),
            Table("", ("key of the recipe", "places (* must be there)"), places),
        ]
    )
    first = wanted[0]
    printing.say(f"To use one: {first.name}: {files[first.shipped[0]]}")
    many = "" if len(files) == 1 else "s"
    printing.say(f"written: {len(files)} file{many} to {folder}")


def _wanted(only: str | None) -> tuple[TemplateKey, ...]:
    if only is None:
        return tuple(KEYS.values())
    if only not in KEYS:
        raise RecipeError(f"--only must be a key that takes a template: {', '.join(KEYS)}", only)
    return (KEYS[only],)


def _places(key: TemplateKey) -> str:
    return ", ".join(
        [*(f"${each}*" for each in sorted(key.needed)), *(f"${each}" for each in sorted(key.other))]
    )
