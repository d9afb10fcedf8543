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


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize("kind", ["pipe", "endless", "folder", "missing"])
def test_what_is_no_file_is_refused_with_its_rule(
    tmp_path: Path, reader: Callable[[Path], object], kind: str
) -> None:
    path = tmp_path / "given.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(RefuseryError, match=r"must (be|exist)"):
        reader(path)


def test_a_file_over_its_bound_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.touch()
    os.truncate(path, 1 << 40)
    with pytest.raises(OSError, match="at most 1,000 bytes"):
        read_regular(path, 1000)
