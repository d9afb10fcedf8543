from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipelines.errors import SourceError
from pipelines.recipe import OrBench, load, taxonomy_of
from pipelines.sources import resolve, seeds_source, shipped
from pipelines.sources.seeds import read_seeds
from tests.small_recipe import small_recipe


def test_a_file_is_found_from_the_recipes_folder_and_then_from_the_working_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "here.csv").write_text("a")
    monkeypatch.chdir(tmp_path)
    assert resolve("here.csv", tmp_path / "recipes").paths[0].read_text() == "a"
    (tmp_path / "recipes" / "here.csv").write_text("b")
    assert resolve("here.csv", tmp_path / "recipes").paths[0].read_text() == "b"
    assert resolve(str(tmp_path / "here.csv"), tmp_path / "recipes").paths[0].read_text() == "a"


def test_a_source_is_known_by_its_name_and_its_bytes_not_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "seeds.csv").write_bytes(b"prompt,category\n")
    source = resolve("seeds.csv", tmp_path, license=" CC-BY-4.0 ", redistribute=True)
    assert (source.name, source.license, source.redistribute) == ("seeds.csv", "cc-by-4.0", True)
    assert source.revision == hashlib.sha256(b"prompt,category\n").hexdigest()


def test_a_source_without_a_licence_may_not_be_published(tmp_path: Path) -> None:
    (tmp_path / "seeds.csv").write_text("x")
    source = resolve("seeds.csv", tmp_path)
    assert (source.license, source.redistribute) == (None, False)


def test_a_file_that_is_not_there_is_refused_and_a_near_one_named(tmp_path: Path) -> None:
    (tmp_path / "seeds.csv").write_text("x")
    with pytest.raises(SourceError) as caught:
        resolve("seed.csv", tmp_path)
    assert str(caught.value) == "source must exist (did you mean `seeds.csv`?) (got seed.csv)"
    assert caught.value.exit_code == 2


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="source must be a readable file"):
        resolve(str(tmp_path), tmp_path)


def test_shipped_seeds_may_be_published() -> None:
    source = shipped("or_bench")
    assert (source.name, source.license) == ("shipped:or_bench.csv", "cc-by-4.0")
    assert source.redistribute


def test_a_recipe_with_shipped_seeds_has_rows_in_every_category(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path), ["seeds={from: shipped}"])
    assert isinstance(recipe, OrBench)
    source = seeds_source(recipe)
    assert source is not None
    taxonomy = taxonomy_of(recipe)
    rows = read_seeds(source, taxonomy)
    assert {row["category"] for row in rows} == set(taxonomy.names)


def test_a_recipe_whose_seeds_are_written_has_no_table(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path))
    assert isinstance(recipe, OrBench)
    assert seeds_source(recipe) is None
