"""The embedded demonstrations from a recipe to the Hub, and back from there at the tag."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import read_manifest
from tests.servers.hub.server import TOKEN, Hub, serve_hub

pytestmark = [
    *(pytest.mark.slow, pytest.mark.soak, pytest.mark.embedded),
    pytest.mark.timeout(1200),
]

_ROOT = Path(__file__).parents[2]
_READ = """\
import sys
from datasets import load_dataset
repo, config, tag, path = sys.argv[1:]
load_dataset(repo, config, split="train", revision=tag).to_parquet(path)
"""
RECIPES = {
    "or-bench": ("or_bench.embedded.yaml", ("--set", "seeds.per_category=3")),
    "sorry-bench": (
        "sorry_bench.embedded.yaml",
        ("--set", "mutate.styles=[ascii, morse, question]"),
    ),
}


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve_hub() as running:
        yield running


@pytest.mark.parametrize("benchmark", RECIPES)
def test_a_demonstration_is_audited_published_and_read_back(
    benchmark: str, hub: Hub, tmp_path: Path
) -> None:
    recipe, settings = RECIPES[benchmark]
    home = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "home"), "HF_TOKEN": TOKEN}

    def refusery(*arguments: str) -> str:
        return _run(["-m", "refusery", *arguments], tmp_path, home)

    out = ("--out", str(tmp_path / "out"))
    release = Path(
        refusery("build", str(_ROOT / "recipes" / recipe), *out, *settings, "--quiet").strip()
    )
    assert "sound" in refusery("verify", str(release))
    manifest = read_manifest(release)
    assert manifest.report is not None and manifest.audit
    refusery("audit", str(release), "--out", str(tmp_path / "audit"))
    assert {each.name for each in (tmp_path / "audit").iterdir()} == {"audit.json", "report.html"}

    repo = f"me/{benchmark}"
    publish = ("publish", str(release), "--repo", repo, "--demo")
    assert refusery(*publish).startswith("published: ")
    assert refusery(*publish).startswith("nothing to do: ")
    for config in (each for each in manifest.configs if each.rows):
        read = tmp_path / f"{config.name}.parquet"
        tag = f"v{manifest.version}"
        _run(["-c", _READ, repo, config.name, tag, str(read)], tmp_path, home)
        shards = [release / file.name for file in config.files]
        assert pl.read_parquet(read).equals(pl.read_parquet(shards))


def _run(arguments: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
