from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from artifacts.releases import open_release
from artifacts.version_facts import Lineage, Tombstone, Writing
from inference.encoders import SHIPPED_ENCODER, Encoder
from inference.models import EncoderSpec
from pipelines.errors import StageFailedError
from tests.loopback import models, write_recipe
from tests.pipelines.versions.making import SMALL, Made, Planting, version
from tests.pipelines.versions.making import withdraw as bury
from tests.servers.behaviours import Behaviour, Router
from tests.servers.counting import Call
from tests.servers.faults import Fault, server_error
from tests.servers.openai_server import serve
from tests.servers.voters import Moderator

_NEAR = "dedup.threshold=0.92"


def _answering(writer: Behaviour) -> Router:
    voters = [f"moderator-{letter}" for letter in "abc"]
    return Router({"writer": writer, **dict.fromkeys(voters, Moderator(toxic=0.0))})


def _vectors(out: Path) -> int:
    (file,) = (out / "embeddings").glob("*.sqlite")
    with sqlite3.connect(file) as database:
        count: int = database.execute("SELECT COUNT(*) FROM vectors").fetchone()[0]
    return count


@dataclass(frozen=True)
class _Two:
    first: Made
    second: Made
    planted: list[str]
    vectors: tuple[int, int]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Two]:
    """A version, and one in refresh mode whose writer plants paraphrases of the first's prompts."""
    folder = tmp_path_factory.mktemp("two")
    out = folder / "out"
    with serve(models(tail=0.0, unparseable=0.0)) as server:
        recipe = write_recipe(folder, server.base_url)
        with version(recipe, out, "2026.11.0", *SMALL, _NEAR) as first:
            before = _vectors(out)
        planted = [f"So, {text[0].lower()}{text[1:]}" for text in first.rows()["prompt"]]
        server.behaviour = _answering(Planting(planted))
        with version(recipe, out, "2026.12.0", *SMALL, _NEAR, "mode=refresh") as second:
            yield _Two(first, second, planted, (before, _vectors(out)))


def test_no_near_copy_of_an_earlier_prompt_comes_back(two: _Two, tmp_path: Path) -> None:
    dropped = two.second.run.table("dedup-0", "dropped").filter(reason="near_reference")
    assert set(dropped["text"]) & set(two.planted)
    ids = {f"2026.11.0#{id}" for id in two.first.ids()}
    assert set(dropped["duplicate_of"]) <= ids
    encoder = Encoder(EncoderSpec(SHIPPED_ENCODER), tmp_path)
    old, new = (encoder.embed(each.every()["prompt"].to_list()) for each in (two.first, two.second))
    encoder.close()
    assert float(np.max(new @ old.T)) < 0.92


def test_earlier_texts_are_not_embedded_again(two: _Two) -> None:
    before, after = two.vectors
    assert sum(each.computed for each in two.second.encoders.values()) == after - before
    texts = two.second.run.kept("clean-0", ["text"])["text"].n_unique()
    assert after - before < texts + len(two.first.ids())


def test_a_refreshed_release_names_what_it_was_held_against(two: _Two) -> None:
    assert two.second.manifest.lineage == Lineage(
        mode="refresh",
        against=(open_release(two.first.folder).pinned,),
        writing=Writing("2026.12.0", 0, 3),
    )
    assert two.second.verified().sound


@pytest.mark.slow
def test_an_unchanged_recipe_with_a_warm_ledger_is_written_anew_and_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with version(recipe, out, "2026.11.0", *SMALL, "mode=refresh") as first:
            assert first.manifest.lineage.against == ()
        known = {call.digest for call in server.calls}

        def cut(call: Call) -> Fault | None:
            return server_error() if call.order > len(known) + 15 else None

        server.faults = cut
        again = (*SMALL, "mode=refresh", "models.writer.attempts=1")
        with pytest.raises(StageFailedError), version(recipe, out, "2026.12.0", *again):
            pass
        server.faults = lambda call: None
        with version(recipe, out, "2026.12.0", *again) as second:
            pass
        written = [call for call in server.calls if call.body["model"] == "writer"]
        bought = [call.digest for call in written if call.status == 200]
    assert len(bought) == len(set(bought))
    assert len(set(bought) - known) >= 10
    assert first.ids().isdisjoint(second.ids())


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["null", "refresh"])
def test_what_people_withdrew_never_comes_back(tmp_path: Path, mode: str) -> None:
    out = tmp_path / "out"
    with serve(models(tail=0.0, unparseable=0.0)) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with version(recipe, out, "2026.11.0", *SMALL) as first:
            gone = first.rows().row(0, named=True)
        stone = Tombstone(gone["id"], "not harmless", "2026.11.0")
        bury(first.folder, stone)
        server.behaviour = _answering(Planting([gone["prompt"]]))
        with version(recipe, out, "2026.12.0", *SMALL, f"mode={mode}") as second:
            assert "withdrawn" in second.reasons("dedup-0")
            assert gone["id"] not in second.ids()
            assert second.manifest.tombstones == (stone,)
            assert second.verified().sound
        with version(recipe, out, "2027.1.0", *SMALL) as third:
            assert third.manifest.tombstones == (stone,)
            assert gone["id"] not in third.ids()
