"""Whether a reviewed release is the release that people looked at, less what they withdrew."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from artifacts.errors import RecordUnreadable, TableDamaged
from artifacts.files import sha256_file
from artifacts.keys import are
from artifacts.manifest import MANIFEST, ConfigRecord, Manifest, read_manifest
from artifacts.stage_tables import file_problems
from artifacts.tables import read_table


def check_withdrawn(release: Path, manifest: Manifest) -> Iterator[str]:
    """One line for each config of any release that still has a row which people withdrew."""
    gone = withdrawn_ids(manifest)
    for config in manifest.configs if gone else ():
        try:
            count = _rows(release, config).filter(pl.col("id").is_in([*gone])).height
        except TableDamaged:
            continue  # its hash has been reported
        if count:
            yield f"{config.name}: {are(count, 'withdrawn row', 'there still')}"


def withdrawn_ids(manifest: Manifest) -> frozenset[str]:
    """The ids of all rows that people withdrew, in this release or before it."""
    return frozenset(stone.id for stone in manifest.tombstones)


def check_reviewed(release: Path, manifest: Manifest) -> tuple[list[str], list[str]]:
    """Holds a reviewed release against its parent beside it: problems, and notes.

    Its rows must be its parent's less those of its tombstones: no other is missing, none is new,
    none has another value or another place. A release of another mode has nothing to hold.
    """
    lineage = manifest.lineage
    if lineage.mode != "reviewed":
        return [], []
    if lineage.parent is None:
        return ["manifest.json: a reviewed release must name the release that was reviewed"], []
    version = lineage.parent.version
    folder = release.resolve().parent / version
    if not (folder / MANIFEST).exists():
        return [], [f"{version} is not beside it: its rows were not held against those reviewed"]
    try:
        parent = read_manifest(folder)
    except RecordUnreadable as error:
        return [f"{version}: {error.rule}"], []
    problems = list(_check_parent(folder, parent, manifest))
    # Rows of a parent that has changed would only be reported once more.
    return problems or list(_check_rows(folder, parent, release, manifest)), []


def _check_parent(folder: Path, parent: Manifest, manifest: Manifest) -> Iterator[str]:
    version, pinned = parent.version, manifest.lineage.parent
    if pinned is not None and sha256_file(folder / MANIFEST) != pinned.manifest:
        yield f"{version}: its manifest is not the one that was reviewed (SHA-256 differs)"
    if manifest.review is None or manifest.review.of != pinned:
        yield f"manifest.json: its review must be that of {version}"
    for config in parent.configs:
        for file in config.files:
            problems = file_problems(folder / file.name, file)
            yield from (f"{version}/{file.name}: {problem}" for problem in problems)
    names = [config.name for config in parent.configs]
    if names != [config.name for config in manifest.configs]:
        yield f"manifest.json: its configs must be those of {version}: {', '.join(names)}"
    if count := len(withdrawn_ids(parent) - withdrawn_ids(manifest)):
        yield f"manifest.json: {are(count, 'tombstone', f'lost that {version} has')}"


def _check_rows(folder: Path, parent: Manifest, release: Path, manifest: Manifest) -> Iterator[str]:
    gone, known = withdrawn_ids(manifest), set[str]()
    for was, now in zip(parent.configs, manifest.configs, strict=True):
        edge = f"{parent.version} -> {now.name}"
        try:
            before, after = _rows(folder, was), _rows(release, now)
        except TableDamaged as error:
            yield f"{edge}: cannot be compared: {error}"
            continue
        known.update(before["id"])
        if was.columns != now.columns:
            yield f"{edge}: its columns have changed"
            continue
        yield from (f"{edge}: {line}" for line in _compare(before, after, gone))
    own = {stone.id for stone in manifest.tombstones if stone.version == manifest.version}
    if count := len(own - known):
        what = f"withdrawn here that {parent.version} does not have"
        yield f"manifest.json: {are(count, 'row', what)}"


def _compare(before: pl.DataFrame, after: pl.DataFrame, gone: Collection[str]) -> Iterator[str]:
    wanted = before.filter(~pl.col("id").is_in([*gone]))
    if wanted.equals(after) or wanted.height == after.height == 0:
        return
    expected, found = set(wanted["row"]), set(after["row"])
    if count := len(expected - found):
        yield are(count, "row", "missing that nobody withdrew")
    if count := len(found - expected):
        yield are(count, "row", "there that should not be")
    if expected == found and wanted.sort("row").equals(after.sort("row")):
        yield "its rows are in another order"
    elif expected == found:
        yield "rows have other values"


def _rows(release: Path, config: ConfigRecord) -> pl.DataFrame:
    """A config's rows in order; a frame of texts without rows for one without shards."""
    if not config.files:
        return pl.Schema(dict.fromkeys(config.columns, pl.String())).to_frame()
    return pl.concat([read_table(release / file.name, [*config.columns]) for file in config.files])
