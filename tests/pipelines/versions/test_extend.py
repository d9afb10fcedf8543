from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import MANIFEST
from artifacts.releases import open_release
from artifacts.tables import write_table
from artifacts.verify.release import verify
from artifacts.version_facts import Tombstone, Writing
from pipelines.errors import RecipeError, SourceError
from pipelines.recipe import load
from tests.loopback import CATEGORIES, models, write_recipe
from tests.pipelines.versions.making import SMALL, Made, version, withdraw
from tests.servers.openai_server import serve

_TOXIC = "toxic={rule: majority, size: 6}"
_FULL = {name: 3 for name in CATEGORIES}
_SHOWN = ["id", "prompt", "category", "label", "votes", "rescued", "root", "seed_id", "checks"]


def _counts(made: Made) -> dict[str, int]:
    return dict(made.rows()["category"].value_counts().iter_rows())


@dataclass(frozen=True)
class _Three:
    """A version, one that extends it, one that extends that; the first run's tables are gone."""

    first: Made
    second: Made
    third: Made
    out: Path
    calls: tuple[int, int]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Three]:
    folder = tmp_path_factory.mktemp("three")
    out = folder / "out"
    with serve(models()) as server:
        recipe = write_recipe(folder, server.base_url)
        with version(recipe, out, "2026.11.0", *SMALL, _TOXIC) as first:
            pass
        shutil.rmtree(out / "runs")
        extend = (*SMALL, _TOXIC, "mode=extend", "rewrite.rounds=4")
        with version(recipe, out, "2026.12.0", *extend, "rewrite.target=3") as second:
            pass
        before = len(server.calls)
        with version(recipe, out, "2027.1.0", *extend, "rewrite.target=2") as third:
            yield _Three(first, second, third, out, (before, len(server.calls)))


def test_every_row_keeps_its_id_label_and_votes(three: _Three) -> None:
    old = three.first.every().select("row", *_SHOWN).sort("row")
    new = three.second.every().select("row", *_SHOWN).sort("row")
    assert new.filter(pl.col("row").is_in(old["row"].implode())).equals(old)
    assert new["row"].n_unique() == new.height
    assert new["id"].n_unique() == new.height


def test_weak_categories_are_filled_and_full_ones_left_alone(three: _Three) -> None:
    before, after = _counts(three.first), _counts(three.second)
    weak = {name for name in CATEGORIES if before.get(name, 0) < 3}
    assert weak
    assert weak != set(CATEGORIES)
    assert all(after[name] >= count for name, count in _FULL.items())
    assert {name: after[name] for name in CATEGORIES if name not in weak} == {
        name: before[name] for name in CATEGORIES if name not in weak
    }
    assert set(three.second.run.kept("topup-0", ["category"])["category"]) == weak


def test_writing_goes_on_at_the_next_sample_of_the_same_edition(three: _Three) -> None:
    parent, rounds = open_release(three.first.folder), three.second.built.rounds
    found = three.second.manifest.lineage
    assert (found.mode, found.parent, found.against) == ("extend", parent.pinned, (parent.pinned,))
    assert found.carried == three.first.every().height
    assert found.writing == Writing("2026.11.0", 3, 3 + 3 * rounds)
    positions = three.second.run.kept("rewrite-0", ["position"])["position"]
    assert min(int(each.partition(".")[0]) for each in positions) >= 3


def test_a_set_that_is_full_is_carried_whole_and_asks_nobody(three: _Three) -> None:
    assert three.calls[0] == three.calls[1]
    assert three.third.ids() == three.second.ids()
    used = three.second.manifest.lineage.writing
    assert used is not None
    first = used.next_sample
    assert three.third.manifest.lineage.writing == Writing("2026.11.0", first, first + 3)


def test_every_edge_adds_up_to_the_release_before(three: _Three) -> None:
    for made in (three.second, three.third):
        report = made.verified()
        assert report.problems == ()
        assert report.notes == ()


def _copy(three: _Three, tmp_path: Path) -> Path:
    return shutil.copytree(three.out, tmp_path / "out") / "releases/or-bench"


def test_a_parent_that_has_changed_is_noticed(three: _Three, tmp_path: Path) -> None:
    releases = _copy(three, tmp_path)
    manifest = releases / "2026.11.0" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"demo": false', '"demo": true'))
    (problem,) = verify(releases / "2026.12.0", tmp_path / "out/runs").problems
    assert problem.startswith("carried from 2026.11.0: its manifest.json is not the one")


def test_a_parents_row_that_has_changed_is_noticed(three: _Three, tmp_path: Path) -> None:
    releases = _copy(three, tmp_path)
    (shard,) = (releases / "2026.11.0/or-bench-main").glob("*.parquet")
    rows = pl.read_parquet(shard)
    changed = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("toxic")).otherwise(pl.col("label"))
    write_table(shard, rows.with_columns(label=changed), rows.schema)
    problems = verify(releases / "2026.12.0", tmp_path / "out/runs").problems
    edge = "carried from 2026.11.0: "
    assert [each.removeprefix(edge) for each in problems] == [
        f"or-bench-main/{shard.name}: its bytes have changed (SHA-256 differs)",
        "1 row is released with other values",
    ]


def test_a_row_of_the_parent_that_was_not_carried_is_noticed(three: _Three, tmp_path: Path) -> None:
    releases = _copy(three, tmp_path)
    (shard,) = (releases / "2026.11.0/or-bench-main").glob("*.parquet")
    rows = pl.read_parquet(shard)
    more = rows.head(1).with_columns(row=pl.lit("0123456789abcdef"), id=pl.lit("fedcba9876543210"))
    write_table(shard, pl.concat([rows, more]), rows.schema)
    problems = verify(releases / "2026.12.0", tmp_path / "out/runs").problems
    assert "carried from 2026.11.0: 1 row is lost" in problems


def test_without_the_parent_that_is_a_note(three: _Three, tmp_path: Path) -> None:
    releases = _copy(three, tmp_path)
    shutil.rmtree(releases / "2026.11.0")
    report = verify(releases / "2026.12.0", tmp_path / "out/runs")
    assert report.sound
    assert report.notes == ("2026.11.0 is not beside it: carried rows were not held against it",)


def test_withdrawn_rows_are_not_carried(three: _Three, tmp_path: Path) -> None:
    releases = _copy(three, tmp_path)
    stones = [
        Tombstone(id, "not harmless", "2027.1.0") for id in three.third.rows()["id"].to_list()[:2]
    ]
    withdraw(releases / "2027.1.0", *stones)
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        extend = (*SMALL, _TOXIC, "mode=extend", "rewrite.target=1")
        with version(recipe, tmp_path / "out", "2027.2.0", *extend) as made:
            gone = made.run.table("carried", "dropped", ["reason"])["reason"].to_list()
    assert gone == ["withdrawn", "withdrawn"]
    assert made.ids() == three.third.ids() - {stone.id for stone in stones}
    assert made.verified().problems == ()


def test_there_must_be_a_release_to_extend(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    extend = (*SMALL, "mode=extend", "rewrite.target=3")
    with (
        pytest.raises(SourceError, match="mode: extend must have a release of or-bench") as caught,
        version(recipe, tmp_path / "out", "2026.11.0", *extend),
    ):
        pass
    assert caught.value.exit_code == 2


def test_there_must_be_a_number_of_rows_to_extend_to(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    with pytest.raises(RecipeError, match=r"mode: extend must come with rewrite\.target"):
        load(recipe, ["mode=extend"])
