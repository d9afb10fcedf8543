"""`refusery diff`: what has changed between two releases of one benchmark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from artifacts.diff.compare import compare
from artifacts.diff.rows import Difference
from artifacts.diff.tables import as_json, tables
from artifacts.releases import version_key
from artifacts.user_tables import require_writable, write_user_table
from refusery.cli import options, printing


def diff(
    old: options.Release,
    new: Annotated[Path, typer.Argument(help="A later release of the same benchmark.")],
    json: options.Json = False,
    rows: Annotated[
        Path | None,
        typer.Option(
            help="Also write a table of ids with what became of each.",
            callback=options.outside_releases,
        ),
    ] = None,
) -> None:
    """Show what changed between two releases: rows, labels, categories, models, recipe."""
    if rows is not None:
        require_writable(rows)
    found = compare(old, new)
    if rows is not None:
        write_user_table(rows, found.fates)
    if json:
        printing.say_json(as_json(found))
        return
    printing.print_tables(tables(found))
    for note in (*found.notes, *_in_order(found)):
        printing.say(f"note: {note}")
    if rows is not None:
        printing.say(f"written: {rows}, {found.fates.height:,} ids")


def _in_order(found: Difference) -> Iterator[str]:
    before, now = version_key(found.old.version), version_key(found.new)
    if before and now and before > now:
        said = f"{found.data_set} {found.old.version} is the later version"
        yield f"{said}: a diff takes the earlier one first"
