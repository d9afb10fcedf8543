"""The world that all golden tests look at, made once however many processes run them."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.provider import Provider, providing
from tests.golden.world import World, make

_WAITING_S = 900
"""The world takes a minute or two on quiet cores, and whoever waits for it waits as long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever looks at the world may be the one that makes it."""
    for item in items:
        if "world" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(_WAITING_S))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two releases and an evaluation, made by the command; read only."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "golden.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed with the file, also where a process is killed
        return _made(shared / "golden", shared / "golden.done")


def _made(folder: Path, mark: Path) -> World:
    """The world in a folder, found there or made; why it could not be made is said to all."""
    if not mark.exists():
        shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
        try:
            make(folder)
        except AssertionError as error:
            mark.write_text(str(error), encoding="utf-8")
        else:
            mark.touch()
    if why := mark.read_text(encoding="utf-8"):
        pytest.fail(f"the golden world could not be made: {why}")
    return World(folder)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The provider that the world was made against, running; `calls` counts what it is asked."""
    with providing() as running:
        yield running
