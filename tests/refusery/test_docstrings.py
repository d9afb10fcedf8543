"""The examples in the docstrings of the face, run as they stand."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

import refusery

_REPOSITORY = Path(__file__).parents[2]
_MODULES = (
    "",
    ".answers",
    ".decodings",
    ".mutation_checks",
    ".mutations",
    ".recipes",
    ".releases",
    ".texts",
)
_RECIPE = """\
benchmark: sorry-bench
base: {from: requests.csv, license: cc0-1.0, redistribute: true}
mutate: {styles: [caesar], bare: true}
release: {version: 2026.11.0}
"""


@pytest.fixture(scope="module")
def folder(server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped recipes, and with a small recipe and its release."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "recipes").symlink_to(_REPOSITORY / "recipes")
    (folder / "small.yaml").write_text(_RECIPE, encoding="utf-8")
    things = ("river", "city", "fruit", "bird")
    requests = {"prompt": [f"Name a {thing}." for thing in things], "category": ["1"] * 4}
    pl.DataFrame(requests).write_csv(folder / "requests.csv")
    refusery.build(folder / "small.yaml", out=folder / "out")
    return folder


@pytest.mark.embedded
@pytest.mark.parametrize("module", _MODULES)
def test_every_example_gives_what_it_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    found = doctest.testmod(import_module(f"refusery{module}"), optionflags=options)
    assert found.failed == 0
    assert found.attempted > 0


def test_every_function_of_the_face_has_an_example() -> None:
    functions = [name for name in refusery.__all__ if name.islower()]
    bare = [name for name in functions if ">>> " not in (getattr(refusery, name).__doc__ or "")]
    assert bare == []
