"""`refusery build`: runs a recipe's flow under Prefect and says what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from artifacts.author_files import write_authors_csv
from artifacts.manifest import Manifest, read_manifest
from artifacts.release_facts import MutationFacts
from artifacts.release_tables import of_manifest
from artifacts.tables import read_table
from base.did_you_mean import did_you_mean
from pipelines.errors import FormatUnknownError, NotBuiltError
from pipelines.opening import layout_of
from pipelines.planning.preflight import require_ready
from pipelines.recipe import OrBench, load
from pipelines.recipe.schema import Buildable, is_buildable
from pipelines.runner.context import shown
from pipelines.sources import Pins
from pipelines.sources.engine import require_payable
from pipelines.versions.next_version import preview_version, resolve_version
from refusery.cli.printing import console as open_console
from refusery.cli.printing import from_here, print_tables
from refusery.cli.progress import progress_for

if TYPE_CHECKING:
    from flows.building import Result


def show(result: Result, manifest: Manifest) -> None:
    """Prints the summary of a finished build; counts alone, no prompt text."""
    console = open_console()
    print_tables(console, of_manifest(manifest))
    for line in _lines(result, manifest):
        console.print(line, markup=False)


def _lines(result: Result, manifest: Manifest) -> Iterator[str]:
    risky = manifest.sounds_risky
    if risky is not None and risky.measured:
        share = risky.risky / risky.measured
        yield (
            f"Sounds risky: {share:.0%} of the {risky.measured:,} rows called safe "
            f"({risky.risky:,}); {manifest.undecided:,} rows undecided, "
            f"{manifest.contested:,} contested pairs."
        )
    if manifest.mutations is not None:
        yield from _coverage(manifest.mutations)
    cost = manifest.cost
    price = f"{cost.known_usd if cost.usd is None else cost.usd:.2f} US dollars"
    if cost.usd is None:
        price = f"{price} and calls whose price is unknown"
    yield (
        f"Model calls: {result.sent:,} made now, {cost.calls:,} behind this release in all "
        f"({cost.input_tokens:,} tokens in, {cost.output_tokens:,} out, {price})."
    )
    if result.short:
        short = ", ".join(f"{name} {count}" for name, count in result.short.items())
        yield f"Rounds ended with categories short of their target: {short}."
    for name, ending in result.seed_endings.items():
        if ending != "full":
            yield f"Seeds of {name}: the writer ended {ending.replace('_', ' ')}."
    for name, pairs in result.served.items():
        for asked, served in pairs:
            yield f"Warning: model {name} was asked for {asked}, and {served} answered."
    yield ""
    yield f"Release:      {from_here(Path(result.release))}"
    yield f"Stage tables: {from_here(Path(result.release).parents[2] / 'runs' / manifest.run)}"
    yield f"Next:         refusery verify {from_here(Path(result.release))}"
    yield "              open its README.md, the card, and load it as the card says"
    if manifest.demo:
        yield "              then make a recipe with your own models: recipes/README.md"


def _coverage(found: MutationFacts) -> Iterator[str]:
    """What a fine-grained set lacks."""
    yield (
        f"Missing: {found.missing:,} mutated rows."
        if found.missing
        else "Nothing is missing: each base request is there in every style."
    )
    if found.empty:
        yield f"The base set has no request of {', '.join(found.empty)}."
    stopped = [style.name for style in found.styles if style.stopped]
    if stopped:
        yield f"Stopped, as none of the first {found.pilot} rows passed: {', '.join(stopped)}."


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
        raise NotBuiltError("build takes a recipe of or-bench or sorry-bench", loaded.benchmark)
    _require_own(formats, loaded)
    upcoming = preview_version(loaded, out)
    if upcoming is not None:
        typer.echo(upcoming.says, err=True)
        loaded = resolve_version(loaded, out)
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
            raise FormatUnknownError(rule, given)


def _require_own(formats: list[str], recipe: Buildable) -> None:
    for given in formats:
        if _FORMATS[given] != recipe.benchmark:
            rule = f"--format {given} must go with a recipe of {_FORMATS[given]}"
            raise FormatUnknownError(rule, recipe.benchmark)


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

    from artifacts.author_files import JSONL_COLUMNS as COLUMNS
    from artifacts.author_files import write_authors_jsonl
    from artifacts.sorry_bench_schemas import SORRY_BENCH
    from artifacts.views import ALL

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
