"""What a type checker sees of the face."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import refusery

_ROOT = Path(refusery.__file__).parents[1]
_GOOD = """\
import polars as pl
import refusery
frame = pl.DataFrame({"prompt": ["Name a river."]})
reveal_type(refusery.dedup(["a"]))
reveal_type(refusery.dedup(frame).dropped)
reveal_type(refusery.moderate(frame))
reveal_type(refusery.moderate(["a"])[0].label)
reveal_type(refusery.judge(["a"], [None])[0].refused)
reveal_type(refusery.mutate(["a"], styles="morse")[0].text)
reveal_type(refusery.decode(["a"], "morse")[0].readable)
reveal_type(refusery.load("release"))
reveal_type(refusery.plan("recipe.yaml").usd)
reveal_type(refusery.build("recipe.yaml").release)
reveal_type(refusery.verify("release").sound)
"""
_REVEALED = [
    "refusery.texts.Deduplicated[list[str], list[refusery.verbs.dedup.Repeat]]",
    "polars.dataframe.frame.DataFrame",
    "polars.dataframe.frame.DataFrame",
    "str",
    "bool | None",
    "str | None",
    "float | None",
    "polars.dataframe.frame.DataFrame",
    "float | None",
    "pathlib.Path",
    "bool",
]
_BAD = """\
import refusery
refusery.dedup([1])
refusery.dedup(["a"], treshold=0.9)
refusery.rewrite(["a"])
refusery.judge(["a"])
"""


def _mypy(folder: Path, code: str) -> list[str]:
    """What mypy says of code that another project has, line by line."""
    (folder / "snippet.py").write_text(code, encoding="utf-8")
    options = ["--config-file", str(_ROOT / "pyproject.toml"), "--no-error-summary"]
    cache = ["--cache-dir", str(_ROOT / ".mypy_cache")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *cache, str(folder / "snippet.py")],
        cwd=_ROOT,
        capture_output=True,
        text=True,
    )
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_every_result_has_its_type(tmp_path: Path) -> None:
    said = _mypy(tmp_path, _GOOD)
    assert [line.split('"')[1].replace("builtins.", "") for line in said] == _REVEALED


@pytest.mark.slow
def test_what_is_wrong_is_seen(tmp_path: Path) -> None:
    said = _mypy(tmp_path, _BAD)
    wrong = {int(line.split(":")[1]) for line in said if ": error:" in line}
    assert wrong == {2, 3, 4, 5}


def test_each_package_says_that_it_is_typed() -> None:
    packages = [path.parent for path in _ROOT.glob("*/__init__.py")]
    ours = [path for path in packages if path.name not in ("tests", "benchmarks")]
    assert len(ours) == 15
    assert [path.name for path in ours if not (path / "py.typed").is_file()] == []
