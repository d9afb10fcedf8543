"""How the command starts: quickly, and with errors of one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from refusery.cli.app import run

_HEAVY = ("prefect", "openai", "torch", "polars", "pyarrow", "sentence_transformers", "sqlalchemy")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from refusery.cli.app import run; run(['--help']); "
        f"sys.exit(', '.join(name for name in {_HEAVY} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for verb in (
        *("build", "plan", "doctor", "moderate", "judge", "mutate", "decode"),
        *("dedup", "review", "verify"),
    ):
        assert verb in done.stdout


def _line(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = run(arguments)
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    return status, printed.err


def test_an_unknown_verb_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    status, line = _line(capsys, "biuld", "recipe.yaml")
    assert status == 2
    assert "biuld" in line


def test_a_recipe_that_is_not_there_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "or_bench.yaml").write_text("")
    status, line = _line(capsys, "plan", str(tmp_path / "or_bnech.yaml"))
    assert status == 2
    assert "did you mean `or_bench.yaml`" in line


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("rewrite.temprature=1", "did you mean `temperature`"),
        ("rewrite.writer=wrtier", "did you mean `writer`"),
        ("seeds={from: seeds.csv}", "seeds.csv"),
        ("moderate.moderators=[a, a]", "listed once"),
        ("taxonomy=or_bnech", "or_bench"),
        ("seeds={from: 'hf://seeds.csv'}", "hf://owner/name/file"),
        ("release.license=cc0-1.0", "cc-by-4.0"),
    ],
)
def test_bad_settings_are_one_line_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, says: str
) -> None:
    from tests.loopback import write_recipe

    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    status, line = _line(capsys, "build", str(recipe), "--out", str(tmp_path), "--set", setting)
    assert status == 2
    assert says in line
    assert not (tmp_path / "runs").exists()


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="recipe must exist"):
        run(["plan", str(tmp_path / "none.yaml"), "--debug"])


def test_an_unknown_format_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, line = _line(capsys, "build", str(tmp_path / "r.yaml"), "--format", "cvs")
    assert status == 2
    assert "did you mean `csv`" in line
