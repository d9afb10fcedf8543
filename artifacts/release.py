"""A release: Parquet shards, a card, and last of all the manifest. Once there, it is immutable."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path

import polars as pl

from artifacts import errors, stage_tables, tables
from artifacts.card import card
from artifacts.manifest import (
    CARD,
    REPORT,
    CardRecord,
    ConfigRecord,
    Manifest,
    ReleaseFacts,
    canary,
    write_manifest,
)
from artifacts.release_files import release_file
from artifacts.releases import damages, is_taken, open_sound
from artifacts.schemas import DRAWN, LABELS
from artifacts.seed_columns import SEED, SEED_ID, with_seed_ids
from artifacts.sorry_bench_schemas import NAMED, VARIANT
from artifacts.staging import staging, take_place
from artifacts.views import View
from base.files import FileRecord, replacing, sha256_file


def shard_name(index: int, shards: int) -> str:
    """The Hub's name of a shard: `train-00000-of-00001.parquet`."""
    return f"train-{index:05d}-of-{shards:05d}.parquet"


def write_release(
    folder: Path,
    views: Sequence[View],
    release: ReleaseFacts,
    *,
    template: str = "or_bench",
    complete: Callable[[ReleaseFacts], ReleaseFacts] | None = None,
    report: Callable[[Manifest], str] | None = None,
    limit: tables.Limit = tables.SHARD,
) -> Manifest:
    """Writes a release folder, whole or not at all.

    Where the folder is there and holds the same data, it is left as it is. Several processes may
    write at once, each aside: the first that is done has written the release.

    Args:
        folder: `out/releases/<benchmark>/<version>`.
        views: The configs, the default one first.
        release: What the manifest says beside them.
        template: The card's template.
        complete: Adds what takes long to find out, the audit; called for a new release alone, and
            what it raises leaves no release.
        report: Draws the report of the release, given its manifest without one; None for none.
        limit: The most that one shard may hold.

    Returns:
        The manifest of the folder as it now is.

    Raises:
        ReleaseTakenError: The folder holds a release with other data.
        ReleaseDamagedError: The folder holds something else, or a file of it, or one that was just
            written, is not as it should be.
        FileUnwritableError: A file cannot be written; `NoSpaceError` where the disk is full.
    """
    with staging(folder) as made:
        names = release.released_categories
        configs = tuple(_write_config(made, view, names, limit) for view in views)
        if is_taken(folder):
            return _unchanged(folder, release, views, configs)
        facts = release if complete is None else complete(release)
        manifest = _with_pages(made, views, facts, configs, template, report)
        write_manifest(made, manifest)
        _require_whole(made, manifest)
        if take_place(made, folder):
            return manifest
        return _unchanged(folder, release, views, configs)


def _require_whole(made: Path, manifest: Manifest) -> None:
    """Reads every file once more: what takes its place is immutable."""
    for problem in damages(made, manifest):
        rule = "a release must lie on the disk as it was written; run the same command again"
        raise errors.ReleaseDamagedError(rule, problem)


def _with_pages(
    folder: Path,
    views: Sequence[View],
    release: ReleaseFacts,
    configs: tuple[ConfigRecord, ...],
    template: str,
    report: Callable[[Manifest], str] | None,
) -> Manifest:
    """The manifest of a release whose shards are written, with its card and its report."""
    shards = [file for config in configs for file in config.files]
    guid = canary(release.data_set, release.version, shards)
    text = card(release, views, configs, guid, template)
    stated = {field.name: getattr(release, field.name) for field in fields(ReleaseFacts)}
    manifest = Manifest(
        **stated, canary=guid, configs=configs, card=_write_page(folder / CARD, text)
    )
    if report is None:
        return manifest
    return replace(manifest, report=_write_page(folder / REPORT, report(manifest)))


def _write_config(
    folder: Path, view: View, categories: Sequence[str], limit: tables.Limit
) -> ConfigRecord:
    pieces = list(tables.cuts(tables.row_bytes(view.rows), limit))
    files: list[FileRecord] = []
    for index, (offset, length) in enumerate(pieces):
        name = f"{view.config}/{shard_name(index, len(pieces))}"
        record = tables.write_table(folder / name, view.rows.slice(offset, length), view.schema)
        files.append(replace(record, name=name))
    counts = stage_tables.tally(view.rows["category"])
    return ConfigRecord(
        name=view.config,
        rows=view.rows.height,
        stage=view.stage,
        where=view.where,
        redistribute=view.redistribute,
        columns=tables.type_names(view.schema),
        categories={**dict.fromkeys(categories, 0), **counts},
        files=tuple(files),
    )


def _write_page(path: Path, text: str) -> CardRecord:
    data = text.encode()
    with replacing(path) as file:
        file.write(data)
    return CardRecord(path.name, sha256_file(path), len(data))


def _unchanged(
    folder: Path, new: ReleaseFacts, views: Sequence[View], configs: Sequence[ConfigRecord]
) -> Manifest:
    old = open_sound(folder)
    rule = "a release is immutable; give what has changed another release.version"
    before = {config.name: config for config in old.configs}
    after = {record.name: (record, view) for record, view in zip(configs, views, strict=True)}
    for name in sorted({*before, *after}):
        if not (name in before and name in after and _same(folder, before[name], *after[name])):
            raise errors.ReleaseTakenError(rule, f"other data of {name} for {folder}")
    # What a later release takes over from this one must be what its manifest says.
    for stated in ("license", "demo", "lineage", "tombstones", "review"):
        if getattr(old, stated) != getattr(new, stated):
            raise errors.ReleaseTakenError(rule, f"another {stated} for {folder}")
    return old


def _same(folder: Path, was: ConfigRecord, now: ConfigRecord, view: View) -> bool:
    """Whether a config is what it was.

    One of an earlier form has fewer columns: its seeds are named by their texts, or nothing is said
    of level, form, variant, subsets, category or base. It has the same rows where what it says of
    them is the same.
    """
    if (was.columns, was.files) == (now.columns, now.files):
        return True
    if was.rows != now.rows or not _is_of_earlier_form(was, view):
        return False
    files = [tables.read_table(release_file(folder, file.name)) for file in was.files]
    if not files:
        return True
    rows = with_seed_ids(pl.concat(files), texts=SEED in view.schema)
    return set(rows.columns) <= set(view.schema) and rows.equals(view.rows.select(rows.columns))


def _is_of_earlier_form(was: ConfigRecord, view: View) -> bool:
    names_seeds = SEED in was.columns and SEED_ID not in was.columns
    said = (*LABELS, *DRAWN, *NAMED, VARIANT)
    return names_seeds or any(name in view.schema for name in said if name not in was.columns)
