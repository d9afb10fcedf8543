"""`refusery build`: runs a recipe's flow under Prefect and says what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from artifacts.csv_dialect import write_authors_csv
from artifacts.manifest import read_manifest
from artifacts.tables import read_table
from flows.benchmarks import Buildable, is_buildable
from flows.command.progress import progress_for
from flows.command.showing import show
from flows.errors import FormatUnknown, NotBuilt
from flows.opening import layout_of, require_payable
from flows.pipelines.preparing import require_ready
from flows.recipe import OrBench, load
from flows.recipe.base import did_you_mean
from flows.runner.progress import shown
from flows.sources import Pins
from flows.versions.next import peek, settle

if TYPE_CHECKING:
    from flows.building import Result

_FORMATS = {"csv": "or-bench", "jsonl": "sorry-bench"}
PREFECT = {
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
    # Bad input is said before Prefect takes its time to start.
    _require_known(formats)
    loaded = load(recipe, settings)
    if not is_buildable(loaded):
        raise NotBuilt("build takes a recipe of or-bench or sorry-bench", loaded.benchmark)
    _require_own(formats, loaded)
    upcoming = peek(loaded, out)
    if upcoming is not None:
        typer.echo(upcoming.says, err=True)
        loaded = settle(loaded, out)
    loaded = Pins(layout_of(loaded, out, limit).run).put(loaded)
    require_ready(loaded)
    require_payable(loaded)
    for name, value in PREFECT.items():
        os.environ.setdefault(name, value)
    progress = progress_for(Console(stderr=True), quiet)
    try:
        with shown(progress):
            result = _flow_of(loaded)(str(recipe), str(out), limit, settings)
    finally:
        if progress is not None:
            progress.close()
    release = Path(result.release)
    if "csv" in formats:
        write_csv(release)
    if "jsonl" in formats:
        write_jsonl(release)
    if quiet:
        typer.echo(result.release)
    else:
        show(result, read_manifest(release))


def _require_known(formats: list[str]) -> None:
    for given in formats:
        if given not in _FORMATS:
            rule = f"--format must be one of {', '.join(_FORMATS)}{did_you_mean(given, _FORMATS)}"
            raise FormatUnknown(rule, given)


def _require_own(formats: list[str], recipe: Buildable) -> None:
    for given in formats:
        if _FORMATS[given] != recipe.benchmark:
            rule = f"--format {given} must go with a recipe of {_FORMATS[given]}"
            raise FormatUnknown(rule, recipe.benchmark)


def _flow_of(recipe: Buildable) -> Callable[[str, str, int | None, list[str]], Result]:
    """The benchmark's flow; Prefect is loaded with it."""
    if isinstance(recipe, OrBench):
        from flows.or_bench import or_bench

        return or_bench
    from flows.sorry_bench import sorry_bench

    return sorry_bench


def write_jsonl(release: Path) -> None:
    """Writes the authors' files of a release into its folder `jsonl/`, one for each style."""
    import polars as pl

    from artifacts.jsonl_dialect import COLUMNS, write_authors_jsonl
    from artifacts.mutation_schemas import SORRY_BENCH
    from artifacts.mutation_views import ALL

    empty = pl.DataFrame(schema={name: SORRY_BENCH[name] for name in COLUMNS})
    for config in read_manifest(release).configs:
        if config.name == ALL:
            continue
        tables = [read_table(release / file.name, COLUMNS) for file in config.files]
        write_authors_jsonl(release / "jsonl", config.name, pl.concat([empty, *tables]))


def write_csv(release: Path) -> None:
    """Writes the authors' files of a release into its folder `csv/`."""
    import polars as pl

    for config in read_manifest(release).configs:
        tables = [read_table(release / file.name, ["prompt", "category"]) for file in config.files]
        empty = pl.DataFrame(schema={"prompt": pl.String, "category": pl.String})
        write_authors_csv(release / "csv" / f"{config.name}.csv", pl.concat([empty, *tables]))
