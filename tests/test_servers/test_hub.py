"""The Hub double, as the real clients see it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import (
    GatedRepoError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import http_get

from tests.servers.hub.server import TOKEN, Hub, serve_hub

CARD = b"---\nlicense: cc-by-4.0\n---\n# Seeds\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve_hub() as running:
        yield running


def parquet(*prompts: str) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table({"prompt": list(prompts)}), written)
    return written.getvalue()


def test_the_client_learns_commit_card_and_files(hub: Hub) -> None:
    repo = hub.dataset("me/seeds", {"README.md": CARD, "a/b.csv": b"x"})
    info = HfApi(endpoint=hub.endpoint).dataset_info("me/seeds")
    assert info.sha == repo.branches["main"]
    assert info.card_data is not None
    assert info.card_data.license == "cc-by-4.0"
    assert [each.rfilename for each in info.siblings or ()] == ["README.md", "a/b.csv"]


def test_a_commit_keeps_what_it_had_and_a_branch_moves_on(hub: Hub) -> None:
    repo = hub.model("me/tiny", {"tiny.gguf": b"GGUF1"})
    first = repo.branches["main"]
    repo.tags["v1"] = first
    second = repo.commit({"tiny.gguf": b"GGUF2"})
    api = HfApi(endpoint=hub.endpoint)
    assert api.model_info("me/tiny").sha == second
    assert api.model_info("me/tiny", revision="v1").sha == first
    refs = api.list_repo_refs("me/tiny")
    assert [(each.name, each.target_commit) for each in refs.tags] == [("v1", first)]


def test_a_tree_is_listed_folder_by_folder_or_whole(hub: Hub) -> None:
    hub.dataset("me/seeds", {"README.md": CARD, "a/b.csv": b"x", "a/c/d.parquet": parquet("p")})
    api = HfApi(endpoint=hub.endpoint)

    def listed(folder: str | None, recursive: bool) -> list[str]:
        tree = api.list_repo_tree("me/seeds", folder, repo_type="dataset", recursive=recursive)
        return [each.path for each in tree]

    assert listed(None, False) == ["README.md", "a"]
    assert listed("a", False) == ["a/b.csv", "a/c"]
    assert listed("a", True) == ["a/b.csv", "a/c", "a/c/d.parquet"]


@pytest.mark.parametrize("name", ["small.csv", "large.parquet"])
def test_a_file_arrives_whole_whether_small_or_large(hub: Hub, tmp_path: Path, name: str) -> None:
    data = os.urandom(70_000)
    repo = hub.dataset("me/seeds", {name: data})
    path = Path(
        hf_hub_download(
            *("me/seeds", name), repo_type="dataset", endpoint=hub.endpoint, cache_dir=tmp_path
        )
    )
    assert path.read_bytes() == data
    assert path.parent.name == repo.branches["main"]


def test_a_large_file_is_elsewhere_and_the_token_does_not_go_there(
    hub: Hub, tmp_path: Path
) -> None:
    hub.model("me/tiny", {"tiny.gguf": b"GGUF"}, gated=True)
    hf_hub_download(
        *("me/tiny", "tiny.gguf"), endpoint=hub.endpoint, cache_dir=tmp_path, token=TOKEN
    )
    stored = [each for each in hub.requests if each.path.startswith("/large/")]
    assert [each.method for each in stored] == ["GET"]
    assert not stored[0].token
    assert all(each.token for each in hub.requests if "/resolve/" in each.path)


def test_a_download_that_broke_off_goes_on_where_it_stood(hub: Hub, tmp_path: Path) -> None:
    data = os.urandom(10_000)
    hub.dataset("me/seeds", {"a.csv": data})
    hf_hub_download(
        "me/seeds", "a.csv", repo_type="dataset", endpoint=hub.endpoint, cache_dir=tmp_path
    )

    part = tmp_path / "part"
    part.write_bytes(data[:4_000])
    url = f"{hub.endpoint}/datasets/me/seeds/resolve/main/a.csv"
    with part.open("ab") as file:
        http_get(url, file, resume_size=4_000)
    assert part.read_bytes() == data
    assert (hub.requests[-1].status, hub.requests[-1].range) == (206, "bytes=4000-")


def test_what_is_not_there_is_told_apart(hub: Hub, tmp_path: Path) -> None:
    hub.dataset("me/seeds", {"a.csv": b"x"})
    hub.dataset("me/gated", {"a.csv": b"x"}, gated=True)
    hub.dataset("me/private", {"a.csv": b"x"}, private=True)

    def get(repo: str, name: str = "a.csv", revision: str = "main") -> None:
        hf_hub_download(
            repo,
            name,
            repo_type="dataset",
            revision=revision,
            endpoint=hub.endpoint,
            cache_dir=tmp_path,
        )

    for repo in ("me/nope", "me/private"):
        with pytest.raises(RepositoryNotFoundError):
            get(repo)
    with pytest.raises(GatedRepoError):
        get("me/gated")
    with pytest.raises(RemoteEntryNotFoundError):
        get("me/seeds", "b.csv")
    with pytest.raises(RevisionNotFoundError):
        get("me/seeds", revision="v9")


@pytest.mark.slow
def test_datasets_loads_a_config_of_two_shards(hub: Hub, tmp_path: Path) -> None:
    card = b"---\nconfigs:\n- config_name: c\n  data_files: c/*.parquet\n---\n"
    shards = {"c/train-0.parquet": parquet("A", "B"), "c/train-1.parquet": parquet("C")}
    hub.dataset("me/seeds", {"README.md": card, **shards})
    code = "import datasets; print(datasets.load_dataset('me/seeds', 'c')['train']['prompt'][:])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == "['A', 'B', 'C']", done.stderr
