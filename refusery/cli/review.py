"""`refusery review export` and `import`: tables that people decide on in a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from artifacts.user_tables import ENDINGS
from refusery.cli import options, review_printing
from refusery.cli.sections import Sections

app = typer.Typer(cls=Sections, rich_markup_mode=None)

_Runs = Annotated[
    Path, typer.Option("--runs", help="Where ledger, runs and releases are kept (recipe).")
]
_Reviewed = Annotated[
    Path,
    typer.Argument(
        metavar="RELEASE|RECIPE|ANSWERS",
        help="A release folder, the recipe whose base set is reviewed (YAML), or a table of "
        "models' answers.",
    ),
]
_Sample = Annotated[
    int | None,
    typer.Option(min=1, help="Rows to draw by category (release; 300); base prompts (answers)."),
]
_People = Annotated[
    int | None,
    typer.Option(min=1, help="How many people get a table (release; 1. Answers; 6)."),
]
_Overlap = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Share of the rows that everyone gets (release; 1)."),
]
_PerPrompt = Annotated[
    str | None,
    typer.Option(metavar="8+8", help="Answers to each base prompt and its mutations (answers)."),
]
_Train = Annotated[
    str | None,
    typer.Option(metavar="3+3", help="How many of them are to train judges (answers)."),
]
_Configs = Annotated[
    list[str] | None,
    typer.Option("--config", help="A config to draw from; repeatable (release)."),
]
_Everything = Annotated[
    bool, typer.Option("--all", help="Also the rows that nobody contests (recipe).")
]


@app.command("export")
def export(
    reviewed: _Reviewed,
    out: Annotated[Path, typer.Option("--out", help="The review table to write (CSV).")],
    sample: _Sample = None,
    people: _People = None,
    overlap: _Overlap = None,
    seed: Annotated[int | None, typer.Option(help="The draw's seed (7).")] = None,
    per_prompt: _PerPrompt = None,
    train: _Train = None,
    configs: _Configs = None,
    runs: _Runs = options.OUT,
    everything: _Everything = False,
    settings: options.Settings = None,
) -> None:
    """Write rows of a release, of a base set, or models' answers as tables for a spreadsheet."""
    drawing = {
        "sample": sample,
        "people": people,
        "overlap": overlap,
        "seed": seed,
        "config": tuple(configs) if configs else None,
    }
    numbers = {"per-prompt": per_prompt, "train": train}
    if reviewed.suffix.lower() in ENDINGS:
        asked = {"people": people, "seed": seed, "questions": sample}
        other = {"overlap": overlap, "config": configs, "all": everything, "set": settings}
        review_printing.export_answers(reviewed, out, per_prompt, train, asked, other)
    elif reviewed.is_dir():
        review_printing.export_release(
            reviewed, out, drawing, {**numbers, "all": everything, "set": settings}
        )
    else:
        review_printing.export_base(
            reviewed, out, settings or [], runs, everything, {**drawing, **numbers}
        )


@app.command("import")
def import_(
    tables: Annotated[
        list[Path],
        typer.Argument(metavar="TABLE...", help="The review tables as spreadsheets saved them."),
    ],
    release: Annotated[
        Path | None, typer.Option("--release", help="The release that they were exported from.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would come of it, write nothing (not recipe)."),
    ] = False,
    key: Annotated[
        Path | None, typer.Option("--key", help="The key that tables of answers came with.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The recipe that a table was exported for.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="The file of decisions (recipe; CSV), or the folder of ratings (key)."
        ),
    ] = None,
    runs: _Runs = options.OUT,
    settings: options.Settings = None,
) -> None:
    """Make of what people decided a patch version, a file for `base.decisions`, or ratings."""
    if key is not None:
        others = {"release": release, "recipe": recipe, "set": settings}
        review_printing.import_labels(tables, key, out, dry_run, others)
    elif release is not None:
        review_printing.import_release(
            tables, release, dry_run, {"recipe": recipe, "out": out, "set": settings}
        )
    else:
        review_printing.import_base(tables, recipe, out, settings or [], runs, dry_run)
