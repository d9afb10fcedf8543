"""`refusery build`: runs a recipe's flow under Prefect and says what came of it."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from rich.console import Console

from artifacts.csv_dialect import write_authors_csv
from artifacts.manifest import read_manifest
from artifacts.tables import read_table
from flows.command.progress import progress_for
from flows.command.showing import show
from flows.errors import FormatUnknown
from flows.opening import layout_of, require_payable
from flows.pipelines.preparing import require_ready
from flows.recipe import OrBench, load
from flows.recipe.base import did_you_mean
from flows.runner.progress import shown
from flows.sources import Pins

_FORMATS = ("csv",)
_PREFECT = {
    # Nothing calls home; the first start of Prefect's own server may take a while.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # Errors are ours to tell, in one line.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}


def build(
    recipe: Path,
    out: Path,
    limit: int | None,
    settings: list[str],
    quiet: bool,
    formats: list[str],
) -> None:
    """Runs the flow, prints the summary (or the release folder alone), writes further formats."""
    for given in formats:
        if given not in _FORMATS:
            rule = f"--format must be one of {', '.join(_FORMATS)}{did_you_mean(given, _FORMATS)}"
            raise FormatUnknown(rule, given)
    loaded = load(recipe, settings)  # bad input is said before Prefect takes its time to start
    if isinstance(loaded, OrBench):
        loaded = Pins(layout_of(loaded, out, limit).run).put(loaded)
        require_ready(loaded)
        require_payable(loaded)
    for name, value in _PREFECT.items():
        os.environ.setdefault(name, value)
    from flows.or_bench import or_bench

    progress = progress_for(Console(stderr=True), quiet)
    try:
        with shown(progress):
            result = or_bench(str(recipe), str(out), limit, settings)
    finally:
        if progress is not None:
            progress.close()
    release = Path(result.release)
    if "csv" in formats:
        write_csv(release)
    if quiet:
        typer.echo(result.release)
    else:
        show(result, read_manifest(release))


def write_csv(release: Path) -> None:
    """Writes the authors' files of a release into its folder `csv/`."""
    import polars as pl

    for config in read_manifest(release).configs:
        tables = [read_table(release / file.name, ["prompt", "category"]) for file in config.files]
        empty = pl.DataFrame(schema={"prompt": pl.String, "category": pl.String})
        write_authors_csv(release / "csv" / f"{config.name}.csv", pl.concat([empty, *tables]))
