from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.records import StageEntry, read_run, write_run
from artifacts.verify.edges import check_run
from artifacts.verify.release import verify
from base.errors import RecordUnreadableError
from tests.artifacts.small_run import SmallRun
from tests.sampling import some

SHARD = "or-bench-80k/train-00000-of-00001.parquet"


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def without(key: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.filter(pl.col("row") != key)


def test_a_release_fresh_from_its_run_is_sound(released: SmallRun) -> None:
    report = verify(released.release, released.runs)
    assert report.problems == ()
    assert report.sound
    assert [edge.name for edge in report.edges] == [
        "seeds",
        "seeds -> rewrite",
        "rewrite -> dedup",
        "dedup -> moderate",
        "moderate -> contest",
        "contest -> rescue",
        "rescue -> panel",
        "panel -> subsets",
    ]
    assert report.notes == ()


def test_without_the_run_the_release_alone_is_verified_and_that_is_said(
    released: SmallRun,
) -> None:
    report = verify(released.release)
    assert report.sound
    assert report.run is None
    assert "small/1.0" in report.notes[0]


def test_a_changed_byte_anywhere_in_a_shard_names_the_file(
    released: SmallRun,
) -> None:
    path = released.release / SHARD
    for offset in range(0, path.stat().st_size, 97):
        flip(path, offset)
        report = verify(released.release)
        assert report.problems, offset
        assert all(problem.startswith(SHARD) for problem in report.problems), report.problems
        flip(path, offset)
    assert verify(released.release).sound


def test_a_changed_card_is_named(released: SmallRun) -> None:
    flip(released.release / "README.md", 100)
    assert verify(released.release).problems == (
        "README.md: its bytes have changed (SHA-256 differs)",
    )


def test_a_missing_shard_is_named(released: SmallRun) -> None:
    (released.release / SHARD).unlink()
    assert verify(released.release).problems == (f"{SHARD}: the file is missing",)


def test_an_extra_shard_is_named(released: SmallRun) -> None:
    extra = "or-bench-80k/train-00001-of-00002.parquet"
    (released.release / extra).write_bytes((released.release / SHARD).read_bytes())
    assert verify(released.release).problems == (f"{extra}: the manifest does not know this file",)


def test_a_manifest_with_other_hashes_no_longer_fits_its_canary(released: SmallRun) -> None:
    path = released.release / MANIFEST
    manifest = read_manifest(released.release)
    path.write_text(path.read_text().replace(manifest.configs[1].files[0].sha256, "0" * 64))
    assert "manifest.json: its canary is not that of its files" in verify(released.release).problems


@pytest.mark.parametrize("text", ["", "{", "{}", "[1, 2]"])
def test_a_garbled_manifest_is_refused_by_name(released: SmallRun, text: str) -> None:
    (released.release / MANIFEST).write_text(text)
    with pytest.raises(RecordUnreadableError, match=r"manifest\.json must be a whole record"):
        verify(released.release)


def test_a_folder_without_a_manifest_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(RecordUnreadableError, match=r"manifest\.json must be readable"):
        verify(tmp_path)


_LESS = [
    ("seeds", "kept", 0, "a0", "seeds -> rewrite: 1 row is not among its inputs"),
    ("rewrite", "parents", 0, "a0", "seeds -> rewrite: 1 row is lost"),
    ("rewrite", "parents", 1, "d0", "seeds -> rewrite: 1 row is lost"),
    ("rewrite", "failed", 1, "d0", "seeds -> rewrite: 1 parent is failed in one table"),
    ("rewrite", "kept", 0, "a2", "seeds -> rewrite: 1 row is lost among the children"),
    ("rewrite", "kept", 0, "a2", "rewrite -> dedup: 1 row is not among its inputs"),
    ("rewrite", "dropped", 0, "c1", "seeds -> rewrite: dropped is 1, the manifest says 2"),
    ("dedup", "kept", 0, "b1", "rewrite -> dedup: 1 row is lost"),
    ("dedup", "dropped", 0, "a2", "rewrite -> dedup: 1 row is lost"),
    ("moderate", "kept", 1, "b2", "dedup -> moderate: 1 row is lost"),
    ("moderate", "votes", 1, "b2", "dedup -> moderate: 2 votes are lost"),
    ("contest", "dropped", 0, "b4", "moderate -> contest: 1 row is lost"),
    ("contest", "kept", 0, "a1", "moderate -> contest: 1 row is lost"),
    ("rescue", "votes", 0, "a3", "contest -> rescue: 2 votes are lost"),
    ("rescue", "answers", 0, "a3", "contest -> rescue: 1 answer is lost"),
    ("rescue", "answers", 0, "a3", "contest -> rescue: 2 votes are on no answer that complies"),
    ("panel", "answers", 0, "a1", "rescue -> panel: 2 answers are lost"),
    ("panel", "answers", 0, "a1", "rescue -> panel: 1 row is counted otherwise than its answ"),
    ("panel", "kept", 0, "b1", "rescue -> panel: 2 answers are on no row that was asked about"),
    ("panel", "kept", 0, "b1", "rescue -> panel: 1 row is lost"),
    ("subsets", "kept", 0, "a1", "panel -> subsets: 1 row is lost"),
    ("subsets", "kept", 0, "a1", "subsets -> or-bench-80k: 1 row is released that should not"),
    ("subsets", "kept", 0, "a1", "subsets -> or-bench-hard-1k: 1 row is released that should"),
]


@pytest.mark.parametrize(("stage", "table", "shard", "key", "edge"), some(_LESS, 4))
@pytest.mark.parametrize("recorded", [True, False], ids=["record fits", "record is left"])
def test_one_row_less_in_a_stage_table_names_the_edge(
    released: SmallRun, stage: str, table: str, shard: int, key: str, edge: str, *, recorded: bool
) -> None:
    released.edit(stage, table, without(key), shard=shard, recorded=recorded)
    problems = verify(released.release, released.runs).problems
    assert any(problem.startswith(edge) for problem in problems), problems
    file_named = any(problem.startswith(f"{stage}/{table}-0{shard}") for problem in problems)
    assert file_named is not recorded


_DAMAGES = [
    ("dedup", "kept", lambda f: pl.concat([f, f[:1]]), "rewrite -> dedup: 1 row is counted mo"),
    ("rewrite", "kept", lambda f: pl.concat([f, f[:1]]), "seeds -> rewrite: 1 text is kept or"),
    (
        "rewrite",
        "kept",
        lambda f: f.with_columns(parent=pl.lit("zz")),
        "seeds -> rewrite: 3 texts are without a known parent",
    ),
    (
        "rewrite",
        "parents",
        lambda f: f.with_columns(outcome=pl.lit("lost")),
        "seeds -> rewrite: 2 parents are of an unknown outcome",
    ),
    (
        "rewrite",
        "parents",
        lambda f: f.with_columns(outcome=pl.lit("dropped")),
        "seeds -> rewrite: 1 parent is of an outcome that its children belie",
    ),
    (
        "rewrite",
        "parents",
        lambda f: f.with_columns(children=pl.col("children") - 1),
        "seeds -> rewrite: 2 rows are more than the parents count",
    ),
    (
        "moderate",
        "votes",
        lambda f: pl.concat([f, f[:1]]),
        "dedup -> moderate: 1 vote is given more than once",
    ),
    (
        "moderate",
        "votes",
        lambda f: f.with_columns(model=pl.lit("other")),
        "dedup -> moderate: 2 votes are on no kept row or by no model of the stage",
    ),
    (
        "moderate",
        "votes",
        lambda f: f.with_columns(label=pl.lit("abstain")),
        "dedup -> moderate: 2 rows are labelled by other counts than its votes",
    ),
    (
        "panel",
        "answers",
        lambda f: f.filter(model="p"),
        "rescue -> panel: 2 answers are lost",
    ),
    (
        "panel",
        "answers",
        lambda f: pl.concat([f, f[:1]]),
        "rescue -> panel: 1 answer is given more than once",
    ),
    (
        "panel",
        "answers",
        lambda f: f.with_columns(refused=pl.lit(False)),
        "rescue -> panel: 2 rows are counted otherwise than its answers",
    ),
    (
        "panel",
        "answers",
        lambda f: f.with_columns(model=pl.lit("other")),
        "rescue -> panel: 2 answers are on no row that was asked about or by no model",
    ),
    (
        "rescue",
        "answers",
        lambda f: pl.concat([f, f]),
        "contest -> rescue: 1 answer is given more than once",
    ),
    (
        "rescue",
        "votes",
        lambda f: pl.concat([f, f[:1]]),
        "contest -> rescue: 1 vote is given more than once",
    ),
    (
        "rescue",
        "kept",
        lambda f: f.with_columns(rescued=pl.col("row") == "a1"),
        "contest -> rescue: 1 row is rescued without an answer that complies",
    ),
    (
        "rescue",
        "kept",
        lambda f: f.with_columns(rescued=pl.col("row") == "a3"),
        "contest -> rescue: 1 row is rescued and yet not safe",
    ),
    (
        "rescue",
        "kept",
        lambda f: f.with_columns(rescued=pl.lit(None, pl.Boolean)),
        "contest -> rescue: 4 rows are neither rescued nor not",
    ),
    (
        "subsets",
        "kept",
        lambda f: f.with_columns(label=pl.lit("safe")),
        "subsets -> or-bench-80k: 2 rows are lost",
    ),
    (
        "subsets",
        "kept",
        lambda f: f.with_columns(text=pl.lit("Another text")),
        "subsets -> or-bench-80k: 2 rows are released with other values",
    ),
    (
        "subsets",
        "kept",
        lambda f: f.with_columns(in_hard=pl.col("row") == "b1"),
        "subsets -> or-bench-hard-1k: 1 row is released that should not be",
    ),
    (
        "subsets",
        "kept",
        lambda f: f.with_columns(in_hard=~pl.col("in_hard")),
        "subsets -> or-bench-hard-1k: 3 rows are lost",
    ),
    (
        "subsets",
        "kept",
        lambda f: f.with_columns(refusals=pl.lit(0, pl.Int32)),
        "subsets -> or-bench-toxic: 1 row is released with other values",
    ),
]


@pytest.mark.parametrize(("stage", "table", "change", "edge"), some(_DAMAGES, 5))
def test_what_does_not_fit_is_named_by_its_edge(
    released: SmallRun,
    stage: str,
    table: str,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    edge: str,
) -> None:
    released.edit(stage, table, change)
    problems = verify(released.release, released.runs).problems
    assert any(problem.startswith(edge) for problem in problems), problems


def test_a_stage_whose_record_is_missing_is_named(released: SmallRun) -> None:
    (released.folder / "dedup" / "shard-00-of-01.json").unlink()
    problems = verify(released.release, released.runs).problems
    assert "dedup/shard-00-of-01.json: the shard's record is missing" in problems
    assert "rewrite -> dedup: 7 rows are lost" in problems


def test_a_stage_table_that_cannot_be_read_is_named_and_the_rest_verified(
    released: SmallRun,
) -> None:
    path = released.folder / "dedup" / "kept-00-of-01.parquet"
    flip(path, 10)
    problems = verify(released.release, released.runs).problems
    assert "dedup/kept-00-of-01.parquet: its bytes have changed (SHA-256 differs)" in problems
    flip(path, 10)
    path.write_bytes(b"no parquet")
    problems = verify(released.release, released.runs).problems
    assert "dedup/kept-00-of-01.parquet: it is no whole Parquet file" in problems
    assert any(problem.startswith("rewrite -> dedup: cannot be added up") for problem in problems)
    assert any(problem.startswith("dedup -> moderate: cannot be added") for problem in problems)


def test_a_column_of_another_type_is_a_damaged_table(released: SmallRun) -> None:
    path = released.folder / "moderate" / "votes-00-of-02.parquet"
    pl.read_parquet(path).with_columns(row=pl.lit(1)).write_parquet(path)
    problems = verify(released.release, released.runs).problems
    assert any(problem.startswith("dedup -> moderate: cannot be added up") for problem in problems)


def test_a_stage_that_the_manifest_leaves_out_is_named(run: SmallRun) -> None:
    run.publish(funnel=())
    problems = verify(run.release, run.runs).problems
    assert "rewrite -> dedup: the run has this stage, the manifest has not" in problems


def test_a_stage_that_the_run_leaves_out_is_named(released: SmallRun) -> None:
    record = read_run(released.folder)
    assert record is not None
    write_run(released.folder, replace(record, stages=record.stages[:-1]))
    assert verify(released.release, released.runs).problems == (
        "panel -> subsets: the manifest has this stage, the run has not",
        "subsets -> or-bench-80k: the run has no stage of that name",
        "subsets -> or-bench-hard-1k: the run has no stage of that name",
        "subsets -> or-bench-toxic: the run has no stage of that name",
    )


def test_an_input_whose_row_is_lost_is_named_among_several(released: SmallRun) -> None:
    record = read_run(released.folder)
    assert record is not None
    both = StageEntry("dedup", "select", ("rewrite", "seeds"), 1)
    stages = tuple(both if entry.name == "dedup" else entry for entry in record.stages)
    write_run(released.folder, replace(record, stages=stages))
    assert check_run(released.folder).problems == ("seeds -> dedup: 4 rows are lost",)
