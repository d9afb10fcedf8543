from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from base import files
from base.errors import FileUnwritableError, NoSpaceError, RecordUnreadableError
from base.files import (
    make_private_file,
    others_may_read,
    read_json,
    replacing,
    sha256_file,
    sha256_text,
    unwritable,
)


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


def test_folders_that_are_made_are_their_owners_alone_and_others_keep_their_modes(
    tmp_path: Path,
) -> None:
    wide = tmp_path / "wide"
    wide.mkdir()
    wide.chmod(0o755)
    before = os.umask(0)
    try:
        with replacing(wide / "out" / "runs" / "table") as file:
            file.write(b"text")
    finally:
        os.umask(before)
    modes = {each.name: each.stat().st_mode & 0o777 for each in (wide, *wide.rglob("*"))}
    assert modes["wide"] == 0o755, "what somebody else made may be shared on purpose"
    assert (modes["out"], modes["runs"]) == (0o700, 0o700)
    assert others_may_read(wide) and not others_may_read(wide / "out")
    assert not others_may_read(wide / "none")


def test_pipes_devices_and_folders_are_no_files_and_end_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError):
            sha256_file(path)
    with pytest.raises(RecordUnreadableError, match="must be readable"):
        read_json(tmp_path / "pipe", TypeAdapter(dict[str, int]))


def test_a_record_beyond_all_measure_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("base.files.LARGEST_RECORD", 10)
    (tmp_path / "record.json").write_text('{"a": 1234567890}')
    with pytest.raises(RecordUnreadableError, match=r"record\.json must have at most 10 bytes"):
        read_json(tmp_path / "record.json", TypeAdapter(dict[str, int]))


def test_a_file_that_the_shell_allows_no_larger_is_no_space_too(tmp_path: Path) -> None:
    error = unwritable(tmp_path / "table.csv", OSError(errno.EFBIG, "File too large"))
    assert isinstance(error, NoSpaceError)
    assert "`ulimit -f`" in error.rule


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_what_a_link_leads_to_keeps_its_mode(
    tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    foreign, private = tmp_path / "foreign", tmp_path / "ledger"
    foreign.touch()
    foreign.chmod(0o755)
    link(private, foreign)
    link(tmp_path / "ledger-wal", foreign)
    make_private_file(private, "-wal")
    assert foreign.stat().st_mode & 0o777 == 0o755
    plain = tmp_path / "plain"
    plain.touch()
    plain.chmod(0o644)
    make_private_file(plain)
    assert plain.stat().st_mode & 0o777 == 0o600
