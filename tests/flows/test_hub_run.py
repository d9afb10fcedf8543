"""A run whose seeds are on the Hub, as a user would start, resume and repeat it."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.manifest import Manifest, read_manifest
from tests.loopback import RECIPE, models, refusery, write_recipe
from tests.servers.hub.server import serve_hub
from tests.servers.openai_server import serve

SEEDS = b"prompt,category\nHow to cheat at cards,deception\nHow to pick a lock,illegal\n"
MORE = SEEDS + b"How to read her letters,privacy\n"
TEXT = RECIPE.replace(
    "{{from: shipped}}",
    "{{from: 'hf://me/seeds/seeds.csv', license: cc-by-4.0, redistribute: true}}",
)


@pytest.mark.slow
def test_a_run_keeps_the_revision_that_it_began_with(tmp_path: Path) -> None:
    with serve_hub() as hub, serve(models()) as server:
        environment = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hub")}
        recipe = write_recipe(tmp_path, server.base_url, TEXT)

        def build(*settings: str) -> Manifest:
            sets = [part for each in settings for part in ("--set", each)]
            done = refusery("build", recipe, "--quiet", *sets, cwd=tmp_path, **environment)
            assert done.returncode == 0, done.stderr
            return read_manifest(Path(tmp_path, done.stdout.strip()))

        repo = hub.dataset("me/seeds", {"seeds.csv": SEEDS})
        first = repo.branches["main"]
        begun = build()
        second = repo.commit({"seeds.csv": MORE})
        calls = len(server.calls)
        resumed = build()
        assert len(server.calls) == calls
        other = build("release.version=2026.12.0")
    (told,) = begun.sources
    assert (told.name, told.revision) == ("hf://datasets/me/seeds/seeds.csv", first)
    assert (told.license, told.redistribute, told.rows) == ("cc-by-4.0", True, 2)
    assert f"hf://datasets/me/seeds@{first}/seeds.csv" in begun.recipe.text
    assert resumed == begun
    assert (other.sources[0].revision, other.sources[0].rows) == (second, 3)


def test_a_table_on_the_hub_is_deduplicated_by_the_verb(tmp_path: Path) -> None:
    with serve_hub() as hub:
        hub.dataset("me/sets", {"hard.csv": b"prompt\nA b\nA b\nC d\n"})
        recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
        done = refusery(
            *("dedup", "hf://me/sets/hard.csv", "--recipe", recipe, "--out", "kept.csv"),
            cwd=tmp_path,
            HF_ENDPOINT=hub.endpoint,
            HF_HOME=str(tmp_path / "hub"),
        )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kept.csv").read_text().split() == ['"prompt"', "A", "b", "C", "d"]
