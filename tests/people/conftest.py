from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.people.releases import write_or_bench, write_sorry_bench


@pytest.fixture(scope="session")
def _or_bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_or_bench(tmp_path_factory.mktemp("or_bench") / "out")


@pytest.fixture(scope="session")
def _sorry_bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sorry_bench(tmp_path_factory.mktemp("sorry_bench"))


@pytest.fixture
def or_bench(_or_bench: Path, tmp_path: Path) -> Path:
    """A release with its run, in a folder of the test's own."""
    return _copied(_or_bench, tmp_path)


@pytest.fixture
def sorry_bench(_sorry_bench: Path, tmp_path: Path) -> Path:
    """A fine-grained release with its run, in a folder of the test's own."""
    return _copied(_sorry_bench, tmp_path)


def _copied(release: Path, folder: Path) -> Path:
    out = release.parents[2]
    shutil.copytree(out, folder / "out")
    return folder / "out" / release.relative_to(out)
