from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines.recipe.loading import FROZEN
from pipelines.runner.run_folders import OWNER_FILE, claim_run_folder, other_owner, run_key


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two recipe files of one name, in two folders, and an output folder beside them."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.yaml").write_text(f"# {folder}")
    return tmp_path


def test_the_first_recipe_of_a_name_has_the_folder_of_that_name(tree: Path) -> None:
    assert claim_run_folder(tree / "a/mine.yaml", tree / "out") == "mine"
    assert run_key(tree / "a/mine.yaml", tree / "out") == "mine"
    assert other_owner(tree / "out/runs/mine", tree / "a/mine.yaml", tree / "out") is None
    assert other_owner(tree / "out/runs/mine", tree / "b/mine.yaml", tree / "out") is not None


def test_a_second_recipe_of_that_name_has_a_folder_of_its_own_and_keeps_it(tree: Path) -> None:
    out = tree / "out"
    claim_run_folder(tree / "a/mine.yaml", out)
    apart = claim_run_folder(tree / "b/mine.yaml", out)
    assert apart.startswith("mine-")
    assert run_key(tree / "b/mine.yaml", out) == apart
    (tree / "a/mine.yaml").unlink()
    assert run_key(tree / "b/mine.yaml", out) == apart


def test_looking_writes_nothing(tree: Path) -> None:
    run_key(tree / "a/mine.yaml", tree / "out")
    assert not (tree / "out").exists()


def test_a_folder_of_the_first_edition_goes_by_the_recipe_that_its_runs_name(tree: Path) -> None:
    run = tree / "out/runs/mine/2026.10.0"
    run.mkdir(parents=True)
    (run / FROZEN).write_text(json.dumps({"path": str(tree / "a/mine.yaml"), "recipe": {}}))
    assert run_key(tree / "a/mine.yaml", tree / "out") == "mine"
    assert run_key(tree / "b/mine.yaml", tree / "out") != "mine"


def test_a_copy_of_what_the_first_edition_left_has_its_runs(tree: Path) -> None:
    run = tree / "out/runs/mine/2026.10.0"
    run.mkdir(parents=True)
    (run / FROZEN).write_text(json.dumps({"path": str(tree / "a/mine.yaml"), "recipe": {}}))
    copy = tree.with_name(f"{tree.name}-copy")
    shutil.copytree(tree, copy)
    assert run_key(copy / "a/mine.yaml", copy / "out") == "mine"
    shutil.rmtree(copy)


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"path": 3}', '{"recipe": {}}'])
def test_a_folder_that_does_not_say_whose_it_is_is_the_first_ones_who_comes(
    tree: Path, broken: str
) -> None:
    run = tree / "out/runs/mine/2026.10.0"
    run.mkdir(parents=True)
    (run / FROZEN).write_text(broken)
    (tree / "out/runs/mine" / OWNER_FILE).write_text(broken)
    assert run_key(tree / "b/mine.yaml", tree / "out") == "mine"


def test_a_recipe_that_was_moved_goes_on_with_its_runs(tree: Path) -> None:
    claim_run_folder(tree / "a/mine.yaml", tree / "out")
    shutil.rmtree(tree / "b")
    (tree / "a").rename(tree / "b")
    assert claim_run_folder(tree / "b/mine.yaml", tree / "out") == "mine"
    other = other_owner(tree / "out/runs/mine", tree / "c.yaml", tree / "out")
    assert other == tree / "out" / "../b/mine.yaml"


def test_a_recipe_that_was_moved_goes_on_in_a_folder_with_a_digest(tree: Path) -> None:
    out = tree / "out"
    claim_run_folder(tree / "a/mine.yaml", out)
    apart = claim_run_folder(tree / "b/mine.yaml", out)
    (tree / "b").rename(tree / "c")
    assert claim_run_folder(tree / "c/mine.yaml", out) == apart
    (tree / "d").mkdir()
    (tree / "d/mine.yaml").write_text("# d")
    assert claim_run_folder(tree / "d/mine.yaml", out) not in ("mine", apart)


def test_of_several_folders_that_were_left_behind_none_is_taken(tree: Path) -> None:
    out = tree / "out"
    shutil.copytree(tree / "b", tree / "c")
    keys = {claim_run_folder(tree / name / "mine.yaml", out) for name in ("a", "b", "c")}
    shutil.rmtree(tree / "b")
    (tree / "c").rename(tree / "d")
    assert run_key(tree / "d/mine.yaml", out) not in keys


def test_a_tree_that_is_moved_as_a_whole_stays_as_it_is(tree: Path, tmp_path: Path) -> None:
    out = tree / "out"
    keys = [claim_run_folder(tree / name / "mine.yaml", out) for name in ("a", "b")]
    moved = tmp_path.with_name(f"{tmp_path.name}-moved")
    shutil.copytree(tree, moved)
    assert [run_key(moved / name / "mine.yaml", moved / "out") for name in ("a", "b")] == keys
    shutil.rmtree(moved)


def test_a_folder_without_runs_is_nobodys(tmp_path: Path) -> None:
    assert other_owner(tmp_path / "runs/none", tmp_path / "mine.yaml", tmp_path) is None
