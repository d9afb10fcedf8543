"""Whether the rows of a config are the kept rows that its condition selects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import polars as pl

from artifacts.errors import TableDamaged
from artifacts.keys import are, lost, repeated
from artifacts.manifest import ConfigRecord
from artifacts.mutation_schemas import COLLECTED
from artifacts.schemas import SUBSETS
from artifacts.stage_tables import StageTables, edge_name
from artifacts.tables import read_table
from artifacts.views import meets
from checks.identity import content_id

_OR_BENCH = {
    "row": "row",
    "text": "prompt",
    "category": "category",
    "root": "root",
    "writer": "writer",
    "label": "label",
    "sounds_risky": "sounds_risky",
    "source": "source",
    "license": "license",
    "rescued": "rescued",
    "refusals": "refusals",
    "answers": "answered",
}
_SORRY_BENCH = {
    "row": "row",
    "question_id": "question_id",
    "number": "category",
    "text": "turns",
    "prompt_style": "prompt_style",
    "id": "id",
    "root": "root",
    "base_row": "base_row",
    "writer": "writer",
    "encoding": "encoding",
    "source": "source",
    "license": "license",
}
_TURNS = "turns"


def check_lineage(
    release: Path,
    config: ConfigRecord,
    tables: StageTables | None,
    gone: Collection[str] = (),
) -> Iterator[str]:
    """One line for each way in which a config differs from the kept rows of its stage.

    Args:
        release: The release's folder.
        config: The config.
        tables: The tables of its stage, or None where the run has no such stage.
        gone: Ids of rows that people withdrew: they are kept rows still, and not released.
    """
    edge = edge_name(config.name, (config.stage,))
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
    except TableDamaged as error:
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
    return (COLLECTED, _SORRY_BENCH) if _TURNS in config.columns else (SUBSETS, _OR_BENCH)


def _released(
    release: Path, config: ConfigRecord, shown: Mapping[str, str], kept: pl.Schema
) -> pl.DataFrame:
    empty = pl.Schema({new: kept[old] for old, new in shown.items()}).to_frame()
    shards = [read_table(release / file.name, [*shown.values()]) for file in config.files]
    return pl.concat([empty, *map(_one_turn, shards)])


def _one_turn(shard: pl.DataFrame) -> pl.DataFrame:
    """Turns as the one text that they hold; null where they hold another number of them."""
    if _TURNS not in shard.columns:
        return shard
    one = pl.col(_TURNS).list.len() == 1
    return shard.with_columns(pl.when(one).then(pl.col(_TURNS).list.first()).alias(_TURNS))


def _compare(edge: str, wanted: pl.DataFrame, found: pl.DataFrame) -> Iterator[str]:
    keys, released = wanted.select("row"), found.select("row")
    if count := lost(keys, released).height:
        yield f"{edge}: {are(count, 'row', 'lost')}"
    if count := lost(released, keys).height:
        yield f"{edge}: {are(count, 'row', 'released that should not be')}"
    if count := repeated(released):
        yield f"{edge}: {are(count, 'row', 'released more than once')}"
    shared = found.join(keys, on="row", how="semi")
    if count := lost(shared, wanted).height:
        yield f"{edge}: {are(count, 'row', 'released with other values')}"
