"""Which release of a data set is the newest: by lineage, not by number alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.releases import open_release, releases_before, versions_of
from artifacts.version_facts import Lineage
from tests.artifacts.diff.two_releases import OLD, Placed, folder
from tests.artifacts.diff.two_releases import write as written


def write(out: Path, version: str, placed: Placed, **said: Any) -> Path:  # noqa: ANN401
    written(out, version, placed, **said)
    return folder(out, version)


def _patch(out: Path, version: str, of: Path) -> Path:
    return write(out, version, OLD, lineage=Lineage("reviewed", open_release(of).pinned))


def test_a_patch_of_an_older_version_is_not_the_newest(tmp_path: Path) -> None:
    second = write(tmp_path, "2026.11.2", OLD)
    write(tmp_path, "2026.11.3", OLD)
    _patch(tmp_path, "2026.11.4", second)
    assert versions_of(tmp_path, "or-bench") == ["2026.11.2", "2026.11.4", "2026.11.3"]
    before = releases_before(tmp_path, "or-bench", "2026.12.0")
    assert before[-1].manifest.version == "2026.11.3"


def test_a_patch_of_the_newest_is_the_newest_and_so_is_a_patch_of_it(tmp_path: Path) -> None:
    third = write(tmp_path, "2026.11.3", OLD)
    fourth = _patch(tmp_path, "2026.11.4", third)
    _patch(tmp_path, "2026.11.5", fourth)
    assert versions_of(tmp_path, "or-bench")[-1] == "2026.11.5"


def test_a_patch_is_older_than_what_came_after_the_version_that_it_is_of(tmp_path: Path) -> None:
    old = write(tmp_path, "2026.10.0", OLD)
    middle = _patch(tmp_path, "2026.10.2", _patch(tmp_path, "2026.10.1", old))
    write(tmp_path, "2026.11.0", OLD)
    assert middle.name == "2026.10.2"
    assert versions_of(tmp_path, "or-bench") == [
        "2026.10.0",
        "2026.10.1",
        "2026.10.2",
        "2026.11.0",
    ]


def test_a_manifest_that_breaks_off_stands_by_its_number(tmp_path: Path) -> None:
    first = write(tmp_path, "2026.11.2", OLD)
    write(tmp_path, "2026.11.10", OLD)
    (first / MANIFEST).write_text("{")
    assert versions_of(tmp_path, "or-bench") == ["2026.11.2", "2026.11.10"]


def test_only_a_name_of_its_own_stands_in_the_manifest(tmp_path: Path) -> None:
    plain = write(tmp_path, "2026.11.0", OLD)
    named = write(tmp_path, "2026.11.1", OLD, name="mine")
    assert '"name": "mine"' in (named / MANIFEST).read_text()
    assert '"name": ""' not in (plain / MANIFEST).read_text()
    assert [read_manifest(each).data_set for each in (plain, named)] == ["or-bench", "mine"]
