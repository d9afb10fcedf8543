"""Rows that are carried over keep their texts and ids, whatever cleaning has learnt since."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from artifacts.releases import open_release
from checks.clean import tidy
from checks.identity import content_id
from pipelines.versions.lineage import carried_prompts
from tests.artifacts.small_run import make_run

_HIDDEN = "\u200e\U000e0041\u200b"


def test_a_carried_row_keeps_what_tidying_would_take_out(tmp_path: Path) -> None:
    small = make_run(tmp_path / "out")
    kept = small.kept("subsets")
    small.publish(kept.with_columns(text=pl.col("text") + _HIDDEN), version="1.1")
    release = open_release(small.release)
    carried = carried_prompts(release, frozenset()).kept
    released = {row["row"]: row for row in kept.iter_rows(named=True)}
    assert carried
    for row in carried:
        assert row["text"] == released[row["row"]]["text"] + _HIDDEN
        assert tidy(row["text"]) == released[row["row"]]["text"]
    shards = [
        pl.read_parquet(release.path / file.name)
        for config in release.manifest.configs
        for file in config.files
    ]
    ids = {row: id for shard in shards for row, id in shard.select("row", "id").iter_rows()}
    assert {row["row"]: content_id(row["text"]) for row in carried} == ids


def test_ids_of_texts_are_what_they_were() -> None:
    assert content_id("How do I kill a process?") == "bb1426a4b9c50588"
    assert content_id(f"How do I kill{_HIDDEN} a process?") == "7d80dbbfe0ed17a8"
