"""`refusery audit`: figures and gates of a release or of any table of prompts."""

from pathlib import Path
from typing import Annotated

import typer

from artifacts.figures.gallery import audit_tables
from artifacts.manifest import REPORT
from artifacts.release_tables import spend
from pipelines.audits import gates, run
from refusery.cli.options import OUT, PROMPT, Column, Settings, located, require_recipe
from refusery.cli.printing import print_tables, say

_Given = Annotated[
    str,
    typer.Argument(
        metavar="RELEASE|TABLE",
        help="A release folder, or a CSV, TSV, JSON, JSON Lines, Parquet or XLSX table, here or hf://.",
    ),
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", help="Where the audit is written; by default out/audits/..."),
]
_Against = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="X",
        help="A release, table or hf:// file to look for near repeats of; repeatable.",
    ),
]
_Recipe = Annotated[Path | None, typer.Option("--recipe", help="The recipe whose gates must hold.")]
_CategoryColumn = Annotated[
    str | None,
    typer.Option(
        "--category-column", help="The column with the categories; by default category, if any."
    ),
]
_Report = Annotated[
    bool, typer.Option("--report/--no-report", help="Draw the report, one page of HTML.")
]
_ToxicText = Annotated[
    bool, typer.Option("--with-toxic-text", help="Show rows of unsafe configs in the report.")
]
_AllRows = Annotated[
    bool, typer.Option("--all-rows", help="Write all rows beside the report, page by page.")
]


def audit(
    given: _Given,
    out: _Out = None,
    against: _Against = None,
    recipe: _Recipe = None,
    column: Column = PROMPT,
    category_column: _CategoryColumn = None,
    report: _Report = True,
    toxic_text: _ToxicText = False,
    all_rows: _AllRows = False,
    settings: Settings = None,
    cache: Annotated[Path, typer.Option(help="Where embeddings and audits are kept.")] = OUT,
) -> None:
    """Measure balance, repeats, diversity, votes and refusals; hold them against gates."""
    require_recipe(recipe, settings)
    _audit(
        run.Wanted(
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


def _audit(wanted: run.Wanted) -> None:
    """Audits and prints; a gate that does not hold is said when the files are written."""
    done = run.do_audit(wanted)
    found = done.audit
    rows = ", ".join(f"{config} {count:,} rows" for config, count in found.rows.items())
    say(f"{found.name}: {rows}")
    say()
    costs = [spend(done.manifest.cost)] if done.manifest and done.manifest.cost.by else []
    print_tables([*audit_tables(found), *costs])
    for note in found.notes:
        say(f"note: {note}")
    report = f", {done.folder / REPORT}" if wanted.report else ""
    say(f"written: {done.folder / 'audit.json'}{report}")
    gates.require_gates(found.gates)
