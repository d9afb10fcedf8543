"""`refusery audit`: figures and gates of a release or of any table of prompts."""

from __future__ import annotations

from pathlib import Path

import typer

from artifacts.audit_tables import audit_tables
from artifacts.manifest import REPORT
from artifacts.release_tables import spend
from pipelines.audits.gates import require_gates
from pipelines.audits.run import Wanted, do_audit
from pipelines.recipe.hub_names import is_hub_name
from refusery.cli.printing import console as open_console
from refusery.cli.printing import print_tables


def audit(wanted: Wanted) -> None:
    """Prints a summary of counts and shares, and writes the audit and its report.

    Args:
        wanted: What is audited, and how.

    Raises:
        GateBrokenError: A gate of the recipe does not hold; the files are written all the same.
    """
    done = do_audit(wanted)
    console = open_console()
    found = done.audit
    rows = ", ".join(f"{config} {count:,} rows" for config, count in found.rows.items())
    console.print(f"{found.name}: {rows}", markup=False)
    console.print()
    costs = [spend(done.manifest.cost)] if done.manifest and done.manifest.cost.by else []
    print_tables(console, [*audit_tables(found), *costs])
    for note in found.notes:
        typer.echo(f"note: {note}")
    report = f", {done.folder / REPORT}" if wanted.report else ""
    typer.echo(f"written: {done.folder / 'audit.json'}{report}")
    require_gates(found.gates)


def located(given: str) -> Path:
    """The path of a release or table, fetched where it is on the Hub."""
    if not is_hub_name(given):
        return Path(given)
    from pipelines.sources.hub import fetched_table

    return fetched_table(given)
