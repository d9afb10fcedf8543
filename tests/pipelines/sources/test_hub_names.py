from __future__ import annotations

import pytest

from pipelines.errors import SourceError
from pipelines.recipe.hub_names import HubName, Kind, hub_name

SHA = "a" * 40


@pytest.mark.parametrize(
    ("source", "kind", "parts"),
    [
        ("hf://me/seeds/a/b.csv", "dataset", HubName("dataset", "me/seeds", "a/b.csv")),
        ("hf://me/tiny/x.gguf", "model", HubName("model", "me/tiny", "x.gguf")),
        ("hf://datasets/me/seeds/b.csv", "model", HubName("dataset", "me/seeds", "b.csv")),
        ("hf://models/me/tiny@v1/x.gguf", "dataset", HubName("model", "me/tiny", "x.gguf", "v1")),
        ("hf://me/seeds/config/", "dataset", HubName("dataset", "me/seeds", "config")),
        ("hf://me/seeds", "dataset", HubName("dataset", "me/seeds", "")),
        (
            "hf://datasets/me/seeds@refs/convert/parquet/c/0.parquet",
            "dataset",
            HubName("dataset", "me/seeds", "c/0.parquet", "refs/convert/parquet"),
        ),
        (
            "hf://me/seeds@refs%2Fpr%2F1/b.csv",
            "dataset",
            HubName("dataset", "me/seeds", "b.csv", "refs/pr/1"),
        ),
    ],
)
def test_a_name_has_a_kind_a_repository_a_path_and_a_revision(
    source: str, kind: Kind, parts: HubName
) -> None:
    assert hub_name(source, kind) == parts
    assert hub_name(str(parts), "dataset") == parts


@pytest.mark.parametrize(
    "source",
    [
        "hf://",
        "hf://me",
        "hf://datasets/me",
        "hf://me//b.csv",
        "hf://me/seeds@/b.csv",
        "hf://me/seeds/../b.csv",
        "hf://spaces me/seeds/b.csv",
        "hf://me/se eds/b.csv",
    ],
)
def test_what_is_no_name_is_refused_with_the_forms(source: str) -> None:
    with pytest.raises(SourceError, match=r"must be written hf://owner/name/file"):
        hub_name(source)


def test_a_pattern_stands_in_the_last_part_alone() -> None:
    with pytest.raises(SourceError, match="only the last part"):
        hub_name("hf://me/seeds/c*/train.parquet")


def test_a_commit_pins_and_a_branch_or_the_start_of_a_commit_does_not() -> None:
    assert hub_name(f"hf://me/seeds@{SHA}/b.csv").is_pinned
    assert not hub_name("hf://me/seeds@main/b.csv").is_pinned
    assert not hub_name("hf://me/seeds@aaaaaaa/b.csv").is_pinned
    assert not hub_name("hf://me/seeds/b.csv").is_pinned


@pytest.mark.parametrize(
    ("source", "folder", "covered"),
    [
        ("hf://me/seeds/c", "c", ["c/0.parquet", "c/1.parquet"]),
        ("hf://me/seeds/c/1*", "c", ["c/1.parquet"]),
        ("hf://me/seeds", "", ["0.parquet", "c/0.parquet", "c/1.parquet"]),
    ],
)
def test_a_folder_or_a_pattern_covers_parquet_shards(
    source: str, folder: str, covered: list[str]
) -> None:
    name = hub_name(source)
    paths = ["0.parquet", "c/0.parquet", "c/1.parquet", "c/1.csv"]
    assert (name.is_file, name.folder) == (False, folder)
    assert [path for path in paths if name.covers(path)] == covered
