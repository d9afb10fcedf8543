"""`refusery judge-train` on small tables."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from refusery.cli.app import run
from tests.evaluation.training.labelled import rows, write


def _run(*words: str | Path) -> int:
    return run(["judge-train", *map(str, words)])


@pytest.mark.slow
@pytest.mark.embedded
def test_a_judge_is_trained_printed_and_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = write(tmp_path / "t.csv"), tmp_path / "mine"
    assert _run(table, "--out", out, "--cache", tmp_path / "cache", "--test", table) == 0
    said = capsys.readouterr().out
    assert "On answers of models that it was not trained on" in said
    assert "On t.csv" in said
    assert all(name in said for name in ("round", "short", "tall", "pooled"))
    card = json.loads((out / "card.json").read_text())
    assert (card["rows"], card["models"]) == (60, ["round", "short", "tall"])
    assert "puppet" not in said


@pytest.mark.slow
@pytest.mark.embedded
def test_a_columns_values_can_be_left_out_in_turn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [{**row, "team": "red" if n % 4 < 2 else "blue"} for n, row in enumerate(rows())]
    table = write(tmp_path / "t.csv", given)
    code = _run(table, "--out", tmp_path / "j", "--cache", tmp_path / "c", "--hold-out", "team")
    assert code == 0
    card = json.loads((tmp_path / "j" / "card.json").read_text())
    assert [each["model"] for each in card["held_out"]] == ["blue", "red", "pooled"]


def test_chats_are_exported_without_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, chats = write(tmp_path / "t.csv"), tmp_path / "chat.jsonl"
    assert _run(table, "--export", chats, "--hold-out", "tall") == 0
    assert len(chats.read_text().splitlines()) == 40
    assert "(40 chats)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "must have --out FOLDER, or --export FILE"),
        (("--out", "j", "--kind", "liner"), "--kind must be linear or lora"),
        (("--out", "j", "--hold-out", "tal"), "--hold-out must be a model or a column"),
        (("--export", "chat.csv"), "must be written to a .jsonl file"),
        (("--out", "j", "--truth", "nobody"), "must have the column 'nobody'"),
    ],
)
def test_bad_input_is_one_clear_line(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(write(tmp_path / "t.csv"), *words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.skipif(importlib.util.find_spec("trl") is not None, reason="the extra is installed")
def test_fine_tuning_without_its_extra_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write(tmp_path / "t.csv")
    assert _run(table, "--out", tmp_path / "j", "--kind", "lora", "--hold-out", "tall") == 2
    assert "needs the extra `train`" in capsys.readouterr().err
