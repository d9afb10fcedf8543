"""`refusery diff`: what has changed between two releases of one benchmark."""

from __future__ import annotations

from pathlib import Path

import typer

from artifacts.diff.compare import compare
from artifacts.diff.rows import Difference
from artifacts.diff.tables import as_json, tables
from artifacts.user_tables import table_kind, write_user_table
from refusery.cli.printing import console as open_console
from refusery.cli.printing import print_tables


def diff(old: Path, new: Path, json: bool, rows: Path | None) -> None:
    """Prints the difference as tables or JSON; writes what became of each row, by id."""
    if rows is not None:
        table_kind(rows)
    found = compare(old, new)
    if rows is not None:
        write_user_table(rows, found.fates)
    if json:
        typer.echo(as_json(found))
    else:
        _show(found, rows)


def _show(found: Difference, rows: Path | None) -> None:
    console = open_console()
    print_tables(console, tables(found))
    for note in found.notes:
        console.print(f"note: {note}", markup=False)
    if rows is not None:
        console.print(f"written: {rows}, {found.fates.height:,} ids", markup=False)
