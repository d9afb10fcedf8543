"""The auditor finds each of ten planted defects; `test_runs.py` shows that it finds no others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.chaos import auditor

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


def test_a_stage_of_no_inputs_is_not_held_against_those_of_the_stage_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"row": "r", "root": "r", "text": "a", "parent": None}
    tables = {
        "seeds": {"kept": [row]},
        "clean": {"kept": [row]},
        "rewrite": {"kept": [{**row, "row": "s", "parent": "r"}], "parents": []},
    }

    def made(folder: Path) -> Generator[str, None, dict[str, list[auditor.Row]]]:
        yield from ()
        return defaultdict(list, tables[folder.name])

    monkeypatch.setattr(auditor, "_tables", made)
    stages = [
        {"name": name, "kind": kind, "inputs": inputs, "models": []}
        for name, kind, inputs in (
            ("seeds", "select", []),
            ("clean", "select", ["seeds"]),
            ("rewrite", "expand", []),
        )
    ]
    (tmp_path / "run.json").write_text(json.dumps({"stages": stages}))
    assert list(auditor._run(tmp_path, {})) == ["rewrite: row s has no parent"]
