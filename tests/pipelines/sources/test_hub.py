from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import SourceError
from pipelines.recipe.hub_names import hub_name
from pipelines.sources import resolve
from pipelines.sources.hub import fetch_file, look, pin
from pipelines.sources.seeds import read_seeds
from taxonomy import load_taxonomy
from tests.servers.hub.server import TOKEN, Hub

CSV = b"prompt,category\nHow do I kill a process?,violence\n"


def parquet(**columns: list[str]) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


def test_a_file_is_fetched_at_the_commit_that_is_the_newest(hub: Hub, tmp_path: Path) -> None:
    repo = hub.dataset("me/seeds", {"a/seeds.csv": CSV})
    source = resolve("hf://me/seeds/a/seeds.csv", tmp_path, "CC-BY-4.0", True)
    assert source.paths[0].read_bytes() == CSV
    assert source.name == "hf://datasets/me/seeds/a/seeds.csv"
    assert source.revision == hashlib.sha256(CSV).hexdigest()
    assert source.commit == repo.branches["main"]
    assert (source.license, source.redistribute) == ("cc-by-4.0", True)


def test_the_cards_licence_is_told_and_decides_nothing(hub: Hub, tmp_path: Path) -> None:
    hub.dataset("me/seeds", {"README.md": b"---\nlicense: MIT\n---\n", "seeds.csv": CSV})
    source = resolve("hf://me/seeds/seeds.csv", tmp_path)
    assert (source.license, source.redistribute) == (None, False)
    assert look(hub_name("hf://me/seeds/seeds.csv")).license == "mit"


def test_a_moved_branch_is_read_anew_and_a_pinned_name_is_not(hub: Hub, tmp_path: Path) -> None:
    repo = hub.dataset("me/seeds", {"seeds.csv": CSV})
    pinned = pin(hub_name("hf://me/seeds/seeds.csv"))
    repo.commit({"seeds.csv": CSV + b"B,hate\n"})
    assert resolve(str(pinned), tmp_path).paths[0].read_bytes() == CSV
    assert resolve("hf://me/seeds/seeds.csv", tmp_path).paths[0].read_bytes() == CSV + b"B,hate\n"


def test_a_pinned_file_that_is_there_needs_no_hub(hub: Hub, tmp_path: Path) -> None:
    hub.dataset("me/seeds", {"seeds.csv": CSV})
    pinned = pin(hub_name("hf://me/seeds/seeds.csv"))
    fetch_file(pinned)
    code = f"from pipelines.sources.hub import *; print(fetch_file(hub_name('{pinned}')))"
    code = f"from pipelines.recipe.hub_names import hub_name; {code}"
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    assert Path(done.stdout.strip()).read_bytes() == CSV, done.stderr


def test_a_folder_stands_for_its_shards_in_order(hub: Hub, tmp_path: Path) -> None:
    first = parquet(prompt=["A", "B"], category=["hate", "hate"])
    second = parquet(prompt=["C"], category=["privacy"])
    hub.dataset("me/seeds", {"c/1.parquet": second, "c/0.parquet": first, "c/notes.md": b"x"})
    source = resolve("hf://me/seeds/c", tmp_path)
    rows = read_seeds(source, load_taxonomy("or_bench"))
    assert [(row["text"], row["position"]) for row in rows] == [("A", "1"), ("B", "2"), ("C", "3")]
    assert {row["source"] for row in rows} == {"hf://datasets/me/seeds/c"}


def test_shards_with_other_columns_do_not_fit(hub: Hub, tmp_path: Path) -> None:
    odd = parquet(prompt=["C"], kind=["hate"])
    whole = parquet(prompt=["A"], category=["hate"])
    hub.dataset("me/seeds", {"c/0.parquet": whole, "c/1.parquet": odd})
    with pytest.raises(SourceError, match="must have the same columns"):
        read_seeds(resolve("hf://me/seeds/c", tmp_path), load_taxonomy("or_bench"))


def test_a_gated_file_is_read_with_a_token_from_the_environment(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.dataset("me/gated", {"seeds.csv": CSV}, gated=True)
    with pytest.raises(
        SourceError, match="is gated: accept its terms on the Hub, then set HF_TOKEN"
    ):
        resolve("hf://me/gated/seeds.csv", tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert resolve("hf://me/gated/seeds.csv", tmp_path).paths[0].read_bytes() == CSV


def test_a_wrong_token_is_refused_and_not_shown(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.dataset("me/seeds", {"seeds.csv": CSV})
    monkeypatch.setenv("HF_TOKEN", "hf_secret1234")
    with pytest.raises(SourceError, match="set HF_TOKEN") as caught:
        resolve("hf://me/seeds/seeds.csv", tmp_path)
    assert "1234" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("hf://me/seeds/a/seed.csv", r"file of its repository \(did you mean `a/seeds.csv`\?\)"),
        ("hf://me/nope/seeds.csv", "repository must be on the Hub, or where it is private"),
        ("hf://me/seeds@v9/a/seeds.csv", "revision must be in its repository"),
        ("hf://me/seeds/a", r"hold Parquet shards"),
        ("hf://me/seeds", r"hold Parquet shards \(it has a/seeds.csv\)"),
        ("hf://me", "must be written hf://owner/name/file"),
    ],
)
def test_what_cannot_be_had_is_one_line(hub: Hub, tmp_path: Path, source: str, says: str) -> None:
    hub.dataset("me/seeds", {"README.md": b"# x", "a/seeds.csv": CSV})
    with pytest.raises(SourceError, match=says) as caught:
        resolve(source, tmp_path)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_several_shards_are_not_one_file(hub: Hub) -> None:
    hub.model("me/tiny", {"0.parquet": b"x", "1.parquet": b"y"})
    with pytest.raises(SourceError, match="must be one file, not 2"):
        fetch_file(hub_name("hf://models/me/tiny"))


def test_a_hub_that_fails_or_is_not_there_is_said_so(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.broken = 418
    with pytest.raises(SourceError, match=r"the Hub must answer for a source; it said 418"):
        resolve("hf://me/seeds/seeds.csv", tmp_path)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SourceError, match="the Hub must answer, or its cache hold the source"):
        resolve("hf://me/seeds/seeds.csv", tmp_path)
