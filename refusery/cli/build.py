"""`refusery build`: runs a recipe's flow under Prefect and says what came of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import polars as pl
import typer

from artifacts.author_files import (
    JSONL_COLUMNS,
    exports_of,
    write_authors_csv,
    write_authors_jsonl,
)
from artifacts.build_tables import build_tables, first_lines
from artifacts.manifest import Manifest, read_manifest
from artifacts.release_facts import MutationFacts
from artifacts.release_files import release_file
from artifacts.release_tables import of_manifest
from artifacts.sorry_bench_schemas import SORRY_BENCH
from artifacts.summary import rounds_lines, seeds_lines
from artifacts.tables import read_table
from artifacts.views import ALL
from artifacts.writer_tables import refusal_lines
from base.did_you_mean import did_you_mean
from base.formats import plain_percent
from pipelines.errors import FormatUnknownError
from pipelines.recipe import load
from pipelines.recipe.schema import Buildable
from pipelines.runner.context import shown
from pipelines.stages.wordings import wordings
from pipelines.versions.next_version import preview_version
from refusery.cli.options import OUT, Out, RecipeFile, Settings
from refusery.cli.printing import note_readable, print_tables, say, shown_path, warn
from refusery.cli.progress import progress_shown
from refusery.recipes import in_prefect, prepared, require_buildable, run_build

if TYPE_CHECKING:
    from flows.building import Result

ResultT = TypeVar("ResultT")

_FORMATS = {"csv": "or-bench", "jsonl": "sorry-bench"}


def build(
    recipe: RecipeFile,
    out: Out = OUT,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use only the first N seeds of each category.")
    ] = None,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the release folder alone.")] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", help="Also write the authors' files: csv (or-bench), jsonl (sorry-bench)."
        ),
    ] = None,
) -> None:
    """Run a recipe's flow, resuming what is there, and write its release."""
    # Bad input is said before Prefect takes its time to start.
    _require_known(formats or [])
    loaded = _checked(recipe, out, limit, settings or [], formats or [])
    note_readable(out)
    result = under_prefect(quiet, lambda: run_build(loaded, recipe, out, limit, settings or []))
    release = Path(result.release)
    exported = [_WRITERS[each](release) for each in dict.fromkeys(formats or [])]
    if quiet:
        say(result.release)
    else:
        _show(result, read_manifest(release), exported)


def under_prefect(quiet: bool, flow: Callable[[], ResultT]) -> ResultT:
    """What a flow gives that is run with Prefect kept silent and its progress shown."""
    with progress_shown(quiet) as progress, shown(progress):
        return in_prefect(flow)


def _checked(
    recipe: Path, out: Path, limit: int | None, settings: list[str], formats: list[str]
) -> Buildable:
    """The recipe as it will be run, of which everything is there that it needs."""
    loaded = require_buildable(load(recipe, settings))
    _require_own(formats, loaded)
    upcoming = preview_version(loaded, out)
    if upcoming is not None:
        say(upcoming.says, err=True)
    found = prepared(loaded, out, limit)
    warn(wordings(loaded))
    return found


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


def _show(result: "Result", manifest: Manifest, exported: Sequence[Path]) -> None:
    """Prints the summary of a finished build; counts alone, no prompt text."""
    if first := [*first_lines(manifest, result.facts)]:
        for line in (*first, ""):
            say(line)
    print_tables(() if result.facts is None else build_tables(result.facts))
    print_tables(of_manifest(manifest))
    for line in _lines(result, manifest, exported):
        say(line)


def _lines(result: "Result", manifest: Manifest, exported: Sequence[Path]) -> Iterator[str]:
    risky = manifest.sounds_risky
    if risky is not None and risky.measured:
        share = plain_percent(risky.risky / risky.measured)
        yield (
            f"Sounds risky: {share} of the {risky.measured:,} rows called safe "
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
    yield from seeds_lines(manifest)
    yield from rounds_lines(manifest)
    yield from refusal_lines(manifest.writers)
    for name, ending in result.seed_endings.items():
        if ending != "full":
            yield f"Seeds of {name}: the writer ended {ending.replace('_', ' ')}."
    for name, pairs in result.served.items():
        for asked, served in pairs:
            yield f"Warning: model {name} was asked for {asked}, and {served} answered."
    yield ""
    yield f"Release:      {shown_path(Path(result.release))}"
    yield from (f"Exported:     {shown_path(folder)}" for folder in exported)
    run = shown_path(Path(result.release).parents[2] / "runs" / manifest.run)
    yield f"Stage tables: {run}"
    yield f"Next:         refusery verify {shown_path(Path(result.release))}"
    yield "              open its report.html, and README.md, the card, which says how to load it"
    yield f"              refusery browse {run}: seeds beside what became of them"
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


def write_jsonl(release: Path) -> Path:
    """Writes the authors' files of a release, one for each style; gives their folder."""
    folder = exports_of(release) / "jsonl"
    empty = pl.DataFrame(schema={name: SORRY_BENCH[name] for name in JSONL_COLUMNS})
    for config in read_manifest(release).configs:
        if config.name == ALL:
            continue
        tables = [
            read_table(release_file(release, file.name), JSONL_COLUMNS) for file in config.files
        ]
        write_authors_jsonl(folder, config.name, pl.concat([empty, *tables]))
    return folder


def write_csv(release: Path) -> Path:
    """Writes the authors' files of a release, one for each config; gives their folder."""
    folder = exports_of(release) / "csv"
    for config in read_manifest(release).configs:
        tables = [
            read_table(release_file(release, file.name), ["prompt", "category"])
            for file in config.files
        ]
        empty = pl.DataFrame(schema={"prompt": pl.String, "category": pl.String})
        write_authors_csv(folder / f"{config.name}.csv", pl.concat([empty, *tables]))
    return folder


_WRITERS: Mapping[str, Callable[[Path], Path]] = {"csv": write_csv, "jsonl": write_jsonl}
