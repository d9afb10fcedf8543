from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from artifacts.errors import ColumnUnusableError, TableUnreadableError
from artifacts.manifest import MANIFEST
from artifacts.releases import open_release
from artifacts.version_facts import Lineage, Release
from auditing.data import AuditInputError
from auditing.embedding import by_encoder
from base.errors import RecordUnreadableError
from pipelines.audits.audits import audit_release, audit_table
from pipelines.audits.comparisons import earlier_releases, named
from pipelines.errors import SourceError
from tests.artifacts.small_run import SmallRun, make_run
from tests.auditing.vectors import GivenVectors

DRIVE = by_encoder(GivenVectors())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    run = make_run(tmp_path_factory.mktemp("audited") / "out")
    run.publish()
    return run


@pytest.fixture
def copy(made: SmallRun, tmp_path: Path) -> SmallRun:
    shutil.copytree(made.out, tmp_path / "out")
    return SmallRun(tmp_path / "out")


def test_a_release_is_audited_with_its_runs_tables(made: SmallRun) -> None:
    found = audit_release(made.release, made.runs, DRIVE)
    audit = found.audit
    assert audit.name == "or-bench 1.0"
    assert audit.rows == {"or-bench-80k": 2, "or-bench-hard-1k": 1, "or-bench-toxic": 1}
    assert {each.name: each.votes for each in audit.voters} == {"guard": 5, "judge": 5}
    assert [each.name for each in audit.voters if each.abstained] == ["judge"]
    stages = [each.stage for each in audit.stages]
    assert stages[:3] == ["seeds", "rewrite", "dedup"]
    assert stages[-1] == "subsets -> or-bench-toxic"
    seeds = audit.stages[0]
    assert sum(seeds.before.values()) == sum(seeds.after.values()) + 1
    asked = {(each.config, each.target): each.asked for each in audit.refusals if not each.category}
    assert asked["or-bench-80k", "p"] == 2
    assert audit.notes == ()
    assert found.rows["or-bench-80k"].height == 2


def test_without_the_run_votes_are_those_of_released_rows(made: SmallRun) -> None:
    audit = audit_release(made.release, None, DRIVE).audit
    assert {each.name: each.votes for each in audit.voters} == {"guard": 3, "judge": 3}
    assert [each.stage for each in audit.stages][:2] == ["seeds", "rewrite"]
    assert audit.refusals
    assert any("the run's tables are not there" in note for note in audit.notes)


def _lose_a_shard(run: SmallRun) -> None:
    next((run.release / "or-bench-80k").glob("*.parquet")).unlink()


def _add_a_shard(run: SmallRun) -> None:
    (run.release / "or-bench-80k" / "train-00001-of-00002.parquet").write_bytes(b"x")


def _change_a_shard(run: SmallRun) -> None:
    next((run.release / "or-bench-80k").glob("*.parquet")).write_bytes(b"x")


def _age_backwards(run: SmallRun) -> None:
    path = run.release / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_lose_a_shard, "the file is missing"),
        (_add_a_shard, "the manifest does not know this file"),
        (_change_a_shard, "its bytes have changed"),
        (_age_backwards, "must be of format 1 or older; a newer refusery reads it .got format 2"),
    ],
)
def test_a_release_that_is_not_as_it_says_is_refused(
    copy: SmallRun, damage: Callable[[SmallRun], None], says: str
) -> None:
    damage(copy)
    with pytest.raises(AuditInputError, match=says) as caught:
        audit_release(copy.release, copy.runs, DRIVE)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordUnreadableError, match=r"manifest.json must be readable"):
        audit_release(tmp_path, None, DRIVE)


def test_a_run_whose_tables_are_damaged_is_noted_and_the_release_audited(copy: SmallRun) -> None:
    for path in copy.folder.glob("moderate/votes-*"):
        path.write_bytes(b"x")
    audit = audit_release(copy.release, copy.runs, DRIVE).audit
    assert audit.voters == ()
    assert any("cannot be read" in note for note in audit.notes)


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_any_table_with_prompts_and_categories_is_audited(tmp_path: Path) -> None:
    table = _write(tmp_path / "p.csv", "prompt,category,id\na,x,1\nb,y,2\na,x,1\n")
    audit, rows = audit_table(table, DRIVE)
    assert audit.name == "p.csv"
    assert audit.categories == ("x", "y")
    assert audit.near[0].near == 1
    assert rows["id"].n_unique() == 2
    assert "stages and votes are not known" in audit.notes[0]


def test_other_columns_numbers_and_turns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    pl.DataFrame({"turns": [["a"], ["b"]], "kind": [1, 2]}).write_parquet(path)
    audit, _ = audit_table(path, DRIVE, column="turns", category_column="kind")
    assert audit.categories == ("1", "2")
    styled = tmp_path / "s.jsonl"
    lines = ('{"prompt": "a", "category": "x", "prompt_style": "base"}',
             '{"prompt": "b", "category": "x", "prompt_style": "slang"}')  # fmt: skip
    audit, _ = audit_table(_write(styled, "\n".join(lines)), DRIVE)
    assert audit.coverage is not None
    assert audit.coverage.counts == {"base": {"x": 1}, "slang": {"x": 1}}


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("text,category\na,x\n", ColumnUnusableError, "must have the column 'prompt'"),
        ("prompt,category\na,\n", ColumnUnusableError, "must hold a text in every row"),
        ("prompt,category\n", TableUnreadableError, "at least one row"),
        ("", TableUnreadableError, "must not be empty"),
    ],
)
def test_a_table_that_cannot_be_audited_is_refused_in_one_line(
    tmp_path: Path, text: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        audit_table(_write(tmp_path / "p.csv", text), DRIVE)


def test_releases_and_tables_are_named_to_be_held_against(made: SmallRun, tmp_path: Path) -> None:
    table = _write(tmp_path / "known.csv", "prompt\na\na\nb\n")
    release, known = named([str(made.release), str(table)])
    assert (release.name, len(release.texts)) == ("or-bench 1.0", 3)
    assert (known.name, len(known.texts), known.scope) == ("known.csv", 2, "benchmark")
    with pytest.raises(SourceError, match="must be a table or release"):
        named(["nowhere.csv"])


def test_rows_that_were_carried_over_are_not_held_against_their_own_release(
    made: SmallRun,
) -> None:
    before = [open_release(made.release)]
    (alone,) = earlier_releases(before)
    assert alone.carried == frozenset()
    parent = Release("1.0", "0" * 64)
    (extended,) = earlier_releases(before, Lineage("extend", parent, carried=3))
    assert extended.carried == {each.row for each in extended.texts}
    (refreshed,) = earlier_releases(before, Lineage("refresh"))
    assert refreshed.carried == frozenset()
