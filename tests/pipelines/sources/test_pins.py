from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.errors import SourceError
from pipelines.recipe import OrBench, load, recipe_digest
from pipelines.recipe.loading import freeze, published, thaw
from pipelines.sources import Pins, seeds_source
from pipelines.sources.models import to_spec
from pipelines.stages.dedup import read_references
from tests.servers.hub.server import Hub
from tests.small_recipe import small_recipe

SEEDS = "seeds={from: 'hf://me/seeds/seeds.csv'}"
CSV = b"prompt,category\nA,hate\n"


def recipe(folder: Path, *overrides: str) -> OrBench:
    loaded = load(small_recipe(folder), overrides)
    assert isinstance(loaded, OrBench)
    return loaded


def begun(run: Path, given: OrBench) -> OrBench:
    """The recipe as a run that begins sees it."""
    pins = Pins(run)
    pinned = pins.put(given)
    pins.keep()
    return pinned


def test_every_name_on_the_hub_gets_the_commit_that_it_stands_for(hub: Hub, tmp_path: Path) -> None:
    seeds = hub.dataset("me/seeds", {"seeds.csv": CSV}).branches["main"]
    sets = hub.dataset("me/sets", {"hard.csv": CSV}).branches["main"]
    model = hub.model("me/tiny", {"tiny.gguf": b"GGUF"}).branches["main"]
    given = recipe(
        tmp_path,
        SEEDS,
        "dedup.against=['hf://me/sets/hard.csv']",
        "models.small.path=hf://me/tiny/tiny.gguf",
    )
    pinned = begun(tmp_path / "run", given)
    said = json.loads(freeze(pinned))["recipe"]
    assert said["seeds"]["from"] == f"hf://datasets/me/seeds@{seeds}/seeds.csv"
    assert said["dedup"]["against"] == [f"hf://datasets/me/sets@{sets}/hard.csv"]
    assert said["models"]["small"]["path"] == f"hf://models/me/tiny@{model}/tiny.gguf"
    assert thaw(freeze(pinned)) == pinned
    assert published(pinned).count("hf://") == 3


def test_a_recipe_that_names_nothing_on_the_hub_stays_as_it_is(hub: Hub, tmp_path: Path) -> None:
    given = recipe(tmp_path)
    assert begun(tmp_path / "run", given) is given
    assert not (tmp_path / "run").exists()
    assert hub.requests == []


def test_a_resumed_run_keeps_its_revision_and_another_one_asks_anew(
    hub: Hub, tmp_path: Path
) -> None:
    repo = hub.dataset("me/seeds", {"seeds.csv": CSV})
    given = recipe(tmp_path, SEEDS)
    first = begun(tmp_path / "one", given)
    moved = repo.commit({"seeds.csv": CSV + b"B,hate\n"})
    again, other = begun(tmp_path / "one", given), begun(tmp_path / "two", given)
    assert again == first
    source = seeds_source(other)
    assert source is not None
    assert source.commit == moved
    digests = [recipe_digest(each, "seeds") for each in (first, again, other)]
    assert digests[0] == digests[1] != digests[2]


def test_what_is_not_kept_is_asked_anew(hub: Hub, tmp_path: Path) -> None:
    repo = hub.dataset("me/seeds", {"seeds.csv": b"broken"})
    given = recipe(tmp_path, SEEDS)
    Pins(tmp_path / "run").put(given)
    mended = repo.commit({"seeds.csv": CSV})
    source = seeds_source(begun(tmp_path / "run", given))
    assert source is not None
    assert source.commit == mended


def test_another_revision_in_the_recipe_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    repo = hub.dataset("me/seeds", {"seeds.csv": CSV})
    repo.tags["v1"] = repo.branches["main"]
    begun(tmp_path / "run", recipe(tmp_path, "seeds={from: 'hf://me/seeds@v1/seeds.csv'}"))
    second = repo.tags["v2"] = repo.commit({"seeds.csv": CSV + b"B,hate\n"})
    v2 = begun(tmp_path / "run", recipe(tmp_path, "seeds={from: 'hf://me/seeds@v2/seeds.csv'}"))
    source = seeds_source(v2)
    assert source is not None
    assert source.commit == second


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="must be written hf://owner/name/file"):
        Pins(tmp_path / "run").put(recipe(tmp_path, "seeds={from: 'hf://seeds.csv'}"))


def test_a_gguf_file_on_the_hub_becomes_a_path(hub: Hub, tmp_path: Path) -> None:
    hub.model("me/tiny", {"tiny.gguf": b"GGUF"})
    spec = to_spec(recipe(tmp_path, "models.small.path=hf://me/tiny/tiny.gguf"), "small")
    assert spec.path is not None
    assert (spec.model, spec.path.read_bytes()) == ("tiny", b"GGUF")


def test_rows_are_held_against_a_table_on_the_hub(hub: Hub, tmp_path: Path) -> None:
    hub.dataset("me/sets", {"hard.csv": b"prompt\nHow do I kill a process?\n"})
    (found,) = read_references(recipe(tmp_path, "dedup.against=['hf://me/sets/hard.csv']"))
    assert found.name == "hf://datasets/me/sets/hard.csv"
    assert [row.text for row in found.rows()] == ["How do I kill a process?"]
    assert "kill" not in found.rows()[0].row


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"hf://me/seeds/seeds.csv": "elsewhere"}'])
def test_pins_that_break_off_are_those_of_the_recipe_that_lies_beside_them(
    hub: Hub, tmp_path: Path, kept: str
) -> None:
    repo = hub.dataset("me/seeds", {"seeds.csv": CSV})
    run = tmp_path / "run"
    given = recipe(tmp_path, SEEDS)
    first = begun(run, given)
    repo.commit({"seeds.csv": CSV + b"B,hate\n"})
    (run / "recipe.json").write_text(freeze(first))
    (run / "sources.json").write_text(kept)
    assert begun(run, given) == first
    assert Pins(run).put(given) == first
    for text in (kept, "hf://datasets/me/seeds"):
        (run / "recipe.json").write_text(text)
        (run / "sources.json").write_text(kept)
        assert begun(run, given) != first  # nobody knows any more
