from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.errors import TableDamagedError
from pipelines.versions.changes import changes_since
from tests.artifacts.diff.two_releases import NEW, OLD, SAFE, facts, folder, views, write


def test_a_first_version_has_changed_from_nothing(tmp_path: Path) -> None:
    write(tmp_path, "2026.11.0", OLD)
    assert changes_since(tmp_path, views(NEW), facts("2026.11.0")) is None


def test_a_version_is_held_against_the_newest_before_it(tmp_path: Path) -> None:
    for each in ("2026.9.0", "2026.10.0", "2026.12.0", "2026.10.1-limit2"):
        write(tmp_path, each, OLD)
    found = changes_since(tmp_path, views(NEW), facts("2026.11.0"))
    assert found is not None
    assert found.since.version == "2026.10.0"
    assert found.configs[0].added == 1


def test_a_version_whose_rows_have_no_ids_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "2026.10.0", OLD, without=["id"])
    assert changes_since(tmp_path, views(NEW), facts("2026.11.0")) is None


def test_a_damaged_version_before_is_said(tmp_path: Path) -> None:
    write(tmp_path, "2026.10.0", OLD)
    (folder(tmp_path, "2026.10.0") / SAFE / "train-00000-of-00001.parquet").unlink()
    with pytest.raises(
        TableDamagedError, match=r"or-bench 2026\.10\.0 must be as its manifest says"
    ):
        changes_since(tmp_path, views(NEW), facts("2026.11.0"))
