"""`refusery diff` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import Recipe
from refusery.cli.app import run
from tests.artifacts.diff.two_releases import RECIPE, SAFE, both, write_styles


def refusery(*arguments: object) -> int:
    return run([str(each) for each in arguments])


def test_what_changed_is_printed_as_tables_without_a_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = Recipe.of("small", RECIPE.replace("5}", "5, checks: [drift, intent]}"))
    assert refusery("diff", *both(tmp_path, recipe=recipe)) == 0
    out = capsys.readouterr().out
    assert "or-bench: from 2026.10.0 to 2026.11.0" in out
    assert "of these withdrawn by people" in out
    assert "Rows by category, where they differ" in out
    # Square brackets of a value are data, not markup.
    assert "[drift, intent]" in out
    assert "rewrite.checks" in out
    assert "MARKED" not in out


def test_the_difference_is_printed_as_json_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusery("diff", "--json", *both(tmp_path)) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["old"]["version"], found["new"]) == ("2026.10.0", "2026.11.0")
    assert found["configs"][0]["config"] == SAFE


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_what_became_of_each_row_is_written_by_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    rows = tmp_path / f"rows.{ending}"
    assert refusery("diff", *both(tmp_path), "--rows", rows) == 0
    assert "rows." in capsys.readouterr().out
    readers = {"csv": pl.read_csv, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}
    found = readers[ending](rows)
    assert isinstance(found, pl.DataFrame)
    assert found["id"].to_list() == ["n", "a", "b", "c", "u", "t"]
    assert found["what"].to_list() == ["added", "kept", "kept", "kept", "removed", "withdrawn"]
    assert b"MARKED" not in rows.read_bytes()


def test_releases_that_cannot_be_compared_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, _ = both(tmp_path)
    assert refusery("diff", old, write_styles(tmp_path, "2026.11.0", ["p"])) == 2
    assert refusery("diff", old, tmp_path) == 2
    assert refusery("diff", old, old, "--rows", "rows.xlsx") == 2
    (old / SAFE / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    assert refusery("diff", old, old) == 1
    said = capsys.readouterr()
    first, second, third, fourth = said.err.splitlines()
    assert "must be of the same benchmark to be compared" in first
    assert "manifest.json must be readable" in second
    assert "must end in one of .csv" in third
    assert "its bytes have changed" in fourth
    assert said.out == ""


def test_a_table_is_not_written_into_a_release(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = both(tmp_path)
    inside = new / "rows.csv"
    assert refusery("diff", old, new, "--rows", inside) == 2
    assert "a release is immutable" in capsys.readouterr().err
    assert refusery("decode", tmp_path / "any.csv", "--out", inside) == 2
    assert "rows.csv in or-bench 2026.11.0" in capsys.readouterr().err
    assert not inside.exists()


def test_releases_in_the_wrong_order_are_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = both(tmp_path)
    assert refusery("diff", new, old) == 0
    line = "or-bench 2026.11.0 is the later version: a diff takes the earlier one first"
    assert f"note: {line}" in capsys.readouterr().out
    assert refusery("diff", old, new) == 0
    assert line not in capsys.readouterr().out
