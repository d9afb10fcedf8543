"""What became of each row between two releases, and the values that say so."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from artifacts import errors, stage_tables, tables, version_facts
from artifacts.manifest import ConfigRecord, Manifest, ReleaseFacts
from artifacts.release_files import release_file
from artifacts.views import View
from base.errors import ArtifactError


class NotComparableError(ArtifactError):
    """Two releases are of different benchmarks, or one's rows have no ids; exit code 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of two releases by what became of them, each id once however many configs have it.

    Attributes:
        before: Rows of the old release: removed and kept ones.
        now: Rows of the new release: added and kept ones.
        added: Rows of the new release alone.
        removed: Rows of the old release alone.
        withdrawn: Removed rows that people withdrew.
        kept: Rows of both.
        relabelled: Kept rows with another label or category.
        moved: Kept rows that are in other configs than they were.
    """

    before: int
    now: int
    added: int
    removed: int
    withdrawn: int
    kept: int
    relabelled: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has changed from an old release to a new one of the same benchmark.

    Attributes:
        benchmark: The benchmark.
        data_set: The new release's data set.
        old: The old release.
        new: The new release's version; it may not be written yet.
        counts: Rows by what became of them, over all configs.
        configs: Rows by config; those of the new release in its order, then those that are gone.
        categories: By config, by category: (rows before, rows now), unchanged ones included.
        columns: Changed columns, a sentence each.
        models: Changed models and encoders, a sentence each.
        templates: Changed prompt templates, a sentence each.
        recipe: Changed recipe keys but the version: (key, before, now), values as YAML on one line,
            long ones cut, "" where there is no such key.
        sources: Changed sources and licences, a sentence each.
        notes: What could not be compared, and what should not be so.
        fates: What became of each row, sorted by it and id (FATES): ids, no texts.
    """

    benchmark: str
    data_set: str
    old: version_facts.Release
    new: str
    counts: Counts
    configs: tuple[version_facts.Change, ...]
    categories: Mapping[str, Mapping[str, tuple[int, int]]]
    columns: tuple[str, ...]
    models: tuple[str, ...]
    templates: tuple[str, ...]
    recipe: tuple[tuple[str, str, str], ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    fates: pl.DataFrame


_TEXT = pl.String()
_FLAG = pl.Boolean()

FATES = pl.Schema(
    {
        "id": _TEXT,
        "what": _TEXT,
        "relabelled": _FLAG,
        "moved": _FLAG,
        "configs_before": pl.List(_TEXT),
        "configs_now": pl.List(_TEXT),
        "category_before": _TEXT,
        "category_now": _TEXT,
        "label_before": _TEXT,
        "label_now": _TEXT,
    }
)
"""One row an id: `what` is added, removed, withdrawn or kept; `relabelled` and `moved` are false
for all but kept rows. What a release does not have, or has no column for, is null."""


_PLACED = pl.Schema(
    {"config": pl.String, "id": pl.String, "category": pl.String, "label": pl.String}
)
_NEEDED = ("id", "category")


@dataclass(frozen=True, slots=True)
class Side:
    """A release as it is held against another.

    Attributes:
        facts: What it says of itself beside its rows.
        columns: By config, in order: each column's type in words.
        rows: `config`, `id`, `category`, `label`; the label is null where there is no such column.
    """

    facts: ReleaseFacts
    columns: Mapping[str, Mapping[str, str]]
    rows: pl.DataFrame

    def with_names(self, names: Mapping[str, str]) -> "Side":
        """The same with other names for some configs."""
        if not names:
            return self
        columns = {names.get(config, config): said for config, said in self.columns.items()}
        rows = self.rows.with_columns(config=pl.col("config").replace(names))
        return replace(self, columns=columns, rows=rows)

    @property
    def name(self) -> str:
        """Data set and version."""
        return f"{self.facts.data_set} {self.facts.version}"

    def has(self, column: str) -> bool:
        """Whether any config has such a column."""
        return any(column in columns for columns in self.columns.values())


def side_of_folder(release: Path, manifest: Manifest) -> Side:
    """A release folder, all of whose shards are as the manifest says.

    Raises:
        TableDamagedError: A shard is missing, damaged or changed, or there is one too many.
        NotComparableError: Its rows have no ids.
    """
    _require_sound(release, manifest)
    columns = {config.name: config.columns for config in manifest.configs}
    _require_ids(manifest, columns)
    frames = (
        _placed(
            config.name,
            tables.read_table(release_file(release, file.name), _wanted(config.columns)),
        )
        for config in manifest.configs
        for file in config.files
    )
    rows = _together(frames)
    for config in manifest.configs:
        _require_counted(manifest, config, rows.filter(config=config.name))
    return Side(manifest, columns, rows)


def side_of_views(views: Sequence[View], facts: ReleaseFacts) -> Side:
    """A release that is about to be written.

    Raises:
        NotComparableError: Its rows have no ids.
    """
    columns = {view.config: tables.type_names(view.schema) for view in views}
    _require_ids(facts, columns)
    return Side(facts, columns, _together(_placed(view.config, view.rows) for view in views))


def _require_sound(release: Path, manifest: Manifest) -> None:
    rule = _as_stated(manifest)
    files = [file for config in manifest.configs for file in config.files]
    for file in files:
        for problem in stage_tables.file_problems(release_file(release, file.name), file):
            raise errors.TableDamagedError(rule, f"{file.name}: {problem}")
    known = {file.name for file in files}
    for path in sorted(release.rglob("*.parquet")):
        if (name := path.relative_to(release).as_posix()) not in known:
            raise errors.TableDamagedError(rule, f"{name}: the manifest does not know this file")


def _require_counted(manifest: Manifest, config: ConfigRecord, rows: pl.DataFrame) -> None:
    """Holds a config's rows against the numbers that the manifest states of them."""
    if rows.height != config.rows:
        found = f"{config.name}: {rows.height:,} rows and not {config.rows:,}"
        raise errors.TableDamagedError(_as_stated(manifest), found)
    stated = {name: count for name, count in config.categories.items() if count}
    if stated != stage_tables.tally(rows["category"]):
        found = f"{config.name}: other rows by category"
        raise errors.TableDamagedError(_as_stated(manifest), found)


def _as_stated(manifest: Manifest) -> str:
    return f"the shards of {manifest.data_set} {manifest.version} must be as its manifest says"


def _require_ids(facts: ReleaseFacts, columns: Mapping[str, Mapping[str, str]]) -> None:
    for config, names in columns.items():
        for needed in _NEEDED:
            if needed not in names:
                rule = f"rows are compared by id and category, so each must have '{needed}'"
                raise NotComparableError(rule, f"none in {facts.data_set} {facts.version} {config}")


def _wanted(columns: Mapping[str, str]) -> list[str]:
    return [name for name in ("id", "category", "label") if name in columns]


def _placed(config: str, rows: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("label") if "label" in rows.columns else pl.lit(None)
    placed = rows.select(config=pl.lit(config), id="id", category="category", label=label)
    return placed.cast(_PLACED)


def _together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([_PLACED.to_frame(), *frames])


_CHANGED = ("category", "label")


def fates_of(old: pl.DataFrame, new: pl.DataFrame, withdrawn: Collection[str]) -> pl.DataFrame:
    """One row an id (FATES).

    Args:
        old: `config`, `id`, `category`, `label` of the old release, its configs in order.
        new: The same of the new one.
        withdrawn: Ids of rows that people withdrew, as the new release knows them.
    """
    joined = _by_id(old, "before").join(_by_id(new, "now"), on="id", how="full", coalesce=True)
    before, now = (pl.col(f"configs_{when}") for when in ("before", "now"))
    both = before.is_not_null() & now.is_not_null()
    gone = pl.when(pl.col("id").is_in(sorted(withdrawn))).then(pl.lit("withdrawn"))
    what = (
        pl.when(before.is_null())
        .then(pl.lit("added"))
        .when(now.is_null())
        .then(gone.otherwise(pl.lit("removed")))
        .otherwise(pl.lit("kept"))
    )
    # A value that one side has no column for is null, and nobody can say that it changed.
    other = [pl.col(f"{name}_before").ne(pl.col(f"{name}_now")) for name in _CHANGED]
    moved = before.list.sort().ne(now.list.sort())
    return (
        joined.with_columns(
            what=what,
            relabelled=both & pl.any_horizontal(each.fill_null(False) for each in other),
            moved=both & moved.fill_null(False),
        )
        .select(FATES.names())
        .sort("what", "id")
    )


def _by_id(rows: pl.DataFrame, when: str) -> pl.DataFrame:
    """Each id once: the configs that it is in, and the first category and label it has there."""
    return rows.group_by("id", maintain_order=True).agg(
        pl.col("config").unique(maintain_order=True).alias(f"configs_{when}"),
        *(pl.col(name).first().alias(f"{name}_{when}") for name in _CHANGED),
    )


def counts_of(fates: pl.DataFrame) -> Counts:
    """All ids by what became of them."""
    found = {what: count for what, count in fates["what"].value_counts().iter_rows()}
    added, kept, withdrawn = (found.get(each, 0) for each in ("added", "kept", "withdrawn"))
    removed = found.get("removed", 0) + withdrawn
    return Counts(
        before=removed + kept,
        now=added + kept,
        added=added,
        removed=removed,
        withdrawn=withdrawn,
        kept=kept,
        relabelled=int(fates["relabelled"].sum()),
        moved=int(fates["moved"].sum()),
    )


def change_of(config: str, fates: pl.DataFrame) -> version_facts.Change:
    """What became of one config's rows."""
    before = _has(fates, "configs_before", config)
    now = _has(fates, "configs_now", config)
    stays = fates["configs_before"].is_not_null() & fates["configs_now"].is_not_null()
    return version_facts.Change(
        config=config,
        added=int((now & ~stays).sum()),
        removed=int((before & ~stays).sum()),
        kept=int((before & now).sum()),
        relabelled=int((now & fates["relabelled"]).sum()),
        moved_in=int((now & stays & ~before).sum()),
        moved_out=int((before & stays & ~now).sum()),
    )


def _has(fates: pl.DataFrame, column: str, config: str) -> pl.Series:
    return fates[column].list.contains(config).fill_null(False)


def categories_of(
    old: pl.DataFrame, new: pl.DataFrame, configs: Sequence[str], known: Sequence[str]
) -> dict[str, dict[str, tuple[int, int]]]:
    """Rows before and now by config and category, known categories without rows included."""
    counted = [_tallies(rows) for rows in (old, new)]
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for config in configs:
        before, now = (each.get(config, {}) for each in counted)
        names = dict.fromkeys((*known, *sorted({*before, *now})))
        found[config] = {name: (before.get(name, 0), now.get(name, 0)) for name in names}
    return found


def _tallies(rows: pl.DataFrame) -> Mapping[str, Mapping[str, int]]:
    """Ids by config and category, each counted once in a config."""
    once = rows.unique(["config", "id"], keep="first", maintain_order=True)
    tallies: dict[str, dict[str, int]] = {}
    for config, category, count in once.group_by("config", "category").len().iter_rows():
        tallies.setdefault(config, {})[category] = count
    return tallies
