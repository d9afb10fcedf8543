"""A pipe or a device where a file should be is refused by every reader, and not waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from base.errors import RefuseryError
from base.foreign_text import read_regular
from evaluation.training.chats import read_chats
from evaluation.training.lora import read_settings
from inference.ledger import Ledger
from inference.vectors import VectorCache
from moderators.refusal.llm import given_chat
from people.spreadsheet import read_cells
from pipelines.recipe import load
from taxonomy import load_taxonomy


def _cells(path: Path) -> object:
    return read_cells(path, ("id",))


READERS: tuple[Callable[[Path], object], ...] = (
    _cells,
    given_chat,
    load,
    load_taxonomy,
    read_chats,
    read_settings,
)


def _put(path: Path, kind: str) -> None:
    """What is no file, in the place of one."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize("kind", ["pipe", "endless", "folder", "missing"])
def test_what_is_no_file_is_refused_with_its_rule(
    tmp_path: Path, reader: Callable[[Path], object], kind: str
) -> None:
    path = tmp_path / "given.yaml"
    _put(path, kind)
    with pytest.raises(RefuseryError, match=r"must (be|exist)"):
        reader(path)


_ODD = pytest.mark.parametrize("kind", ["pipe", "endless", "folder"])


@_ODD
def test_what_is_no_file_in_a_ledgers_place_is_refused(tmp_path: Path, kind: str) -> None:
    _put(tmp_path / "ledger.sqlite", kind)
    with pytest.raises(RefuseryError, match="must be a file that can be read and written"):
        Ledger(tmp_path / "ledger.sqlite")


@_ODD
def test_what_is_no_file_in_the_place_of_a_ledgers_mark_or_a_cache_is_done_without(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    _put(tmp_path / "ledger.sqlite.count", kind)
    Ledger(tmp_path / "ledger.sqlite").close()
    _put(tmp_path / "vectors.sqlite", kind)
    cache = VectorCache(tmp_path / "vectors.sqlite")
    assert cache.get([b"key"]) == {}
    assert "embeddings are not cached" in caplog.text
    cache.close()


def test_a_file_over_its_bound_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.touch()
    os.truncate(path, 1 << 40)
    with pytest.raises(OSError, match="at most 1,000 bytes"):
        read_regular(path, 1000)
