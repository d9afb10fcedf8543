"""Tables on a terminal: rich where somebody looks on, plain columns in a log."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import typer
from rich.console import Console
from rich.table import Table as RichTable

from artifacts.summary import Table
from base.files import others_may_read
from base.formats import cell


def print_tables(tables: Iterable[Table]) -> None:
    """Prints each table under its title."""
    # What is shown is data: square brackets in it are no markup.
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if not console.is_terminal:
        # A log is given the width that tables want.
        console = Console(highlight=False, markup=False, soft_wrap=True, width=140)
    for table in tables:
        console.print(_rich(table))
        console.print()


def shown_path(path: Path) -> str:
    """A path from the working folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


_PRIVATE = ("runs", "releases", "audits", "embeddings")


def note_readable(out: Path) -> None:
    """Says on stderr where prompts and answers of earlier runs are open to other users.

    What is made now is for its owner alone. What is there is left as it is: it may be shared on
    purpose.
    """
    if others_may_read(out) and any(others_may_read(out / name) for name in _PRIVATE):
        place = shown_path(out)
        line = f"note: other users of this machine may read {place}; chmod -R go= {place} ends that"
        typer.echo(line, err=True)


def _rich(table: Table) -> RichTable:

    shown = RichTable(title=table.title or None, title_justify="left", title_style="bold", box=None)
    for place, name in enumerate(table.header):
        words = any(isinstance(row[place], str) for row in table.rows)
        justify: Literal["left", "right"] = "left" if words else "right"
        shown.add_column(name, justify=justify, overflow="fold", no_wrap=place == 0)
    for row in table.rows:
        shown.add_row(*(cell(value, digits=3) for value in row))
    return shown
