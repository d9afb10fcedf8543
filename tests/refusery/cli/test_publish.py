from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from refusery.cli.app import run
from tests.artifacts.small_run import SmallRun, make_run
from tests.servers.hub.faults import Fault
from tests.servers.hub.server import TOKEN, Hub, serve_hub

REPO = "me/or-bench"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serve_hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield running


@pytest.fixture
def released(tmp_path: Path) -> SmallRun:
    made = make_run(tmp_path / "out")
    made.publish()
    return made


def said(capsys: pytest.CaptureFixture[str]) -> str:
    shown = capsys.readouterr()
    assert TOKEN not in shown.out + shown.err
    assert "easy to take" not in shown.out + shown.err
    return shown.out + shown.err


def test_a_dry_run_shows_operations_and_sizes_and_a_publish_does_them(
    hub: Hub, released: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    release = str(released.release)
    assert run(["publish", release, "--repo", REPO, "--dry-run"]) == 0
    shown = said(capsys)
    for word in ("or-bench 1.0", REPO, "v1.0", "private", "auto", "README.md", "add"):
        assert word in shown
    assert shown.rstrip().endswith("bytes to upload at most; nothing was sent")
    assert not any(each.writes for each in hub.requests)

    assert run(["publish", release, "--repo", REPO]) == 0
    assert said(capsys).startswith(f"published: {REPO} at v1.0, commit ")

    assert run(["publish", release, "--repo", REPO]) == 0
    assert said(capsys).startswith(f"nothing to do: {REPO} at v1.0 holds this release")
    assert run(["publish", release, "--repo", REPO, "--dry-run"]) == 0
    assert "nothing to do: the repository holds this release" in said(capsys)


def test_options_reach_the_repository(
    hub: Hub, released: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--public", "--gated", "off", "--tag", "first", "--demo"]
    understood = ["--i-understand-ungated", "or-bench-toxic"]
    assert run(["publish", str(released.release), "--repo", REPO, *given, *understood]) == 0
    repo = hub.repos["datasets", REPO]
    assert (repo.private, repo.gated, set(repo.tags)) == (False, False, {"first"})


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_refusal_is_one_line_and_bad_input(
    hub: Hub, released: SmallRun, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    given = ["publish", str(released.release), "--repo", REPO, "--public", "--gated", "off"]
    assert run([*given, *more]) == 2
    line = said(capsys).splitlines()[-1]
    assert line.startswith("refusery: or-bench-toxic must be gated or private")
    assert hub.repos == {}


def test_an_unknown_gate_is_bad_input(
    hub: Hub, released: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["publish", str(released.release), "--repo", REPO, "--gated", "ajar"]) == 2
    assert "--gated must be one of auto, manual, off (got ajar)" in said(capsys)


def test_no_right_to_write_is_told_in_a_line(
    hub: Hub, released: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.faults.planned = [Fault("create", "status", status=403)]
    assert run(["publish", str(released.release), "--repo", REPO]) == 2
    assert said(capsys).startswith("refusery: the Hub must let you write (403)")


def test_a_folder_that_is_no_release_is_bad_input(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["publish", str(tmp_path), "--repo", REPO]) == 2
    assert "manifest.json must be readable" in said(capsys)
