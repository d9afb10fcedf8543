from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifacts.manifest import FORMAT, SoundsRisky, read_manifest, write_manifest
from artifacts.verify.release import verify
from base.errors import RecordUnreadableError
from tests.artifacts.report.manifests import sorry_bench_manifest
from tests.artifacts.small_run import SmallRun


def change(release: Path, how: Callable[[dict[str, Any]], None]) -> None:
    path = release / "manifest.json"
    manifest = json.loads(path.read_text())
    how(manifest)
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("reader", [read_manifest, verify])
def test_a_manifest_of_a_newer_format_is_said_in_one_line(
    released: SmallRun, reader: Callable[[Path], object]
) -> None:
    def newer(manifest: dict[str, Any]) -> None:
        manifest.clear()
        manifest.update(format=FORMAT + 6, everything="else is another")

    change(released.release, newer)
    rule = r"of format 1 at most, the newest known here; it is of format 7 \(got /.*/1\.0\)$"
    with pytest.raises(RecordUnreadableError, match=rule) as caught:
        reader(released.release)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("format", ["one", None, [], -1, 0])
def test_a_format_that_is_no_newer_one_is_a_broken_record(
    released: SmallRun, format: object
) -> None:
    change(released.release, lambda manifest: manifest.update(format=format))
    with pytest.raises(
        RecordUnreadableError, match=r"must be a whole record: format: Input should"
    ):
        read_manifest(released.release)


def test_a_record_that_lacks_a_field_is_still_told_by_it(released: SmallRun) -> None:
    change(released.release, lambda manifest: manifest.pop("license"))
    with pytest.raises(
        RecordUnreadableError, match=r"must be a whole record: license: Field required"
    ):
        read_manifest(released.release)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"format"', "7"])
def test_what_is_no_record_at_all_is_one_line(released: SmallRun, text: str) -> None:
    (released.release / "manifest.json").write_text(text)
    with pytest.raises(
        RecordUnreadableError, match=r"manifest\.json must be a whole record: the file"
    ):
        read_manifest(released.release)


def test_a_field_that_is_not_known_is_passed_over(released: SmallRun) -> None:
    before = read_manifest(released.release)
    change(released.release, lambda manifest: manifest.update(more={"than": "is known"}))
    assert read_manifest(released.release) == before


_OF_OVER_REFUSAL = {
    *("contested", "undecided", "sounds_risky", "moderation"),
    *("rescue", "panel", "hard", "toxic"),
}


def test_a_fine_grained_set_says_nothing_of_what_only_an_over_refusal_set_has(
    tmp_path: Path,
) -> None:
    write_manifest(tmp_path, sorry_bench_manifest())
    assert not _OF_OVER_REFUSAL & {*json.loads((tmp_path / "manifest.json").read_text())}
    assert read_manifest(tmp_path) == sorry_bench_manifest()


def test_an_over_refusal_set_keeps_them_where_they_are_nothing(released: SmallRun) -> None:
    manifest = replace(read_manifest(released.release), panel=None, toxic=None)
    write_manifest(released.release, manifest)
    written = json.loads((released.release / "manifest.json").read_text())
    assert _OF_OVER_REFUSAL <= {*written}


def test_an_older_manifest_of_a_fine_grained_set_is_read_with_its_zeros(tmp_path: Path) -> None:
    def older(manifest: dict[str, Any]) -> None:
        manifest.update(contested=0, undecided=0, sounds_risky={"measured": 0, "risky": 0})
        manifest.update(rescue=None, panel=None, hard=None, toxic=None)

    write_manifest(tmp_path, sorry_bench_manifest())
    change(tmp_path, older)
    before = read_manifest(tmp_path)
    assert before == replace(
        sorry_bench_manifest(), contested=0, undecided=0, sounds_risky=SoundsRisky(0, 0)
    )
