from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from base import files
from base.errors import FileUnwritableError, NoSpaceError
from base.files import replacing, sha256_file, sha256_text


def test_a_file_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "table.csv"
    for data in (b"old", b"new"):
        with replacing(path) as file:
            file.write(data)
        assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_write_left_behind_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    (tmp_path / ".table.csv.part").write_bytes(b"longer than what comes")
    with replacing(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said_in_one_line_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    (tmp_path / ".table.csv.part").symlink_to("/dev/full")
    with pytest.raises(NoSpaceError, match=r"^no space left for table\.csv; free some") as caught:
        with replacing(path) as file:
            file.write(b"new")
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_new_folders_are_as_durable_as_the_file_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    with replacing(tmp_path / "a" / "b" / "c" / "file") as file:
        file.write(b"")
    a = tmp_path / "a"
    assert set(synced) == {tmp_path, a, a / "b", a / "b" / "c"}
    synced.clear()
    with replacing(a / "b" / "c" / "other") as file:
        file.write(b"")
    assert synced == [a / "b" / "c"]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"")
    with pytest.raises(FileUnwritableError, match=r"a file must be writable: .*table\.csv"):
        with replacing(tmp_path / "folder" / "table.csv"):
            pass


def test_hashes_are_those_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("é", encoding="utf-8")
    assert sha256_file(path) == hashlib.sha256("é".encode()).hexdigest() == sha256_text("é")
