"""The auditor finds each of ten planted defects; `test_runs.py` shows that it finds no others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_DEFECTS = sorted((Path(__file__).parent / "defects").glob("*.patch"))
_NOT_CODE = shutil.ignore_patterns(".*", "out", "__pycache__", "docs", "benchmarks", "golden")


def test_there_are_ten_defects_to_find() -> None:
    assert len(_DEFECTS) == 10


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code that may be broken."""
    copy = tmp_path / "tree"
    shutil.copytree(_ROOT, copy, ignore=_NOT_CODE)
    return copy


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("patch", _DEFECTS, ids=lambda path: path.stem)
def test_a_planted_defect_is_found(patch: Path, tree: Path) -> None:
    subprocess.run(["git", "apply", str(patch)], cwd=tree, check=True)
    command = ["-m", "tests.chaos", "--runs", "8", "--small", "--stops", "kill", "--fail-fast"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout
    assert "the auditor:" in done.stdout
