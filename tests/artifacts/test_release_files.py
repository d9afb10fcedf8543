"""Names in manifests and records are plain names of regular files inside their folders."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifacts.diff.compare import compare
from artifacts.errors import TableDamagedError
from artifacts.hub.local import open_local
from artifacts.manifest import MANIFEST, read_manifest
from artifacts.records import read_run
from artifacts.release_files import name_problem, release_file
from artifacts.verify.release import verify
from base.errors import RecordUnreadableError, RefuseryError
from tests.artifacts.small_run import SmallRun

_SHARD = "or-bench-80k/train-00000-of-00001.parquet"
_ODD_NAMES = (
    *(
        "/dev/zero",
        "../x.parquet",
        "a/../../x",
        "a//b",
        "",
        ".",
        "a\\..\\b",
        "C:x",
        "a\x1b]0;x\x07",
    ),
    *("a\u202etxt", "x" * 300),
)


def _changed(release: Path, how: Callable[[dict[str, Any]], None]) -> None:
    path = release / MANIFEST
    manifest = json.loads(path.read_text())
    how(manifest)
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("name", _ODD_NAMES)
@pytest.mark.parametrize("field", ["file", "config", "run", "card", "version", "parent"])
def test_an_odd_name_in_a_manifest_is_refused_before_anything_is_opened(
    released: SmallRun, field: str, name: str
) -> None:
    def odd(manifest: dict[str, Any]) -> None:
        if field == "file":
            manifest["configs"][0]["files"][0]["name"] = name
        elif field == "config":
            manifest["configs"][0]["name"] = name
        elif field == "card":
            manifest["card"]["name"] = name
        elif field == "parent":
            manifest["lineage"]["parent"] = {"version": name, "manifest": "0" * 64}
        else:
            manifest[field] = name

    _changed(released.release, odd)
    for reader in (read_manifest, verify, open_local):
        with pytest.raises(RecordUnreadableError, match="must be a whole record") as caught:
            reader(released.release)
        assert str(caught.value).isprintable()


def test_what_is_no_regular_file_is_a_problem_line_at_once(released: SmallRun) -> None:
    shard = released.release / _SHARD
    shard.unlink()
    outside = released.out / "outside.parquet"
    outside.write_bytes(b"x")
    os.mkfifo(released.out / "pipe")
    for target in ("/dev/zero", released.out / "pipe", outside, released.out, "nothing there"):
        shard.symlink_to(target)
        problems = verify(released.release, released.runs).problems
        assert any(line.startswith(_SHARD) and "must" in line for line in problems), target
        shard.unlink()
    os.mkfifo(shard)
    assert any("regular file" in line for line in verify(released.release).problems)


def test_a_page_and_a_manifest_that_are_devices_end_at_once(released: SmallRun) -> None:
    card = released.release / "README.md"
    card.unlink()
    card.symlink_to("/dev/zero")
    assert any(line.startswith("README.md:") for line in verify(released.release).problems)
    (released.release / MANIFEST).unlink()
    (released.release / MANIFEST).symlink_to("/dev/zero")
    with pytest.raises(RecordUnreadableError, match="must be readable"):
        read_manifest(released.release)


def test_links_within_a_release_and_within_the_hubs_cache_are_files(tmp_path: Path) -> None:
    release = tmp_path / "datasets--o--n" / "snapshots" / "abc"
    release.mkdir(parents=True)
    blob = tmp_path / "datasets--o--n" / "blobs" / "1"
    blob.parent.mkdir()
    blob.write_bytes(b"x")
    (release / "a").symlink_to(blob)
    (release / "b").symlink_to("a")
    assert release_file(release, "b").read_bytes() == b"x"
    (tmp_path / "secret").write_bytes(b"x")
    (release / "c").symlink_to(tmp_path / "secret")
    with pytest.raises(TableDamagedError, match="must lead to a file of its release"):
        release_file(release, "c")


def test_names_in_a_runs_records_are_plain_too(released: SmallRun) -> None:
    record = next((released.folder / "moderate").glob("shard-*.json"))
    said = json.loads(record.read_text())
    said["files"]["kept"]["name"] = "../../../ledger.sqlite"
    record.write_text(json.dumps(said))
    assert any("plain name" in line for line in verify(released.release, released.runs).problems)
    run = json.loads((released.folder / "run.json").read_text())
    run["stages"][0]["name"] = "../x"
    (released.folder / "run.json").write_text(json.dumps(run))
    with pytest.raises(RecordUnreadableError, match="plain name"):
        read_run(released.folder)


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_a_plain_name_stays_in_its_folder(name: str) -> None:
    if name_problem(name) is None:
        inside = Path(os.path.normpath(Path("/release") / name))
        assert inside.is_relative_to("/release")
        assert name.isprintable()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def _places(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [at, *(place for key, inner in parts for place in _places(inner, (*at, key)))]


@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_manifest_is_read_or_refused_in_one_line(calm: SmallRun, data: st.DataObject) -> None:
    """One value anywhere in it becomes another, or is left out."""
    path = calm.release / MANIFEST
    whole = path.read_bytes()
    manifest = json.loads(whole)
    place = data.draw(st.sampled_from(_places(manifest)[1:]))
    inner = manifest
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = data.draw(_JSON)
    try:
        path.write_text(json.dumps(manifest))
        for use in (
            lambda: verify(calm.release, calm.runs),
            lambda: compare(calm.release, calm.release),
        ):
            try:
                use()
            except RefuseryError as error:
                assert "\n" not in str(error)
    finally:
        path.write_bytes(whole)
