"""Patch versions: numbered after all that are there, and held against what they were made from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import MANIFEST, ReleaseFacts, read_manifest
from artifacts.releases import Earlier, open_release
from artifacts.tables import read_table, write_table
from artifacts.verify.release import Report, verify
from artifacts.version_facts import ReviewFacts
from artifacts.views import View
from pipelines.versions.next_version import ResolvedVersion, keep_resolved
from pipelines.versions.patches import Patch, PatchRefusedError, next_patch, withdraw
from tests.people.releases import HARD, SAFE, contents, write_or_bench


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_or_bench(tmp_path_factory.mktemp("made") / "out")


@pytest.fixture
def release(made: Path, tmp_path: Path) -> Earlier:
    """A release with its run, in a folder of the test's own."""
    shutil.copytree(made.parents[2], tmp_path / "out")
    return open_release(tmp_path / "out" / made.relative_to(made.parents[2]))


def _id(release: Earlier, row: str) -> str:
    return str(_rows(release.path).filter(row=row)["id"].item())


def _rows(release: Path) -> pl.DataFrame:
    return pl.concat([read_table(path) for path in sorted((release / SAFE).iterdir())])


def _patch(release: Earlier, *rows: str) -> Patch:
    review = ReviewFacts(release.pinned, 36, 36, len(rows), 1, {}, None, {})
    return withdraw(release, {_id(release, row): f"bad {row}" for row in rows}, review)


def _verified(patch: Patch) -> Report:
    return verify(patch.path, patch.path.parents[2] / "runs")


def test_the_number_is_the_next_that_no_folder_has(release: Earlier) -> None:
    for name in ("2026.11.3", "2026.12.9", "2026.11.x", ".2026.11.7.part"):
        release.path.with_name(name).mkdir()
    assert next_patch(release) == "2026.11.4"
    runs = release.path.parents[2] / "runs"
    (runs / "other").mkdir()
    keep_resolved(runs / "other", ResolvedVersion("or-bench", "2026.11.4"))
    assert next_patch(release) == "2026.11.5"


@pytest.mark.parametrize(
    ("version", "after"), [("2026.1.9", "2026.1.10"), ("2026.11.0-limit-4", "2026.11.1-limit-4")]
)
def test_a_number_keeps_its_form(release: Earlier, version: str, after: str) -> None:
    assert (
        next_patch(replace(release, manifest=replace(release.manifest, version=version))) == after
    )


def test_what_is_no_number_has_no_patch(release: Earlier) -> None:
    odd = replace(release, manifest=replace(release.manifest, version="first"))
    with pytest.raises(PatchRefusedError, match=r"YEAR.MONTH.PATCH.*got first") as caught:
        next_patch(odd)
    assert caught.value.exit_code == 2


def test_a_row_stays_withdrawn_in_a_patch_of_the_patch(release: Earlier) -> None:
    first = _patch(release, "hate00")
    second = _patch(open_release(first.path), "hate01")
    assert second.path.name == "2026.11.2"
    assert [(s.version, s.reason) for s in second.withdrawn] == [("2026.11.2", "bad hate01")]
    stones = {stone.reason: stone.version for stone in second.manifest.tombstones}
    assert stones == {"bad hate00": "2026.11.1", "bad hate01": "2026.11.2"}
    assert _rows(second.path).height == 22
    assert (_verified(second).problems, _verified(second).notes) == ((), ())


def test_a_row_stays_withdrawn_in_another_patch_of_the_same_release(release: Earlier) -> None:
    _patch(release, "hate00")
    second = _patch(release, "hate01")
    assert second.path.name == "2026.11.2"
    assert {stone.reason for stone in second.manifest.tombstones} == {"bad hate00", "bad hate01"}
    assert not {"hate00", "hate01"} & set(_rows(second.path)["row"])
    assert _verified(second).sound


def test_a_config_may_lose_all_its_rows(release: Earlier) -> None:
    hard = [f"{name}{n:02d}" for name in ("hate", "illegal", "privacy") for n in (0, 1)]
    patch = _patch(release, *hard)
    assert {config.name: config.rows for config in patch.manifest.configs}[HARD] == 0
    assert not (patch.path / HARD).exists()
    assert _verified(patch).problems == ()
    again = _patch(open_release(patch.path), "hate02")
    assert _verified(again).problems == ()


def test_figures_and_report_are_those_of_the_new_rows(release: Earlier) -> None:
    seen: list[int] = []

    def finish(views: object, facts: ReleaseFacts) -> ReleaseFacts:
        assert isinstance(views, list) and isinstance(views[0], View)
        seen.append(views[0].rows.height)
        return replace(facts, relatives=("measured",))

    review = ReviewFacts(release.pinned, 1, 1, 1, 1, {}, None, {})
    patch = withdraw(
        release,
        {_id(release, "hate00"): "bad"},
        review,
        finish=finish,
        report=lambda manifest: f"<p>{manifest.version}</p>",
    )
    assert (seen, patch.manifest.relatives) == ([23], ("measured",))
    assert (patch.path / "report.html").read_text() == "<p>2026.11.1</p>"
    assert _verified(patch).sound


def test_where_the_parent_is_not_beside_it_only_the_run_is_held_against_it(
    release: Earlier,
) -> None:
    patch = _patch(release, "hate00")
    shutil.move(release.path, release.path.parents[2] / "away")
    report = _verified(patch)
    assert report.problems == ()
    assert report.notes == (
        "2026.11.0 is not beside it: its rows were not held against those reviewed",
    )


Change = Callable[[Path, Path], None]


def _row_lost(parent: Path, patch: Path) -> None:
    _edit(patch, lambda rows: rows.filter(pl.col("row") != "hate05"))


def _value_changed(parent: Path, patch: Path) -> None:
    _edit(patch, lambda rows: rows.with_columns(writer=pl.lit("another")))


def _order_changed(parent: Path, patch: Path) -> None:
    _edit(patch, lambda rows: rows.sort("row", descending=True))


def _row_back(parent: Path, patch: Path) -> None:
    _edit(patch, lambda rows: _rows(parent))


def _edit(release: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    (path,) = (release / SAFE).iterdir()
    frame = read_table(path)
    write_table(path, change(frame), frame.schema)
    _state(release, path)


def _state(release: Path, path: Path) -> None:
    """The manifest says what is in the file now, as a forger would have it."""
    import hashlib

    from artifacts.manifest import canary, write_manifest
    from artifacts.stage_tables import tally

    manifest = read_manifest(release)
    first, *others = manifest.configs
    frame = read_table(path)
    file = replace(
        first.files[0],
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        rows=frame.height,
        bytes=path.stat().st_size,
    )
    counted = {**dict.fromkeys(first.categories, 0), **tally(frame["category"])}
    now = (replace(first, files=(file,), rows=frame.height, categories=counted), *others)
    files = [each for config in now for each in config.files]
    guid = canary(manifest.benchmark, manifest.version, files)
    write_manifest(release, replace(manifest, configs=now, canary=guid))


def _parent_changed(parent: Path, patch: Path) -> None:
    text = (parent / MANIFEST).read_text()
    (parent / MANIFEST).write_text(text.replace('"demo": false', '"demo": true'))


def _parent_damaged(parent: Path, patch: Path) -> None:
    (path,) = (parent / SAFE).iterdir()
    path.write_bytes(path.read_bytes()[:-9])


def _stone_lost(parent: Path, patch: Path) -> None:
    manifest = json.loads((patch / MANIFEST).read_text())
    manifest["tombstones"] = []
    (patch / MANIFEST).write_text(json.dumps(manifest))


def _stone_added(parent: Path, patch: Path) -> None:
    manifest = json.loads((patch / MANIFEST).read_text())
    manifest["tombstones"].append({**manifest["tombstones"][0], "id": "0" * 16})
    (patch / MANIFEST).write_text(json.dumps(manifest))


def _review_of_another(parent: Path, patch: Path) -> None:
    manifest = json.loads((patch / MANIFEST).read_text())
    manifest["review"]["of"]["version"] = "2026.10.0"
    (patch / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (_row_lost, "2026.11.0 -> or-bench-80k: 1 row is missing that nobody withdrew"),
        (_value_changed, "2026.11.0 -> or-bench-80k: rows have other values"),
        (_order_changed, "2026.11.0 -> or-bench-80k: its rows are in another order"),
        (_row_back, "or-bench-80k: 1 withdrawn row is there still"),
        (_row_back, "2026.11.0 -> or-bench-80k: 1 row is there that should not be"),
        (_parent_changed, "2026.11.0: its manifest is not the one that was reviewed"),
        (_parent_damaged, "train-00000-of-00001.parquet: its bytes have changed"),
        (_stone_lost, "2026.11.0 -> or-bench-80k: 1 row is missing that nobody withdrew"),
        (_stone_lost, "subsets -> or-bench-80k: 1 row is lost"),
        (_stone_added, "1 row is withdrawn here that 2026.11.0 does not have"),
        (_review_of_another, "manifest.json: its review must be that of 2026.11.0"),
    ],
)
def test_what_is_not_the_reviewed_release_less_its_tombstones_is_a_problem(
    release: Earlier, tamper: Change, problem: str
) -> None:
    patch = _patch(release, "hate03")
    assert _verified(patch).sound
    tamper(release.path, patch.path)
    assert [line for line in _verified(patch).problems if problem in line]


def test_the_reviewed_release_is_not_touched(release: Earlier) -> None:
    before = contents(release.path)
    _patch(release, "hate00")
    assert contents(release.path) == before
