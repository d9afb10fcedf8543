"""Whether a release's rows are the kept, carried and reviewed rows that they should be."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from artifacts import stage_tables
from artifacts.errors import TableDamagedError
from artifacts.manifest import MANIFEST, ConfigRecord, Manifest, read_manifest
from artifacts.records import read_run
from artifacts.release_files import release_file
from artifacts.schemas import (
    MADE_ANEW,
    OR_BENCH,
    OR_BENCH_ANY,
    OR_BENCH_KEPT,
    SUBSETS,
)
from artifacts.seed_columns import SEED, SEED_ID, names_seeds, with_seed_ids
from artifacts.sorry_bench_schemas import COLLECTED, SORRY_BENCH, SORRY_BENCH_KEPT
from artifacts.tables import read_table
from artifacts.version_facts import Release
from artifacts.views import meets
from base import errors, files
from checks.identity import content_id

_TURNS = "turns"
_ROUNDED = ("checks",)
"""Columns whose scores are released with fewer digits than they were kept with."""


def check_lineage(
    release: Path,
    config: ConfigRecord,
    tables: stage_tables.StageTables | None,
    gone: Collection[str] = (),
) -> Iterator[str]:
    """One line for each way in which a config differs from the kept rows of its stage.

    Args:
        release: The release's folder.
        config: The config.
        tables: The tables of its stage, or None where the run has no such stage.
        gone: Ids of rows that people withdrew: they are kept rows still, and not released.
    """
    edge = stage_tables.edge_name(config.name, (config.stage,))
    if tables is None:
        yield f"{edge}: the run has no stage of that name"
        return
    kept, released = _form(config)
    if unknown := [name for name in config.where if name not in kept]:
        yield f"{edge}: its condition names columns that no table has: {', '.join(unknown)}"
        return
    # A release of an earlier version has fewer columns.
    shown = {old: new for old, new in released.items() if new in config.columns}
    columns = pl.Schema({name: kept[name] for name in {**shown, **config.where}})
    try:
        wanted = _left(tables.read("kept", columns).filter(meets(config.where)), gone)
        found = _released(release, config, shown, kept)
    except TableDamagedError as error:
        yield f"{edge}: cannot be added up: {error}"
        return
    yield from _compare(edge, wanted.select(*shown).rename(shown), found)


def _left(kept: pl.DataFrame, gone: Collection[str]) -> pl.DataFrame:
    """The rows that nobody withdrew; an over-refusal set's tables have no ids, but the texts."""
    if not gone:
        return kept
    ids = kept["id"] if "id" in kept.columns else [content_id(text) for text in kept["text"]]
    return kept.filter(pl.Series([id not in gone for id in ids], dtype=pl.Boolean))


def _form(config: ConfigRecord) -> tuple[pl.Schema, Mapping[str, str]]:
    """The columns of kept rows, and how those that are released are called then."""
    if _TURNS in config.columns:
        return COLLECTED, _as_kept(SORRY_BENCH, COLLECTED, SORRY_BENCH_KEPT)
    return SUBSETS, _as_kept(OR_BENCH, SUBSETS, OR_BENCH_KEPT)


def _as_kept(released: pl.Schema, kept: pl.Schema, renamed: Mapping[str, str]) -> Mapping[str, str]:
    """The released columns that hold what kept rows hold, by their names there."""
    names = {renamed.get(name, name): name for name in released if name not in _ROUNDED}
    return {name: shown for name, shown in names.items() if name in kept}


def _released(
    release: Path, config: ConfigRecord, shown: Mapping[str, str], kept: pl.Schema
) -> pl.DataFrame:
    empty = pl.Schema({new: kept[old] for old, new in shown.items()}).to_frame()
    shards = [
        read_table(release_file(release, file.name), [*shown.values()]) for file in config.files
    ]
    return pl.concat([empty, *map(_one_turn, shards)])


def _one_turn(shard: pl.DataFrame) -> pl.DataFrame:
    """Turns as the one text that they hold; null where they hold another number of them."""
    if _TURNS not in shard.columns:
        return shard
    one = pl.col(_TURNS).list.len() == 1
    return shard.with_columns(pl.when(one).then(pl.col(_TURNS).list.first()).alias(_TURNS))


def _compare(edge: str, wanted: pl.DataFrame, found: pl.DataFrame) -> Iterator[str]:
    keys, released = wanted.select("row"), found.select("row")
    if count := stage_tables.lost(keys, released).height:
        yield f"{edge}: {stage_tables.are(count, 'row', 'lost')}"
    if count := stage_tables.lost(released, keys).height:
        yield f"{edge}: {stage_tables.are(count, 'row', 'released that should not be')}"
    if count := stage_tables.repeated(released):
        yield f"{edge}: {stage_tables.are(count, 'row', 'released more than once')}"
    shared = found.join(keys, on="row", how="semi")
    if count := stage_tables.lost(shared, wanted).height:
        yield f"{edge}: {stage_tables.are(count, 'row', 'released with other values')}"


CARRIED = "carried"
"""The stage that takes in the rows of the release that is extended."""

_MUTATIONS = "mutations"
_SAME = tuple(name for name in {**OR_BENCH_ANY, **SORRY_BENCH} if name not in MADE_ANEW)
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
    except (TableDamagedError, errors.RecordUnreadableError) as error:
        found = [f"cannot be added up: {error}"]
    return [f"carried from {version}: {each}" for each in found], []


def _check(
    release: Path, manifest: Manifest, pinned: Release, folder: Path, run: Path | None
) -> Iterator[str]:
    if files.sha256_file(folder / MANIFEST) != pinned.manifest:
        yield f"its {MANIFEST} is not the one that was extended (SHA-256 differs)"
    parent = read_manifest(folder)
    for config in parent.configs:
        for file in config.files:
            yield from (
                f"{file.name}: {why}"
                for why in stage_tables.file_problems(release_file(folder, file.name), file)
            )
    gone = {stone.id for stone in parent.tombstones} - {stone.id for stone in manifest.tombstones}
    if gone:
        yield stage_tables.are(len(gone), "tombstone", "lost")
    columns = _shared(manifest.configs, parent.configs)
    before = _rows(folder, parent.configs, columns)
    shown = _rows(release, manifest.configs, columns).join(before, on="row", how="semi")
    if (count := shown["row"].n_unique()) != manifest.lineage.carried:
        shown_rows = stage_tables.are(count, "row", "shown")
        yield f"{shown_rows}, the manifest says {manifest.lineage.carried}"
    if count := stage_tables.lost(shown, before).height:
        yield stage_tables.are(count, "row", "released with other values")
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
    own = [stages[CARRIED].read(table, stage_tables.ROW) for table in ("kept", "dropped")]
    made = [each.read("kept", stage_tables.ROW) for each in stages.values() if each.has(_MUTATIONS)]
    if count := stage_tables.lost(pl.concat(own), before).height:
        yield stage_tables.are(count, "row", "taken in that is not there")
    if count := stage_tables.lost(before, pl.concat([*own, *made])).height:
        yield stage_tables.are(count, "row", "lost")


def _stages(run: Path) -> dict[str, stage_tables.StageTables]:
    record = read_run(run)
    wanted = [
        entry
        for entry in (record.stages if record else ())
        if entry.name == CARRIED or entry.kind == "expand"
    ]
    return {entry.name: stage_tables.open_stage(run, entry)[0] for entry in wanted}


def _shared(one: Sequence[ConfigRecord], other: Sequence[ConfigRecord]) -> list[str]:
    """The columns to compare: those that every config of both releases has, a seed's id included.

    It follows from the seed's text, which the first edition has in its place.
    """
    every = [names_seeds(config.columns) for config in (*one, *other)]
    return [name for name in _SAME if all(name in columns for columns in every)]


def _rows(release: Path, configs: Sequence[ConfigRecord], columns: Sequence[str]) -> pl.DataFrame:
    """Each row once for each way in which configs show it, its values as one text."""
    value = pl.struct(columns).struct.json_encode()
    frames = []
    for config in configs:
        named = SEED_ID in config.columns or SEED_ID not in columns
        wanted = columns if named else [SEED, *(set(columns) - {SEED, SEED_ID})]
        for file in config.files:
            rows = read_table(release_file(release, file.name), ["row", *wanted])
            frames.append(with_seed_ids(rows, texts=True).select("row", value=value))
    empty = pl.Schema({"row": pl.String(), "value": pl.String()}).to_frame()
    return pl.concat([empty, *frames]).unique()


def check_withdrawn(release: Path, manifest: Manifest) -> Iterator[str]:
    """One line for each config of any release that still has a row which people withdrew."""
    gone = withdrawn_ids(manifest)
    for config in manifest.configs if gone else ():
        try:
            count = _reviewed_rows(release, config).filter(pl.col("id").is_in([*gone])).height
        except TableDamagedError:
            continue  # its hash has been reported
        if count:
            yield f"{config.name}: {stage_tables.are(count, 'withdrawn row', 'there still')}"


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
    except errors.RecordUnreadableError as error:
        return [f"{version}: {error.rule}"], []
    problems = list(_check_parent(folder, parent, manifest))
    # Rows of a parent that has changed would only be reported once more.
    return problems or list(_check_rows(folder, parent, release, manifest)), []


def _check_parent(folder: Path, parent: Manifest, manifest: Manifest) -> Iterator[str]:
    version, pinned = parent.version, manifest.lineage.parent
    if pinned is not None and files.sha256_file(folder / MANIFEST) != pinned.manifest:
        yield f"{version}: its manifest is not the one that was reviewed (SHA-256 differs)"
    if manifest.review is None or manifest.review.of != pinned:
        yield f"manifest.json: its review must be that of {version}"
    for config in parent.configs:
        for file in config.files:
            problems = stage_tables.file_problems(release_file(folder, file.name), file)
            yield from (f"{version}/{file.name}: {problem}" for problem in problems)
    names = [config.name for config in parent.configs]
    if names != [config.name for config in manifest.configs]:
        yield f"manifest.json: its configs must be those of {version}: {', '.join(names)}"
    if count := len(withdrawn_ids(parent) - withdrawn_ids(manifest)):
        yield f"manifest.json: {stage_tables.are(count, 'tombstone', f'lost that {version} has')}"


def _check_rows(folder: Path, parent: Manifest, release: Path, manifest: Manifest) -> Iterator[str]:
    gone, known = withdrawn_ids(manifest), set[str]()
    for was, now in zip(parent.configs, manifest.configs, strict=True):
        edge = f"{parent.version} -> {now.name}"
        try:
            before, after = _reviewed_rows(folder, was), _reviewed_rows(release, now)
        except TableDamagedError as error:
            yield f"{edge}: cannot be compared: {error}"
            continue
        known.update(before["id"])
        if was.columns != now.columns:
            # Rows of the first edition lose their seeds' texts, and have their ids.
            before = with_seed_ids(before, texts=SEED in now.columns)
            if before.columns != list(now.columns):
                yield f"{edge}: its columns have changed"
                continue
        yield from (f"{edge}: {line}" for line in _compare_reviewed(before, after, gone))
    own = {stone.id for stone in manifest.tombstones if stone.version == manifest.version}
    if count := len(own - known):
        what = f"withdrawn here that {parent.version} does not have"
        yield f"manifest.json: {stage_tables.are(count, 'row', what)}"


def _compare_reviewed(
    before: pl.DataFrame, after: pl.DataFrame, gone: Collection[str]
) -> Iterator[str]:
    wanted = before.filter(~pl.col("id").is_in([*gone]))
    if wanted.equals(after) or wanted.height == after.height == 0:
        return
    expected, found = set(wanted["row"]), set(after["row"])
    if count := len(expected - found):
        yield stage_tables.are(count, "row", "missing that nobody withdrew")
    if count := len(found - expected):
        yield stage_tables.are(count, "row", "there that should not be")
    if expected == found and wanted.sort("row").equals(after.sort("row")):
        yield "its rows are in another order"
    elif expected == found:
        yield "rows have other values"


def _reviewed_rows(release: Path, config: ConfigRecord) -> pl.DataFrame:
    """A config's rows in order; a frame of texts without rows for one without shards."""
    if not config.files:
        return pl.Schema(dict.fromkeys(config.columns, pl.String())).to_frame()
    return pl.concat(
        [read_table(release_file(release, file.name), [*config.columns]) for file in config.files]
    )
