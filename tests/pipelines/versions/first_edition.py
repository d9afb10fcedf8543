"""Releases as the first edition wrote them: each row of every config has its seed's text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from artifacts.manifest import ConfigRecord, canary, read_manifest, write_manifest
from artifacts.schemas import OR_BENCH_WITH_SEEDS
from artifacts.tables import read_table, type_names, write_table


def as_first_edition(release: Path, seeds: Mapping[str, str]) -> None:
    """Rewrites a release with the seeds' texts in place of their ids.

    Args:
        release: The release's folder.
        seeds: The seeds' texts by their ids.
    """
    manifest = read_manifest(release)
    configs = tuple(_written(release, config, seeds) for config in manifest.configs)
    files = [file for config in configs for file in config.files]
    guid = canary(manifest.benchmark, manifest.version, files)
    write_manifest(release, replace(manifest, configs=configs, canary=guid))


def _written(release: Path, config: ConfigRecord, seeds: Mapping[str, str]) -> ConfigRecord:
    names = [name for name in OR_BENCH_WITH_SEEDS if name != "seed"]
    schema = pl.Schema(
        {("seed" if name == "seed_id" else name): OR_BENCH_WITH_SEEDS[name] for name in names}
    )
    files = []
    for file in config.files:
        rows = read_table(release / file.name)
        texts = [seeds.get(id) for id in rows["seed_id"]]
        old = rows.with_columns(seed=pl.Series(texts, dtype=pl.String)).select(schema.names())
        files.append(replace(write_table(release / file.name, old, schema), name=file.name))
    return replace(config, columns=type_names(schema), files=tuple(files))
