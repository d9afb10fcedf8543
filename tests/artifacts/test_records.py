from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.records import (
    RunRecord,
    ShardRecord,
    StageEntry,
    read_run,
    read_shard,
    shard_file,
    write_run,
    write_shard,
)
from base.errors import RecordUnreadableError
from base.files import FileRecord
from base.storage import Folder

FILE = FileRecord("kept-01-of-04.parquet", "0" * 64, 3, 500)
SHARD = ShardRecord("clean", 1, 4, "f" * 64, {"kept": FILE}, {"calls": 2})
STAGES = (
    StageEntry("seeds", "select", (), 4),
    StageEntry("moderate", "annotate", ("seeds",), 4, ("guard", "judge")),
)
RUN = RunRecord("small", "or-bench", "or_bench", "1.0", 4, STAGES)


def test_a_shard_s_record_comes_back_as_it_was(tmp_path: Path) -> None:
    write_shard(Folder(tmp_path), SHARD)
    assert [path.name for path in tmp_path.iterdir()] == ["shard-01-of-04.json"]
    assert read_shard(Folder(tmp_path), 1, 4) == SHARD


def test_an_unfinished_shard_has_no_record(tmp_path: Path) -> None:
    write_shard(Folder(tmp_path), SHARD)
    assert read_shard(Folder(tmp_path), 0, 4) is None
    assert read_shard(Folder(tmp_path), 1, 8) is None


def test_a_run_s_record_comes_back_as_it_was(tmp_path: Path) -> None:
    assert read_run(tmp_path) is None
    write_run(tmp_path, RUN)
    assert read_run(tmp_path) == RUN


def test_equal_records_give_equal_bytes(tmp_path: Path) -> None:
    write_shard(Folder(tmp_path / "a"), SHARD)
    write_shard(Folder(tmp_path / "b"), SHARD)
    assert (tmp_path / "a" / shard_file(1, 4)).read_bytes() == (
        tmp_path / "b" / shard_file(1, 4)
    ).read_bytes()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", r"shard-01-of-04\.json must be a whole record: the file: Invalid JSON"),
        ('{"stage": "clean"', "the file: Invalid JSON"),
        ('{"stage": "clean"}', "shard: Field required"),
    ],
)
def test_a_garbled_record_is_named_with_what_is_wrong(tmp_path: Path, text: str, rule: str) -> None:
    (tmp_path / shard_file(1, 4)).write_text(text)
    with pytest.raises(RecordUnreadableError, match=rule) as caught:
        read_shard(Folder(tmp_path), 1, 4)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
