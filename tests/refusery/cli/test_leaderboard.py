"""`refusery leaderboard` as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.evaluation_facts import EVALUATION, write_evaluation
from artifacts.leaderboard.page import JSON, PAGE
from refusery.cli.app import run
from tests.artifacts.figures.evaluation.made import made


def refusery(*arguments: object) -> int:
    return run([str(each) for each in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    little = made(models=2, settings=1, judges=1, categories=(), styles=())
    write_evaluation(tmp_path / EVALUATION, little)
    return tmp_path


def test_a_folder_of_an_evaluation_becomes_a_page_beside_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusery("leaderboard", folder) == 0
    site = folder / "leaderboard"
    assert sorted(each.name for each in site.iterdir()) == [PAGE, JSON]
    assert capsys.readouterr().out == f"written: {site / PAGE}, {site / JSON}\n"


def test_the_file_itself_is_read_and_the_page_goes_where_it_is_told(
    folder: Path, tmp_path: Path
) -> None:
    assert refusery("leaderboard", folder / EVALUATION, "--out", tmp_path / "site") == 0
    assert (tmp_path / "site" / PAGE).is_file()


def test_what_is_no_evaluation_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusery("leaderboard", tmp_path) == 2
    assert "evaluation.json must be readable" in capsys.readouterr().err
    (tmp_path / EVALUATION).write_text('{"name": "half"}')
    assert refusery("leaderboard", tmp_path) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "evaluation.json must be a whole record" in line
