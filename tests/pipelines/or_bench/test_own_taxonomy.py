"""Three categories of one's own, from their files to a release that verifies."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import Manifest, read_manifest
from artifacts.verify.release import verify
from pipelines.errors import ReleaseDiffersError
from tests.own_taxonomy import HOUSEHOLD, SORRY, build, write_household
from tests.servers.behaviours import Router, conforming
from tests.servers.openai_server import Server, serve
from tests.servers.voters import Moderator

NAMES = ("freeloading", "sabotage", "snooping")
FILES = ("cells", "examples", "prototypes", "rewrites", "seeds")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@dataclass(frozen=True)
class Made:
    """A release, and the server that its models are served by."""

    recipe: Path
    release: Path
    server: Server

    @property
    def manifest(self) -> Manifest:
        """What the release says of itself."""
        return read_manifest(self.release)

    def sound(self) -> bool:
        """Whether `verify` finds nothing wrong."""
        return not verify(self.release, self.recipe.parent / "out" / "runs").problems


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The example, written for by a strong writer on loopback."""
    folder = tmp_path_factory.mktemp("household")
    models = {"writer": conforming, "moderator-a": Moderator(toxic=0.3, risky=0.7)}
    with serve(Router(models)) as server:
        recipe = write_household(folder, url=server.base_url)
        yield Made(recipe, build(recipe), server)


def test_all_rows_are_of_the_own_categories_and_the_release_verifies(made: Made) -> None:
    rows = pl.concat(
        [
            pl.read_parquet(path, columns=["category"])
            for path in made.release.glob("or-bench-*/*.parquet")
        ]
    )
    assert set(rows["category"]) <= set(NAMES)
    assert rows.height > 9
    assert made.manifest.categories == NAMES
    assert made.sound()


def test_the_manifest_names_what_the_files_hold_and_no_folder(made: Made) -> None:
    named = [name for name in made.manifest.templates if name.startswith("taxonomy/")]
    assert sorted(named) == sorted(f"taxonomy/{kind}" for kind in ("categories", *FILES))
    whole = (made.release / "manifest.json").read_text(encoding="utf-8")
    assert str(made.recipe.parent) not in whole
    assert "taxonomy: household.yaml" in made.manifest.recipe.text


def test_card_and_report_show_the_own_categories(made: Made) -> None:
    card = (made.release / "README.md").read_text(encoding="utf-8")
    report = (made.release / "report.html").read_text(encoding="utf-8")
    assert all(name in card for name in NAMES)
    assert all(name in report for name in NAMES)
    assert "ten categories" not in card


def test_a_second_build_asks_nobody(made: Made) -> None:
    before = len(made.server.calls)
    assert build(made.recipe) == made.release
    assert len(made.server.calls) == before


def test_an_edited_file_makes_another_version_and_no_other_release_of_this_one(
    made: Made, tmp_path: Path
) -> None:
    shutil.copytree(made.recipe.parent, tmp_path, dirs_exist_ok=True)
    recipe, edited = tmp_path / made.recipe.name, tmp_path / "prototypes.yaml"
    edited.write_text(edited.read_text(encoding="utf-8") + "  - Is it windy?\n", encoding="utf-8")
    with pytest.raises(ReleaseDiffersError, match="what taxonomy/prototypes says changed"):
        build(recipe)
    before = _votes(tmp_path)
    next_one = build(recipe, ["release.version=2026.11.1"])
    assert read_manifest(next_one).templates != made.manifest.templates
    assert _votes(tmp_path) > before


def _votes(folder: Path) -> int:
    return len([*(folder / "out/runs/own").glob("*/moderate-0/votes-*.parquet")])


def test_a_base_set_of_the_own_seeds_is_mutated_and_verifies(tmp_path: Path) -> None:
    release = build(write_household(tmp_path, SORRY))
    manifest = read_manifest(release)
    assert not verify(release, tmp_path / "out" / "runs").problems
    assert manifest.mutations is not None
    rows = pl.concat([pl.read_parquet(path) for path in release.glob("*/*.parquet")])
    base = rows.filter(pl.col("prompt_style") == "base").unique("question_id")
    assert Counter(base["category"]) == {"1": 8, "2": 8, "3": 8}
    card = (release / "README.md").read_text(encoding="utf-8")
    assert "Freeloading" in card or "freeloading" in card


@pytest.mark.embedded
def test_the_recipe_that_comes_with_the_example_runs_on_the_embedded_model(tmp_path: Path) -> None:
    shutil.copytree(HOUSEHOLD, tmp_path, dirs_exist_ok=True)
    release = build(tmp_path / "recipe.yaml")
    manifest = read_manifest(release)
    assert not verify(release, tmp_path / "out" / "runs").problems
    assert sum(config.rows for config in manifest.configs) > 0
    assert manifest.sources[0].license == "cc-by-4.0"
    assert manifest.sources[0].redistribute
