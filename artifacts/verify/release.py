"""Whether a release is what its manifest says, and its run's tables add up to it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts import errors, records, stage_tables
from artifacts.manifest import CardRecord, ConfigRecord, Manifest, canary, read_manifest
from artifacts.release_files import release_file
from artifacts.tables import read_footer, read_table
from artifacts.verify.across_configs import check_across_configs
from artifacts.verify.edges import check_run
from artifacts.verify.lineage import (
    check_carried,
    check_lineage,
    check_reviewed,
    check_withdrawn,
    withdrawn_ids,
)
from base.files import sha256_file

_FUNNEL = (
    *("entered", "kept", "dropped", "failed", "votes", "answers"),
    *("parents", "reasons", "categories"),
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found.

    Attributes:
        problems: One line for each thing that is not as it should be, naming the file or the edge.
        edges: The run's funnel as its tables have it now; the manifest's where they are not there.
        files: How many files were read.
        run: The run's folder, or None where its tables are not there.
        notes: What could not be verified, and why.
    """

    problems: tuple[str, ...]
    edges: tuple[stage_tables.Edge, ...]
    files: int
    run: Path | None
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether everything is as it should be."""
        return not self.problems


def verify(release: Path, runs: Path | None = None) -> Report:
    """Checks a release folder, and its run's tables where they are there.

    Args:
        release: The release's folder.
        runs: The folder of all runs (`out/runs`), or None to check the release alone.

    Raises:
        RecordUnreadableError: The folder holds no release, or the run's record is malformed.
    """
    manifest = read_manifest(release)
    shards = [file for config in manifest.configs for file in config.files]
    problems = _added(_check_release(release, manifest))
    problems += _added(check_withdrawn(release, manifest))
    if not problems:  # else its files are not what is looked at here
        problems += _added(check_across_configs(release, manifest))
    found, notes = _held(lambda: check_reviewed(release, manifest))
    problems += found
    files = len(shards) + 1 + (manifest.report is not None)
    run = runs / manifest.run if runs else None
    there = run is not None and (run / records.RUN_FILE).exists()
    found, more = _held(lambda: check_carried(release, manifest, run if there else None))
    problems += found
    notes = [*notes, *more]
    if run is None or not there:
        note = f"the tables of run {manifest.run} are not there: the release alone was verified"
        return Report(tuple(problems), manifest.funnel, files, None, (*notes, note))
    check = check_run(run)
    problems += check.problems
    problems += _check_funnel(manifest, check.edges)
    for config in manifest.configs:
        tables = check.stages.get(config.stage)
        problems += _added(check_lineage(release, config, tables, withdrawn_ids(manifest)))
    return Report(tuple(problems), check.edges, files + check.files, run, tuple(notes))


_UNLIKE = "its tables must have the columns and types of a release"


def _added(found: Iterator[str]) -> list[str]:
    """The lines of a check; one more where tables are so odd that it cannot be made."""
    lines: list[str] = []
    try:
        lines.extend(found)
    except errors.TableDamagedError as error:
        lines.append(f"cannot be added up: {error}")
    except pl.exceptions.PolarsError:
        lines.append(f"cannot be added up: {_UNLIKE}")
    return lines


def _held(check: Callable[[], tuple[list[str], list[str]]]) -> tuple[list[str], list[str]]:
    """Problems and notes of a check against a parent; a problem where it cannot be made."""
    try:
        return check()
    except errors.TableDamagedError as error:
        return [f"cannot be held against its parent: {error}"], []
    except pl.exceptions.PolarsError:
        return [f"cannot be held against its parent: {_UNLIKE}"], []


def _check_release(release: Path, manifest: Manifest) -> Iterator[str]:
    for page in filter(None, (manifest.card, manifest.report)):
        yield from _check_page(release, page)
    files = [file for config in manifest.configs for file in config.files]
    if canary(manifest.data_set, manifest.version, files) != manifest.canary:
        yield "manifest.json: its canary is not that of its files"
    known = {file.name for file in files}
    for path in sorted(release.rglob("*.parquet")):
        if (name := path.relative_to(release).as_posix()) not in known:
            yield f"{name}: the manifest does not know this file"
    for config in manifest.configs:
        yield from _check_config(release, config)


def _check_page(release: Path, page: CardRecord) -> Iterator[str]:
    try:
        path = release_file(release, page.name)
        if not path.exists():
            yield f"{page.name}: the file is missing"
        elif sha256_file(path) != page.sha256:
            yield f"{page.name}: its bytes have changed (SHA-256 differs)"
    except (errors.TableDamagedError, OSError) as error:
        yield f"{page.name}: {getattr(error, 'rule', 'it cannot be read')}"


def _check_config(release: Path, config: ConfigRecord) -> Iterator[str]:
    categories = Counter(dict.fromkeys(config.categories, 0))
    damaged = False
    for file in config.files:
        try:
            path = release_file(release, file.name)
        except errors.TableDamagedError as error:
            yield f"{file.name}: {error.rule}"
            damaged = True
            continue
        problems = list(stage_tables.file_problems(path, file))
        yield from (f"{file.name}: {problem}" for problem in problems)
        if problems:
            damaged = True  # its bytes are not ours, and nothing of it is read
            continue
        try:
            _, columns = read_footer(path)
            categories.update(stage_tables.tally(read_table(path, ["category"]).to_series()))
        except errors.TableDamagedError:
            yield f"{file.name}: it is no table"
            damaged = True
            continue
        if columns != config.columns:
            yield f"{file.name}: its columns are not those of the manifest"
    if not damaged and (dict(categories), categories.total()) != (config.categories, config.rows):
        yield f"{config.name}: its rows by category are not those of the manifest"


def _check_funnel(manifest: Manifest, edges: tuple[stage_tables.Edge, ...]) -> Iterator[str]:
    found = {edge.name: edge for edge in edges}
    for stated in manifest.funnel:
        edge = found.pop(stated.name, None)
        if edge is None:
            yield f"{stated.name}: the manifest has this stage, the run has not"
            continue
        for number in _FUNNEL:
            was, now = getattr(stated, number), getattr(edge, number)
            if was != now:
                yield f"{edge.name}: {number} is {now}, the manifest says {was}"
    yield from (f"{name}: the run has this stage, the manifest has not" for name in found)
