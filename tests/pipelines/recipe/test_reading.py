from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import RecipeError
from pipelines.recipe.loading import read_yaml


def refused(path: Path) -> str:
    with pytest.raises(RecipeError) as caught:
        read_yaml(path)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "recipe.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    line = refused(written(tmp_path, "benchmark: or-bench\nseeds: {from: llm\nrewrite: 3\n"))
    assert line.startswith("recipe.yaml: must be valid YAML: ")
    assert "(got line 3, column " in line


def test_a_key_that_is_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "seeds: {from: shipped}\nseeds: {from: llm}\n")
    assert refused(path).endswith("key `seeds` is given twice (got line 2, column 1)")


def test_a_file_that_is_not_there_is_refused_and_a_near_one_named(tmp_path: Path) -> None:
    written(tmp_path, "benchmark: or-bench\n")
    line = refused(tmp_path / "recpie.yaml")
    assert line.startswith("recipe must exist (did you mean `recipe.yaml`?)")


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "just text\n", "3\n"])
def test_a_file_without_keys_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(written(tmp_path, content)).startswith("recipe.yaml: must be a mapping of keys")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00b", b"GGUF\x00\x00\x03", b"a: \x80"])
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(written(tmp_path, content)).startswith("recipe must be ")


def test_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).startswith("recipe must be a file, not a folder")
    huge = written(tmp_path, "# " + "x" * 1_000_000)
    assert refused(huge).startswith("recipe must be smaller than 1 MB")


def test_yaml_that_would_make_objects_is_refused(tmp_path: Path) -> None:
    line = refused(written(tmp_path, "seeds: !!python/object/apply:os.getcwd []\n"))
    assert "(got line 1, column 8)" in line


def test_an_odd_tag_or_key_is_an_error_and_no_crash(tmp_path: Path) -> None:
    refused(written(tmp_path, "a: !!map text\n"))
    refused(written(tmp_path, "? [1, 2]\n: b\n"))
