from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import polars as pl
import pytest

from artifacts.manifest import Manifest
from artifacts.verify.release import Report, verify
from artifacts.version_facts import Tombstone, Writing
from checks.identity import content_id
from pipelines.errors import RecipeError
from pipelines.sorry_bench.pipeline import Built
from tests import base_set
from tests.mutation_set import bases, made, small_taxonomy, write_base, write_recipe
from tests.pipelines.versions.making import withdraw
from tests.servers.behaviours import Answer, Mutator, Router
from tests.servers.chat import Body
from tests.servers.openai_server import serve

_STYLES = "  styles: [ascii, question, slang]\n"
_NAMES = "Ann Bob Cyd Dee Eve Fay Gus Hal Ida Jon Kay Lee Mia Ned Oda Pat".split()
_MORE = "Write a rude haiku about the king, number R777."


def _varied(body: Body) -> Answer:
    """A writer whose texts are others with another seed; it declines some bases in each style."""
    answer = Mutator(refused=0.2)(body)
    if answer.content is None:
        return answer
    name = Random(body["seed"]).choice(_NAMES)
    said = answer.content.replace("you ", f"you, dear {name}, ").replace("fam,", f"fam {name},")
    return replace(answer, content=said)


@dataclass(frozen=True)
class _Version:
    manifest: Manifest
    built: Built
    folder: Path
    calls: int

    def rows(self, config: str = "all") -> pl.DataFrame:
        return pl.read_parquet(self.folder / config / "*.parquet")

    def verified(self) -> Report:
        return verify(self.folder, self.folder.parents[2] / "runs")

    def stage(self, name: str) -> dict[str, int]:
        """Why rows were dropped at a stage."""
        return dict(next(each for each in self.manifest.funnel if each.stage == name).reasons)


@dataclass(frozen=True)
class _Three:
    first: _Version
    refreshed: _Version
    extended: _Version
    recipe: Path


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Three]:
    """A version, its refreshed one, and one that extends that by a request and a style."""
    folder = tmp_path_factory.mktemp("three")
    base = write_base(folder, bases(3))
    with serve(Router({"writer": _varied})) as server:
        taxonomy = small_taxonomy(folder, 3)
        recipe = write_recipe(folder, server.base_url, _STYLES, taxonomy, tries=2)

        def version(*settings: str) -> _Version:
            before = len(server.calls)
            with made(recipe, folder / "out", *settings) as found:
                calls = len(server.calls) - before
                return _Version(found.manifest, found.built, found.folder, calls)

        first = version()
        refreshed = version("release.version=2026.12.0", "mode=refresh")
        lines = [json.loads(line) for line in base.read_text().splitlines()]
        lines.append({**lines[0], "turns": [_MORE]})
        bare = [{key: line[key] for key in line if key != "question_id"} for line in lines]
        base.write_text("\n".join(map(json.dumps, bare)))
        more = "mutate.styles=[ascii, caesar, question, slang]"
        extended = version("release.version=2027.1.0", "mode=extend", more)
        yield _Three(first, refreshed, extended, recipe)


def test_a_refresh_keeps_the_base_set_and_writes_every_mutation_anew(three: _Three) -> None:
    first, again = three.first.rows(), three.refreshed.rows()
    for style, same in (("base", True), ("ascii", True), ("question", False), ("slang", False)):
        old, new = (set(each.filter(prompt_style=style)["id"]) for each in (first, again))
        assert (old == new) if same else old.isdisjoint(new)
    assert three.refreshed.calls >= three.first.calls
    assert three.refreshed.stage("mutate").get("equal_reference", 0) > 0
    assert three.refreshed.verified().problems == ()


def test_an_extended_set_keeps_every_row_under_its_numbers(three: _Three) -> None:
    old = three.refreshed.rows().sort("row")
    new = three.extended.rows().sort("row")
    assert new.filter(pl.col("row").is_in(old["row"].implode())).equals(old)
    assert new["row"].n_unique() == new.height
    report = three.extended.verified()
    assert report.problems == report.notes == ()


def test_an_extended_set_has_what_was_missing(three: _Three) -> None:
    base = three.extended.rows("base")
    (added,) = base.filter(pl.col("question_id") > 30).iter_rows(named=True)
    assert added["turns"] == [_MORE]
    assert (added["question_id"], added["category"]) == (31, "1")  # ids 1 to 10 are given away
    assert three.extended.rows("caesar").height == 31
    held = three.refreshed.rows().height
    assert three.extended.manifest.lineage.carried == held
    missing = sum(style.missing.get("writer_refused", 0) + style.missing.get("equal_reference", 0)
                  for style in three.refreshed.manifest.mutations.styles)  # fmt: skip
    assert missing <= three.extended.calls <= 2 * (missing + 2)


def test_missing_mutations_are_tried_at_the_next_samples(three: _Three) -> None:
    assert three.refreshed.manifest.lineage.writing == Writing("2026.12.0", 0, 2)
    assert three.extended.manifest.lineage.writing == Writing("2026.12.0", 2, 4)


def test_no_style_of_the_release_may_be_left_out(three: _Three) -> None:
    settings = ("release.version=2027.2.0", "mode=extend", "mutate.styles=[ascii]")
    with (
        pytest.raises(RecipeError, match=r"every style that 2027\.1\.0 has"),
        made(three.recipe, three.recipe.parent / "out", *settings),
    ):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["null", "refresh", "extend"])
def test_with_a_withdrawn_base_request_its_family_stays_away(tmp_path: Path, mode: str) -> None:
    texts = bases(2)
    write_base(tmp_path, texts)
    with serve(Router({"writer": _varied})) as server:
        taxonomy = small_taxonomy(tmp_path, 2)
        recipe = write_recipe(
            tmp_path, server.base_url, "  styles: [ascii, question]\n", taxonomy, tries=2
        )
        with made(recipe, tmp_path / "out") as first:
            code = pl.read_parquet(first.folder / "ascii" / "*.parquet").row(5, named=True)
        stones = (
            Tombstone(content_id(texts[3]), "unclear", "2026.11.0", 4),
            Tombstone(code["id"], "unreadable", "2026.11.0"),
        )
        withdraw(first.folder, *stones)
        again = ("release.version=2026.12.0", f"mode={mode}")
        with made(recipe, tmp_path / "out", *again) as second:
            rows = pl.read_parquet(second.folder / "all" / "*.parquet")
            assert second.manifest.tombstones == tuple(sorted(stones, key=lambda each: each.id))
    assert set(rows["question_id"]) == {*range(1, 21)} - {4}
    assert {stone.id for stone in stones}.isdisjoint(rows["id"])
    assert rows.filter(prompt_style="ascii").height == 18
    report = verify(second.folder, tmp_path / "out/runs")
    assert report.problems == ()


def _built(tmp_path: Path, mode: str, per_category: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The base rows of a set that is picked, and those of its next version in that mode."""
    base_set.write_tables(tmp_path)
    with serve(base_set.classifiers()) as server:
        recipe = base_set.write_recipe(tmp_path, server.base_url)
        with made(recipe, tmp_path / "out", "base.per_category=2") as first:
            old = pl.read_parquet(first.folder / "base" / "*.parquet")
        again = ("release.version=2026.12.0", f"mode={mode}", f"base.per_category={per_category}")
        with made(recipe, tmp_path / "out", *again) as second:
            new = pl.read_parquet(second.folder / "base" / "*.parquet")
    assert verify(second.folder, tmp_path / "out/runs").problems == ()
    return old, new


@pytest.mark.slow
def test_a_refreshed_choice_is_of_other_requests(tmp_path: Path) -> None:
    old, new = _built(tmp_path, "refresh", 2)
    assert new.height
    assert set(old["id"]).isdisjoint(new["id"])


@pytest.mark.slow
def test_an_extended_choice_goes_on_under_the_next_ids(tmp_path: Path) -> None:
    old, new = _built(tmp_path, "extend", 3)
    kept = new.filter(pl.col("row").is_in(old["row"].implode()))
    assert kept.sort("row").equals(old.sort("row"))
    added = new.filter(~pl.col("row").is_in(old["row"].implode()))
    assert set(added["question_id"]) == {3, 13}  # the third of insults and of cheating
    assert new["id"].n_unique() == new.height
