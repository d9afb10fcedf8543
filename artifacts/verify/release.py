"""Whether a release is what its manifest says, and its run's tables add up to it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from artifacts import errors, records, stage_tables
from artifacts.manifest import ConfigRecord, Manifest, canary, read_manifest
from artifacts.tables import read_footer, read_table
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
    problems = list(_check_release(release, manifest))
    problems += check_withdrawn(release, manifest)
    found, notes = check_reviewed(release, manifest)
    problems += found
    files = len(shards) + 1 + (manifest.report is not None)
    run = runs / manifest.run if runs else None
    there = run is not None and (run / records.RUN_FILE).exists()
    found, more = check_carried(release, manifest, run if there else None)
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
        problems += check_lineage(release, config, tables, withdrawn_ids(manifest))
    return Report(tuple(problems), check.edges, files + check.files, run, tuple(notes))


def _check_release(release: Path, manifest: Manifest) -> Iterator[str]:
    for page in filter(None, (manifest.card, manifest.report)):
        path = release / page.name
        if not path.exists():
            yield f"{page.name}: the file is missing"
        elif sha256_file(path) != page.sha256:
            yield f"{page.name}: its bytes have changed (SHA-256 differs)"
    files = [file for config in manifest.configs for file in config.files]
    if canary(manifest.benchmark, manifest.version, files) != manifest.canary:
        yield "manifest.json: its canary is not that of its files"
    known = {file.name for file in files}
    for path in sorted(release.rglob("*.parquet")):
        if (name := path.relative_to(release).as_posix()) not in known:
            yield f"{name}: the manifest does not know this file"
    for config in manifest.configs:
        yield from _check_config(release, config)


def _check_config(release: Path, config: ConfigRecord) -> Iterator[str]:
    categories = Counter(dict.fromkeys(config.categories, 0))
    damaged = False
    for file in config.files:
        path = release / file.name
        yield from (f"{file.name}: {problem}" for problem in stage_tables.file_problems(path, file))
        try:
            _, columns = read_footer(path)
            categories.update(stage_tables.tally(read_table(path, ["category"]).to_series()))
        except errors.TableDamagedError:
            damaged = True  # then its hash has been reported above
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
