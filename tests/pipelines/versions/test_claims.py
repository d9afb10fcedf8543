from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.records import RunRecord, write_run
from pipelines.errors import ReleaseClaimedError
from pipelines.opening import claim_runs, layout_of
from pipelines.recipe import OrBench, load
from pipelines.versions.claims import require_unclaimed
from tests.artifacts.diff.two_releases import OLD, write
from tests.loopback import RECIPE

_URL = "http://127.0.0.1:9/v1"


def _recipe(path: Path, *settings: str) -> OrBench:
    path.parent.mkdir(exist_ok=True)
    path.write_text(RECIPE.format(url=_URL), encoding="utf-8")
    found = load(path, settings)
    assert isinstance(found, OrBench)
    return found


def _begun(recipe: OrBench, out: Path, limit: int | None = None) -> Path:
    """Its run, as one that has begun leaves it."""
    claim_runs(recipe, out)
    layout = layout_of(recipe, out, limit)
    name = "" if recipe.data_set == recipe.benchmark else recipe.data_set
    record = RunRecord(layout.recipe, recipe.benchmark, "or_bench", layout.version, 1, (), name)
    layout.run.mkdir(parents=True)
    write_run(layout.run, record)
    return layout.run


def _require(recipe: OrBench, out: Path, limit: int | None = None) -> None:
    require_unclaimed(recipe, layout_of(recipe, out, limit))


def test_a_second_recipe_may_not_give_the_same_name_and_version(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _begun(_recipe(tmp_path / "one.yaml"), out)
    with pytest.raises(ReleaseClaimedError) as refused:
        _require(_recipe(tmp_path / "two.yaml"), out)
    assert str(refused.value).startswith("or-bench 2026.11.0 must be of one recipe; give this one")
    assert "got a run of recipe `one` is for it" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("setting", ["release.name=other", "release.version=2026.11.1"])
def test_with_a_name_or_a_version_of_its_own_it_may_be_built(tmp_path: Path, setting: str) -> None:
    _begun(_recipe(tmp_path / "one.yaml"), tmp_path / "out")
    _require(_recipe(tmp_path / "two.yaml", setting), tmp_path / "out")


def test_two_files_of_one_name_are_two_recipes(tmp_path: Path) -> None:
    _begun(_recipe(tmp_path / "a" / "mine.yaml"), tmp_path / "out")
    with pytest.raises(ReleaseClaimedError):
        _require(_recipe(tmp_path / "b" / "mine.yaml"), tmp_path / "out")


def test_a_recipe_is_not_in_its_own_way(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path / "one.yaml")
    _begun(recipe, tmp_path / "out")
    _require(recipe, tmp_path / "out")


def test_a_recipe_that_is_gone_claims_nothing(tmp_path: Path) -> None:
    _begun(_recipe(tmp_path / "one.yaml"), tmp_path / "out")
    (tmp_path / "one.yaml").unlink()
    _require(_recipe(tmp_path / "two.yaml"), tmp_path / "out")


def test_a_run_under_a_limit_claims_its_own_version_alone(tmp_path: Path) -> None:
    _begun(_recipe(tmp_path / "one.yaml"), tmp_path / "out", limit=5)
    other = _recipe(tmp_path / "two.yaml")
    _require(other, tmp_path / "out")
    with pytest.raises(ReleaseClaimedError):
        _require(other, tmp_path / "out", limit=5)


def test_a_name_that_another_benchmark_has_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "out", "2026.10.0", OLD)
    (tmp_path / "out/releases/or-bench").rename(tmp_path / "out/releases/mine")
    path = tmp_path / "sorry.yaml"
    path.write_text(
        "benchmark: sorry-bench\nbase: {from: base.csv, license: cc0-1.0, redistribute: true}\n"
        "release: {version: 2026.11.0, license: cc0-1.0, name: mine}\n"
    )
    recipe = load(path)
    assert not isinstance(recipe, OrBench)
    with pytest.raises(ReleaseClaimedError, match="mine is or-bench's"):
        require_unclaimed(recipe, layout_of(recipe, tmp_path / "out"))  # type: ignore[arg-type]


def test_the_tables_behind_a_release_are_not_written_over_under_another_name(
    tmp_path: Path,
) -> None:
    recipe = _recipe(tmp_path / "small.yaml")
    _begun(recipe, tmp_path / "out")
    write(tmp_path / "out", "2026.11.0", OLD)  # of runs/small/2026.11.0
    _require(recipe, tmp_path / "out")
    with pytest.raises(ReleaseClaimedError, match=r"runs/small/2026\.11\.0 must stay as they are"):
        _require(_recipe(tmp_path / "small.yaml", "release.name=new"), tmp_path / "out")
    newer = ("release.name=new", "release.version=2026.11.1")
    _require(_recipe(tmp_path / "small.yaml", *newer), tmp_path / "out")
