"""The bytes that leave: every shard and every authors' file; and the rows of all stages behind."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.golden.content import bytes_digest, comparable, content, lost, paths_of, stage_tables
from tests.golden.pins import pinned_json
from tests.golden.world import World

_RUNS = {"or-bench": "or", "sorry-bench": "sorry"}
_RELEASES = pytest.mark.parametrize("benchmark", _RUNS)

_NOT_OF_SORRY_BENCH = {
    "contested": "int",
    "undecided": "int",
    "sounds_risky.measured": "int",
    "sounds_risky.risky": "int",
    "rescue": "null",
    "panel": "null",
    "hard": "null",
    "toxic": "null",
}
"""OR-Bench's fields, which SORRY-Bench's manifest has as zeros and nulls: it may lose them, all or
some of them, and nothing else."""

_OTHERWISE = {
    *("created", "recipe", "card", "report"),  # times, addresses of servers, texts for people
    *("funnel", "templates", "audit"),  # the stages' rows are pinned below
}
"""What of a manifest is pinned by its keys alone."""

_NAMED_BY_DATA = ("templates.", "funnel[].parents.")
"""Keys that are no fields: names of files with templates, and of stages."""


@_RELEASES
def test_every_shard_and_every_authors_file_has_the_bytes_it_had(
    world: World, benchmark: str
) -> None:
    folder = _release(world, benchmark)
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in _DATA]
    found = {str(path.relative_to(folder)): bytes_digest(path) for path in files}
    exports = world.out / "exports" / benchmark / folder.name
    for path in sorted(exports.rglob("*.*")):
        found[str(path.relative_to(exports))] = bytes_digest(path)
    assert found == pinned_json(f"{benchmark}.files.json", found)
    assert len(found) > 5


@_RELEASES
def test_every_config_has_the_rows_it_had(world: World, benchmark: str) -> None:
    """Says, where bytes have changed, whether it was the rows or the library that writes them."""
    folders = sorted({path.parent for path in _release(world, benchmark).rglob("*.parquet")})
    tables = {folder.name: pl.read_parquet(folder / "*.parquet") for folder in folders}
    found = {name: content(table, table.columns) for name, table in tables.items()}
    assert found == pinned_json(f"{benchmark}.rows.json", found)


@_RELEASES
def test_no_field_of_the_manifest_is_lost_or_renamed(world: World, benchmark: str) -> None:
    found = _fields(_release(world, benchmark) / "manifest.json")
    pinned = pinned_json(f"{benchmark}.manifest.json", found)
    changed = {path: types for path, types in pinned.items() if found.get(path) != types}
    if benchmark == "sorry-bench":
        gone = {path: [kind] for path, kind in _NOT_OF_SORRY_BENCH.items() if path not in found}
        assert gone.items() <= changed.items()
        changed = {path: types for path, types in changed.items() if path not in gone}
    assert changed == {}


@_RELEASES
def test_the_manifest_says_what_it_said(world: World, benchmark: str) -> None:
    path = _release(world, benchmark) / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    zeros = _NOT_OF_SORRY_BENCH if benchmark == "sorry-bench" else ()
    left_out = {*_OTHERWISE, *(path.partition(".")[0] for path in zeros)}
    found = comparable({key: value for key, value in said.items() if key not in left_out})
    assert list(lost(pinned_json(f"{benchmark}.said.json", found), found)) == []


@_RELEASES
def test_every_stage_keeps_drops_and_notes_the_rows_it_did(world: World, benchmark: str) -> None:
    tables = stage_tables(world.out / "runs" / _RUNS[benchmark] / _release(world, benchmark).name)
    whole = {name: content(table, sorted(table.columns)) for name, table in tables.items()}
    pinned = pinned_json(f"{benchmark}.stages.json", whole)
    assert sorted(tables) == sorted(pinned)
    lost = {name: set(pin["columns"]) - {*tables[name].columns} for name, pin in pinned.items()}
    assert not any(lost.values()), lost
    assert {name: content(tables[name], pin["columns"]) for name, pin in pinned.items()} == pinned


def test_the_pinned_runs_drop_for_every_kind_of_reason(world: World) -> None:
    reasons = {
        reason
        for run in _RUNS.values()
        for name, table in stage_tables(world.out / "runs" / run).items()
        if name.endswith("/dropped")
        for reason in table["reason"]
    }
    assert reasons > {
        "exact_duplicate", "near_duplicate", "drift_near", "safety_words", "category_full",
        "opener_share", "writer_refused", "wrong_language", "style_stopped", "no_category",
    }  # fmt: skip


_DATA = (".parquet", ".csv", ".jsonl")


def _release(world: World, benchmark: str) -> Path:
    return {"or-bench": world.or_bench, "sorry-bench": world.sorry_bench}[benchmark]


def _fields(manifest: Path) -> dict[str, list[str]]:
    """The key paths of a manifest with their types; names that are data stand as `*`."""
    found: dict[str, set[str]] = {}
    for path, kind in paths_of(json.loads(manifest.read_text(encoding="utf-8"))):
        before = next((name for name in _NAMED_BY_DATA if path.startswith(name)), None)
        found.setdefault(path if before is None else f"{before}*", set()).add(kind)
    return {path: sorted(kinds) for path, kinds in sorted(found.items())}
