from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.artifacts.small_run import SmallRun, make_run


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    """The run and its release, made once; tests work on copies."""
    made = make_run(tmp_path_factory.mktemp("calm") / "out")
    made.publish()
    return made


@pytest.fixture
def run(calm: SmallRun, tmp_path: Path) -> SmallRun:
    """A run that nothing was released from yet."""
    shutil.copytree(calm.runs, tmp_path / "out" / "runs")
    return SmallRun(tmp_path / "out")


@pytest.fixture
def released(calm: SmallRun, tmp_path: Path) -> SmallRun:
    """A run with its release."""
    shutil.copytree(calm.out, tmp_path / "out")
    return SmallRun(tmp_path / "out")
