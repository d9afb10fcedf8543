"""All that the command says: lines, JSON and tables, none of which does anything to a terminal.

Tables are rich where somebody looks on, and plain columns in a log. Nothing else in the command
prints: what is said may hold text of models, servers and files.
"""

from collections.abc import Iterable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from base.files import others_may_read
from base.foreign_text import terminal_json, terminal_text
from base.formats import cell

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from artifacts.summary import Table


def say(line: object = "", *, err: bool = False) -> None:
    """Prints one line, of which all that is no plain sign is shown as an escape.

    What tells of the work (`err`) may be read by nobody any more, as where a `tee` was ended: that
    ends no work.
    """
    with suppress(OSError) if err else nullcontext():
        typer.echo(terminal_text(str(line), _LONGEST), err=err)


def warn(lines: "Iterable[str]") -> None:
    """Prints what a user should know before a run, beside the work's own output."""
    for line in lines:
        say(f"Warning: {line}", err=True)


def say_json(text: str) -> None:
    """Prints JSON as it is laid out; its texts have escapes where they need them."""
    typer.echo(terminal_json(text))


_LONGEST = 10_000
_LONGEST_CELL = 1_000


def print_tables(tables: "Iterable[Table]") -> None:
    """Prints each table under its title."""
    from rich.console import Console

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
        say(line, err=True)


def _rich(table: "Table") -> "RichTable":
    from rich.table import Table as RichTable

    title = terminal_text(table.title) or None
    shown = RichTable(title=title, title_justify="left", title_style="bold", box=None)
    for place, name in enumerate(table.header):
        words = any(isinstance(row[place], str) for row in table.rows)
        justify: Literal["left", "right"] = "left" if words else "right"
        shown.add_column(
            terminal_text(name, _LONGEST_CELL), justify=justify, overflow="fold", no_wrap=place == 0
        )
    for row in table.rows:
        shown.add_row(*(terminal_text(cell(value, digits=3), _LONGEST_CELL) for value in row))
    return shown
