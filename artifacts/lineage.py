"""Whether the rows of a config are the kept rows that its condition selects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from artifacts.errors import TableDamaged
from artifacts.keys import are, lost, repeated
from artifacts.manifest import ConfigRecord
from artifacts.schemas import SUBSETS
from artifacts.stage_tables import StageTables, edge_name
from artifacts.tables import read_table
from artifacts.views import meets

_RELEASED = {
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


def check_lineage(release: Path, config: ConfigRecord, tables: StageTables | None) -> Iterator[str]:
    """One line for each way in which a config differs from the kept rows of its stage."""
    edge = edge_name(config.name, (config.stage,))
    if tables is None:
        yield f"{edge}: the run has no stage of that name"
        return
    if unknown := [name for name in config.where if name not in SUBSETS]:
        yield f"{edge}: its condition names columns that no table has: {', '.join(unknown)}"
        return
    # A release of an earlier version has fewer columns.
    shown = {old: new for old, new in _RELEASED.items() if new in config.columns}
    columns = pl.Schema({name: SUBSETS[name] for name in {**shown, **config.where}})
    try:
        wanted = tables.read("kept", columns).filter(meets(config.where))
        found = _released(release, config, shown)
    except TableDamaged as error:
        yield f"{edge}: cannot be added up: {error}"
        return
    yield from _compare(edge, wanted.select(*shown).rename(shown), found)


def _released(release: Path, config: ConfigRecord, shown: Mapping[str, str]) -> pl.DataFrame:
    empty = pl.Schema({new: SUBSETS[old] for old, new in shown.items()}).to_frame()
    shards = [read_table(release / file.name, [*shown.values()]) for file in config.files]
    return pl.concat([empty, *shards])


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
