"""Releases as they lie in the output folder: sound or not, and closed to other files."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.author_files import exports_of
from artifacts.errors import InsideReleaseError, ReleaseDamagedError
from artifacts.manifest import read_manifest
from artifacts.releases import open_sound, require_outside
from tests.artifacts.small_run import SmallRun


def test_a_release_is_open_where_every_file_is_as_it_was(released: SmallRun) -> None:
    assert open_sound(released.release) == read_manifest(released.release)
    (released.release / "README.md").write_text("mine")
    with pytest.raises(ReleaseDamagedError, match=r"or-bench 1\.0: README\.md: its bytes"):
        open_sound(released.release)


def test_a_file_of_a_user_is_not_written_into_a_release(
    released: SmallRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_outside(released.release.parent / "mine.csv")
    for place in ("mine.csv", "new/folder/mine.csv"):
        with pytest.raises(InsideReleaseError, match=r"mine\.csv in or-bench 1\.0") as caught:
            require_outside(released.release / place)
    assert caught.value.exit_code == 2
    monkeypatch.chdir(released.release)
    with pytest.raises(InsideReleaseError):
        require_outside(Path("mine.csv"))


def test_a_manifest_of_something_else_makes_no_release(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}')
    require_outside(tmp_path / "mine.csv")


def test_exports_lie_beside_all_releases() -> None:
    found = exports_of(Path("/a/out/releases/or-bench/2026.11.0"))
    assert found == Path("/a/out/exports/or-bench/2026.11.0")
