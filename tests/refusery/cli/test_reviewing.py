"""`refusery review` of a release, as a user runs it: no prompt on the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.manifest import read_manifest
from refusery.cli.app import run
from tests.people.releases import filled, write_or_bench


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_or_bench(tmp_path / "out")


def _wrong(row: dict[str, str]) -> dict[str, str]:
    """Somebody who takes the first rows of each category for toxic."""
    key = row["prompt"].split()[2]
    return {"decision": "toxic" if key[-2:] in ("00", "08", "09", "10", "11") else "safe"}


def test_a_review_goes_out_and_comes_back_as_a_patch(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "review.csv"
    ran = run(["review", "export", str(release), "--people", "2", "--out", str(table)])
    assert ran == 0
    told = capsys.readouterr().out
    assert "36 rows drawn by category from or-bench-80k, or-bench-hard-1k, or-bench-toxic" in told
    assert "safe, toxic or unsure" in told
    assert "review-2.csv (36 rows)" in told
    tables = [str(filled(tmp_path / f"review-{n}.csv", _wrong)) for n in (1, 2)]
    assert run(["review", "import", *tables, "--release", str(release), "--dry-run"]) == 0
    assert "nothing was written" in capsys.readouterr().out
    assert run(["review", "import", *tables, "--release", str(release)]) == 0
    said = capsys.readouterr().out
    assert "2 people decided on 36 of 36 rows and rejected 3" in said
    assert "Krippendorff's alpha): 1.000" in said
    assert "12.5%" in said
    assert "2026.11.1" in said
    assert "easy to take" not in told + said
    assert run(["verify", str(release.with_name("2026.11.1"))]) == 0
    assert "sound" in capsys.readouterr().out
    assert len(read_manifest(release.with_name("2026.11.1")).tombstones) == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["export", "RELEASE", "--out", "t.csv", "--all"], "--all must not come with a release"),
        (["export", "RELEASE", "--out", "t.csv", "--sample", "0"], "greater than or equal to 1"),
        (["export", "r.yaml", "--out", "t.csv", "--sample", "9"], "--sample must not come with"),
        (["export", "out", "--out", "t.csv"], "manifest.json must be readable"),
        (["import", "t.csv"], "must have --release, or --recipe and --out"),
        (["import", "t.csv", "--recipe", "r.yaml"], "--recipe must come with --out"),
        (["import", "t.csv", "--release", "RELEASE", "--out", "d.csv"], "--out must not come with"),
        (["import", "t.csv", "--release", "RELEASE"], "a review table must be readable"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(
    release: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [str(release) if each == "RELEASE" else each for each in arguments]
    assert run(["review", *given]) == 2
    told = capsys.readouterr().err
    assert line in told
    assert len(told.splitlines()) == 1
