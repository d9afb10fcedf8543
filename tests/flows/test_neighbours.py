"""Recipes beside each other, and a recipe that was changed: what was released is never touched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from artifacts.manifest import read_manifest
from artifacts.releases import damages
from tests import prefect_server
from tests.loopback import models, own_prefect, refusery, write_recipe
from tests.servers.openai_server import Server, serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

_LIMIT = ("--limit", "1", "--quiet")
_VERSION = "2026.11.0-limit1"
_RELEASE = Path("out/releases/or-bench") / _VERSION


@dataclass(frozen=True)
class _Built:
    """A folder with a release and what it was made from."""

    folder: Path
    server: Server

    @property
    def release(self) -> Path:
        return self.folder / _RELEASE

    def build(self, *settings: str, recipe: str = "loop") -> subprocess.CompletedProcess[str]:
        return refusery("build", f"{recipe}.yaml", *_LIMIT, *settings, cwd=self.folder)

    def contents(self) -> dict[Path, bytes]:
        """All that lies below the runs and the releases but locks, which say who held them last."""
        paths = (path for part in ("runs", "releases") for path in self._below(part))
        return {path: path.read_bytes() for path in paths}

    def _below(self, part: str) -> Iterator[Path]:
        for path in (self.folder / "out" / part).rglob("*"):
            if path.is_file() and not path.name.endswith(".lock"):
                yield path


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Built]:
    folder = tmp_path_factory.mktemp("made")
    with serve(models()) as server:
        write_recipe(folder, server.base_url)
        made = _Built(folder, server)
        done = made.build()
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture
def built(_made: _Built, tmp_path: Path) -> _Built:
    """A copy, whose models are the same."""
    shutil.copytree(_made.folder, tmp_path / "copy")
    return _Built(tmp_path / "copy", _made.server)


def _is_sound(built: _Built) -> bool:
    return refusery("verify", _RELEASE, cwd=built.folder).returncode == 0


def test_a_changed_recipe_of_the_same_version_asks_nobody_and_touches_nothing(
    built: _Built,
) -> None:
    before, asked = built.contents(), len(built.server.calls)
    done = built.build("--set", "moderate.moderators=[a, b]")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "moderate.moderators changed" in done.stderr
    assert len(built.server.calls) == asked
    assert built.contents() == before
    assert _is_sound(built)


def test_another_recipe_of_that_version_is_refused_by_name_before_it_asks(built: _Built) -> None:
    write_recipe(built.folder, built.server.base_url).rename(built.folder / "other.yaml")
    before, asked = built.contents(), len(built.server.calls)
    done = built.build(recipe="other")
    assert done.returncode == 2
    assert "made by recipe `loop`" in done.stderr
    assert len(built.server.calls) == asked
    assert built.contents() == before


def test_a_damaged_release_is_made_anew_once_it_is_moved_away_and_nothing_is_bought(
    built: _Built,
) -> None:
    shard = next((built.release / "or-bench-main").iterdir())
    whole, asked = shard.read_bytes(), len(built.server.calls)
    shard.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    done = built.build()
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"{shard.parent.name}/{shard.name}: its bytes have changed" in done.stderr
    shutil.move(built.release, built.folder / "damaged")
    done = built.build()
    assert done.returncode == 0, done.stderr
    assert shard.read_bytes() == whole
    assert _is_sound(built)
    assert len(built.server.calls) == asked


def test_tables_that_were_cleared_away_are_not_bought_again(built: _Built) -> None:
    before, asked = built.release, len(built.server.calls)
    shutil.rmtree(built.folder / "out" / "runs")
    (built.folder / "out" / "ledger.sqlite").unlink()
    done = built.build()
    assert (done.returncode, done.stdout.strip()) == (0, str(before))
    assert len(built.server.calls) == asked


@pytest.mark.parametrize("names", [("mine", "other"), ("mine", "mine")])
def test_of_two_processes_that_make_one_version_one_does_and_one_is_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    with serve(models(), latency_s=0.02) as server, prefect_server.used() as address:
        for name in {*names}:
            write_recipe(tmp_path, server.base_url).rename(tmp_path / f"{name}.yaml")
        command = [sys.executable, "-m", "refusery", "build"]
        both = [
            subprocess.Popen(
                [*command, f"{name}.yaml", *_LIMIT, "--set", f"rewrite.per_seed={number}"],
                cwd=tmp_path,
                env=own_prefect(tmp_path) | {"PREFECT_API_URL": address},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number, name in enumerate(names, 2)
        ]
        said = [(*each.communicate(timeout=500), each.returncode) for each in both]
    (refused,) = [error.strip() for _, error, status in said if status]
    assert len(refused.splitlines()) == 1
    assert "at a time" in refused or "a release is immutable" in refused
    release = tmp_path / _RELEASE
    assert not list(damages(release, read_manifest(release)))
    assert refusery("verify", _RELEASE, cwd=tmp_path).returncode == 0
    assert [path.name for path in release.parent.iterdir() if path.is_dir()] == [_VERSION]
