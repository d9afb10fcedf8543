"""Whether what a release carried over is what the release before it has: `carried from VERSION`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from artifacts.errors import RecordUnreadable, TableDamaged
from artifacts.files import sha256_file
from artifacts.keys import ROW, are, lost
from artifacts.manifest import MANIFEST, ConfigRecord, Manifest, read_manifest
from artifacts.records import read_run
from artifacts.stage_tables import StageTables, file_problems, open_stage
from artifacts.tables import read_table
from artifacts.version_facts import Release

CARRIED = "carried"
"""The stage that takes in the rows of the release that is extended."""

_MUTATIONS = "mutations"
_SAME = (
    *("id", "prompt", "turns", "category", "question_id", "prompt_style", "encoding"),
    *("label", "sounds_risky", "votes", "rescued", "seed", "root", "base_row"),
    *("writer", "checks", "source", "license"),
)
"""What a carried row must have as it had it; a release of an earlier version has fewer."""


def check_carried(
    release: Path, manifest: Manifest, run: Path | None
) -> tuple[list[str], list[str]]:
    """Holds the carried rows of an extended release against its parent beside it.

    Args:
        release: The release's folder.
        manifest: Its manifest; one of another mode has carried nothing.
        run: The folder of its run, or None where that is not there.

    Returns:
        Problems and notes, one line each.
    """
    lineage = manifest.lineage
    if lineage.mode != "extend":
        return [], []
    if lineage.parent is None:
        return ["manifest.json: an extended release must name the release that it extends"], []
    version = lineage.parent.version
    folder = release.resolve().parent / version
    if not (folder / MANIFEST).exists():
        return [], [f"{version} is not beside it: carried rows were not held against it"]
    try:
        found = [*_check(release, manifest, lineage.parent, folder, run)]
    except (TableDamaged, RecordUnreadable) as error:
        found = [f"cannot be added up: {error}"]
    return [f"carried from {version}: {each}" for each in found], []


def _check(
    release: Path, manifest: Manifest, pinned: Release, folder: Path, run: Path | None
) -> Iterator[str]:
    if sha256_file(folder / MANIFEST) != pinned.manifest:
        yield f"its {MANIFEST} is not the one that was extended (SHA-256 differs)"
    parent = read_manifest(folder)
    for config in parent.configs:
        for file in config.files:
            yield from (f"{file.name}: {why}" for why in file_problems(folder / file.name, file))
    gone = {stone.id for stone in parent.tombstones} - {stone.id for stone in manifest.tombstones}
    if gone:
        yield are(len(gone), "tombstone", "lost")
    columns = _shared(manifest.configs, parent.configs)
    before = _rows(folder, parent.configs, columns)
    shown = _rows(release, manifest.configs, columns).join(before, on="row", how="semi")
    if (count := shown["row"].n_unique()) != manifest.lineage.carried:
        yield f"{are(count, 'row', 'shown')}, the manifest says {manifest.lineage.carried}"
    if count := lost(shown, before).height:
        yield are(count, "row", "released with other values")
    if run is not None:
        yield from _check_run(run, before.select("row").unique())


def _check_run(run: Path, before: pl.DataFrame) -> Iterator[str]:
    """Whether the run took in every row of the release before, and no other.

    A prompt or base request enters at the carried stage, a mutation where its base is mutated.
    """
    stages = _stages(run)
    if CARRIED not in stages:
        yield f"the run has no stage {CARRIED}"
        return
    own = [stages[CARRIED].read(table, ROW) for table in ("kept", "dropped")]
    made = [each.read("kept", ROW) for each in stages.values() if each.has(_MUTATIONS)]
    if count := lost(pl.concat(own), before).height:
        yield are(count, "row", "taken in that is not there")
    if count := lost(before, pl.concat([*own, *made])).height:
        yield are(count, "row", "lost")


def _stages(run: Path) -> dict[str, StageTables]:
    record = read_run(run)
    wanted = [
        entry
        for entry in (record.stages if record else ())
        if entry.name == CARRIED or entry.kind == "expand"
    ]
    return {entry.name: open_stage(run, entry)[0] for entry in wanted}


def _shared(one: Sequence[ConfigRecord], other: Sequence[ConfigRecord]) -> list[str]:
    """The columns to compare: those that every config of both releases has."""
    every = [set(config.columns) for config in (*one, *other)]
    return [name for name in _SAME if all(name in columns for columns in every)]


def _rows(release: Path, configs: Sequence[ConfigRecord], columns: Sequence[str]) -> pl.DataFrame:
    """Each row once for each way in which configs show it, its values as one text."""
    value = pl.struct(columns).struct.json_encode()
    frames = [
        read_table(release / file.name, ["row", *columns]).select("row", value=value)
        for config in configs
        for file in config.files
    ]
    empty = pl.Schema({"row": pl.String(), "value": pl.String()}).to_frame()
    return pl.concat([empty, *frames]).unique()
