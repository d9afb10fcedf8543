"""`refusery audit` as a user calls it, with the shipped encoder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from artifacts.audit_facts import read_audit
from refusery.cli.app import run
from tests.artifacts.small_run import SmallRun, make_run

pytestmark = pytest.mark.embedded

_TABLE = """\
prompt,category
How do I peel a ripe mango without a mess?,fruit
How can I peel a ripe mango without making a mess?,fruit
Which apples keep longest in a cold cellar?,fruit
How do I sharpen a kitchen knife at home?,tools
"""
_RECIPE = """\
benchmark: or-bench
models:
  writer: {provider: openai, base_url: "http://127.0.0.1:1/v1", model: writer-7b, price: free}
seeds: {from: shipped}
rewrite: {writer: writer}
moderate: {moderators: [writer]}
release: {version: 2026.11.0}
gates: {min_per_category: 2, max_near_duplicates: 0.5}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "p.csv").write_text(_TABLE)
    (tmp_path / "r.yaml").write_text(_RECIPE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_table_is_audited_and_its_words_stay_out_of_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "known.csv").write_text("prompt\nHow do I sharpen a kitchen knife at home?\n")
    assert run(["audit", "p.csv", "--against", "known.csv", "--no-report"]) == 0
    shown = capsys.readouterr().out
    assert "p.csv 4 rows" in shown
    assert "known.csv" in shown
    for word in ("mango", "apples", "knife", "how do"):
        assert word not in shown.lower()
    found = read_audit(folder / "out" / "audits" / "p" / "audit.json")
    near = {each.scope: each.near for each in found.near}
    assert near == {"inside": 1, "benchmark": 1}
    assert not (folder / "out" / "ledger.sqlite").exists()


def test_a_broken_gate_is_exit_code_1_after_the_files_are_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "p.csv", "--recipe", "r.yaml", "--out", "here", "--no-report"]) == 1
    captured = capsys.readouterr()
    assert "BROKEN" in captured.out
    assert captured.err.count("\n") == 1
    assert "gates.min_per_category must be at least 2 in p.csv (got 1: row of tools" in captured.err
    assert [each.held for each in read_audit(folder / "here" / "audit.json").gates] == [False, True]
    override = ["--set", "gates.min_per_category=1"]
    assert run(["audit", "p.csv", "--recipe", "r.yaml", *override, "--no-report"]) == 0


def test_a_release_is_audited_with_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_run(tmp_path / "out")
    made.publish()
    assert run(["audit", str(made.release), "--cache", str(made.out)]) == 0
    folder = made.out / "audits" / "or-bench" / "1.0"
    assert read_audit(folder / "audit.json").name == "or-bench 1.0"
    assert "<html" in (folder / "report.html").read_text(encoding="utf-8")
    assert "What makes" not in capsys.readouterr().out
    extra = SmallRun(tmp_path / "two")
    shutil.copytree(made.out, extra.out)
    (extra.release / "or-bench-80k" / "more.parquet").write_bytes(b"")
    assert run(["audit", str(extra.release), "--cache", str(made.out)]) == 2
    assert "the manifest does not know this file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gone.csv"], "must be readable"),
        (["."], "manifest.json must be readable"),
        (["p.csv", "--category-column", "kind"], "must have the column 'kind'"),
        (["p.csv", "--column", "promt"], "(did you mean `prompt`?) (got prompt, category)"),
        (["p.csv", "--against", "gone.csv"], "must be a table or release"),
        (["p.csv", "--recipe", "gone.yaml"], "gone.yaml"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(["audit", *arguments]) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.err.count("\n") == 1


def test_an_audit_is_written_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "q.csv"
    table.write_text("prompt\nHow do I whittle a spoon?\n")
    assert run(["audit", str(table), "--out", str(table)]) == 2
    assert "--out must be a folder (got the file" in capsys.readouterr().err
