"""Holds two releases of one benchmark against each other."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from artifacts.config_names import same_config
from artifacts.diff import inputs
from artifacts.diff.rows import (
    Difference,
    NotComparableError,
    Side,
    categories_of,
    change_of,
    counts_of,
    fates_of,
    side_of_folder,
    side_of_views,
)
from artifacts.manifest import MANIFEST, ReleaseFacts, read_manifest
from artifacts.version_facts import Changes, Release
from artifacts.views import View
from base.files import sha256_file


def changes_of(difference: Difference) -> Changes:
    """The difference without its rows; of categories those alone whose counts differ."""
    changed = {
        config: {name: pair for name, pair in counts.items() if pair[0] != pair[1]}
        for config, counts in difference.categories.items()
    }
    return Changes(
        since=difference.old,
        configs=difference.configs,
        categories={config: counts for config, counts in changed.items() if counts},
        models=difference.models,
        recipe=difference.recipe,
        withdrawn=difference.counts.withdrawn,
        templates=difference.templates,
        sources=difference.sources,
        columns=difference.columns,
    )


def compare(old: Path, new: Path) -> Difference:
    """What has changed from one release folder to another of the same benchmark.

    Rows are told by `id`, that is by their text: each id counts once, however often and in however
    many configs it is there.

    Raises:
        RecordUnreadableError: A folder holds no release, or its manifest is malformed.
        NotComparableError: The releases are of different benchmarks, or one's rows have no ids.
        TableDamagedError: A shard is not what its manifest says.
    """
    before, now = read_manifest(old), read_manifest(new)
    _require_one_benchmark(before, now)
    return _difference(_pin(old), side_of_folder(old, before), side_of_folder(new, now))


def compare_rows(old: Path, views: Sequence[View], facts: ReleaseFacts) -> Difference:
    """What will have changed since a release folder when a release is written; see `compare`.

    Args:
        old: The release before.
        views: The configs of the release to come.
        facts: What it says of itself beside them; its `changes` are not looked at.

    Raises:
        RecordUnreadableError: The folder holds no release, or its manifest is malformed.
        NotComparableError: The releases are of different benchmarks, or one's rows have no ids.
        TableDamagedError: A shard is not what its manifest says.
    """
    before = read_manifest(old)
    _require_one_benchmark(before, facts)
    return _difference(_pin(old), side_of_folder(old, before), side_of_views(views, facts))


def _require_one_benchmark(old: ReleaseFacts, new: ReleaseFacts) -> None:
    if old.benchmark != new.benchmark:
        rule = "two releases must be of the same benchmark to be compared"
        raise NotComparableError(rule, f"{old.benchmark} and {new.benchmark}")


def _pin(release: Path) -> Release:
    return Release(read_manifest(release).version, sha256_file(release / MANIFEST))


def _difference(pinned: Release, before: Side, new: Side) -> Difference:
    renamed = _renamed(before, new)
    old = before.with_names(renamed)
    configs = tuple(dict.fromkeys((*new.columns, *old.columns)))
    stones = {stone.id for stone in new.facts.tombstones}
    fates = fates_of(old.rows, new.rows, stones)
    known = tuple(dict.fromkeys((*new.facts.released_categories, *old.facts.released_categories)))
    return Difference(
        benchmark=new.facts.benchmark,
        data_set=new.facts.data_set,
        old=pinned,
        new=new.facts.version,
        counts=counts_of(fates),
        configs=tuple(change_of(config, fates) for config in configs),
        categories=categories_of(old.rows, new.rows, configs, known),
        columns=tuple(inputs.columns_changed(old, new)),
        models=tuple(inputs.models_changed(old.facts, new.facts)),
        templates=tuple(inputs.templates_changed(old.facts, new.facts)),
        recipe=tuple(inputs.recipe_changed(old.facts, new.facts)),
        sources=tuple(inputs.sources_changed(old.facts, new.facts)),
        notes=(*_renaming_notes(renamed), *_notes(old, new, fates)),
        fates=fates,
    )


def _renamed(old: Side, new: Side) -> dict[str, str]:
    """Configs of the old release whose part of the set has another name in the new one."""
    now = {name: same_config(name, new.columns) for name in old.columns if name not in new.columns}
    return {was: is_ for was, is_ in now.items() if is_ is not None and is_ not in old.columns}


def _renaming_notes(renamed: Mapping[str, str]) -> Iterator[str]:
    for was, is_ in renamed.items():
        yield f"config {was} is called {is_} now, and is compared as it"


def _notes(old: Side, new: Side, fates: pl.DataFrame) -> Iterator[str]:
    if old.has("label") != new.has("label"):
        without = old if new.has("label") else new
        yield f"labels are not compared: {without.name} has no column 'label'"
    if bool(old.facts.templates) != bool(new.facts.templates):
        without = old if new.facts.templates else new
        yield f"templates cannot be compared: the manifest of {without.name} names none"
    for side in (old, new):
        if not inputs.flattened(side.facts.recipe.text):
            yield f"recipe keys cannot be compared: the recipe of {side.name} is no YAML"
        if repeats := _repeats(side.rows):
            yield f"{side.name}: rows whose id another row of the config has: {repeats:,}"
    stones = {stone.id for stone in old.facts.tombstones}
    back = fates.filter(pl.col("configs_now").is_not_null() & pl.col("id").is_in(sorted(stones)))
    if back.height:
        yield f"rows that people had withdrawn before {new.name} are back in it: {back.height:,}"
    if old.facts.data_set != new.facts.data_set:
        yield f"they are of two data sets: {old.name} and {new.name}"
    if old.facts.demo != new.facts.demo:
        yield f"{(old if old.facts.demo else new).name} is a demo, the other is none"


def _repeats(rows: pl.DataFrame) -> int:
    return rows.height - rows.select("config", "id").n_unique()
