"""Writers that are asked in order, from the recipe to the release, on a server at loopback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import CARD, Manifest
from artifacts.release_facts import WriterCounts
from artifacts.release_tables import of_manifest
from artifacts.verify.release import verify
from artifacts.writer_tables import refusal_lines
from pipelines.runner.run import Run
from tests.pipelines.or_bench.three_writers import SEEDS, build, number_of, write_recipe, writers
from tests.servers.counting import Call
from tests.servers.openai_server import Server, serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

_CALLS = 43
"""a: 16, b: 16, c: 11; see `_COUNTED`."""

_COUNTED = {
    # Asked about all 13. Calls: 3 refusals, 3 that do, 3 x 2 tries, 3 refusals in words, 1 refusal.
    # Texts: 3 x 2 that do, 3 x 2 tries x 2.
    "a": WriterCounts(asked=13, calls=16, texts=18, usable=9, refused=7, lost=1),
    # 10 are left. Calls: 3 x 2 tries, 3 x 2 tries, 3 blocks, 1 refusal. All texts copy the seed.
    "b": WriterCounts(asked=10, calls=16, texts=24, usable=0, refused=4, lost=1),
    # The same 10. Calls: 9, and two tries at the last seed. Of 3 seeds one text is still wanted.
    "c": WriterCounts(asked=10, calls=11, texts=18, usable=15, refused=2, lost=1),
}
_ORDER = {
    0: "abbc",
    1: "a",
    2: "aabbc",
    3: "abc",
}
"""Who is asked in which order, by the remainder of the seed's number."""


def _shards(out: Path) -> dict[str, bytes]:
    files = sorted((out / "releases").rglob("*.parquet"))
    tables = sorted((out / "runs").rglob("rewrite-0/*.parquet"))
    return {str(file.relative_to(out)): file.read_bytes() for file in (*files, *tables)}


def _asked(server: Server) -> dict[int, str]:
    order: dict[int, str] = defaultdict(str)
    for call in server.calls:
        order[number_of(call.body)] += str(call.body["model"])[-1]
    return order


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run, Manifest, dict[int, str]]:
    """A run that nobody disturbs, run once more from its ledger alone: where, what, and who."""
    folder = tmp_path_factory.mktemp("calm")
    with serve(writers()) as server:
        recipe = write_recipe(folder, server.base_url)
        build(recipe, folder / "out")
        before, asked = _shards(folder / "out"), _asked(server)
        assert len(server.calls) == _CALLS
        for name in ("runs", "releases"):
            shutil.rmtree(folder / "out" / name)
        run, manifest = build(recipe, folder / "out")
        assert len(server.calls) == _CALLS
        assert _shards(folder / "out") == before
    return folder / "out", run, manifest, asked


def test_writers_are_asked_in_order_about_each_row_and_as_often_as_it_takes(
    calm: tuple[Path, Run, Manifest, dict[int, str]],
) -> None:
    _, _, _, asked = calm
    last = SEEDS - 1
    assert asked == {**{number: _ORDER[number % 4] for number in range(last)}, last: "abcc"}


def test_tables_manifest_summary_and_card_count_what_each_gave(
    calm: tuple[Path, Run, Manifest, dict[int, str]],
) -> None:
    out, run, manifest, _ = calm
    facts = {each.name: each for each in manifest.writers}
    assert {name: each.total for name, each in facts.items()} == _COUNTED
    assert {each.part for each in manifest.writers} == {"rewrite"}
    assert all(each.categories == {"unethical": each.total} for each in manifest.writers)
    kept = run.kept("rewrite-0", ["writer"])["writer"].value_counts()
    assert dict(kept.iter_rows()) == {"a": 9, "c": 15}
    tables = {table.title: table for table in of_manifest(manifest)}
    assert ("rewrite", "b", 10, 16, 24, 0, 4, 1) in tables["Writers"].rows
    (usable,) = (table for title, table in tables.items() if title.startswith("Usable"))
    assert ("unethical", "9 of 18", "0 of 24", "15 of 18") in usable.rows
    (line,) = refusal_lines(manifest.writers)
    assert line.startswith("rewrite: a refused 1 row that nobody wrote; add another writer")
    card = (out / "releases/or-bench/2026.11.0" / CARD).read_text(encoding="utf-8")
    (model,) = {each.model for each in manifest.models if each.name == "b"}
    called = "b" if model == "b" else f"b ({model})"
    assert f"| rewrite | {called} | 10 | 16 | 24 | 0 | 4 | 1 |" in card
    assert {"a", "b", "c"} <= {model.name for model in manifest.models}


def test_a_release_names_who_wrote_each_row_and_verifies(
    calm: tuple[Path, Run, Manifest, dict[int, str]],
) -> None:
    out, _, _, _ = calm
    release = out / "releases/or-bench/2026.11.0"
    rows = pl.concat([pl.read_parquet(path) for path in release.rglob("*.parquet")], how="diagonal")
    assert set(rows["writer"]) == {"a", "c"}
    assert all(
        ("wasps" in text or "storm" in text) == (writer == "c")
        for text, writer in rows.select("prompt", "writer").iter_rows()
    )
    assert verify(release, out / "runs").problems == ()


@pytest.mark.parametrize("killed_at", [9, 30])
def test_a_killed_run_goes_on_to_the_same_writers_and_the_same_bytes(
    calm: tuple[Path, Run, Manifest, dict[int, str]], tmp_path: Path, killed_at: int
) -> None:
    with serve(writers(), latency_s=0.01) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        module = "tests.pipelines.or_bench.three_writers"
        victim = subprocess.Popen(
            [sys.executable, "-m", module, str(recipe), str(tmp_path / "out")]
        )

        def kill(call: Call) -> None:
            if call.order == killed_at:
                os.kill(victim.pid, signal.SIGKILL)

        server.faults = kill
        assert victim.wait(300) == -signal.SIGKILL
        server.faults, server.latency_s = lambda call: None, 0.0
        _, manifest = build(recipe, tmp_path / "out")
        assert len(server.counts()) == _CALLS
        assert sum(count - 1 for count in server.counts().values()) <= 6  # three models, two each
    assert _shards(tmp_path / "out") == _shards(calm[0])
    assert {each.name: each.total for each in manifest.writers} == _COUNTED
