"""How the command shows where things are, and that nothing it shows does anything."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest

import refusery
from artifacts.summary import Table
from refusery.cli.printing import print_tables, say, say_json, shown_path

_CLI = Path(refusery.__file__).parent
_MAY = {"refusery/cli/printing.py": {"rich", "echo"}, "refusery/cli/progress.py": {"rich"}}
HOSTILE = "a\x1b]0;PWNED\x07\x1b]52;c;cHduZWQ=\x1b\\\x1b[2J\x9b2J\u202eb\U000e0041\ud83d"


def test_a_path_is_said_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "out" / "a") == "out/a"
    assert shown_path(tmp_path.parent) == str(tmp_path.parent)


def _prints(node: ast.AST) -> str | None:
    """What prints there: `echo`, `print`, or a part of rich."""
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return {"echo": "echo", "secho": "echo", "print": "print"}.get(name)
    if isinstance(node, ast.ImportFrom | ast.Import):
        module = getattr(node, "module", None) or node.names[0].name
        return "rich" if module.split(".")[0] == "rich" else None
    return None


@pytest.mark.parametrize("path", sorted(_CLI.rglob("*.py")), ids=lambda path: path.name)
def test_nothing_but_one_module_prints(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    may = _MAY.get(path.relative_to(_CLI.parent).as_posix(), set())
    found = {found for node in ast.walk(tree) if (found := _prints(node))}
    if "rich" in may:
        found -= {"print"}  # a console's own
    assert found <= may


def _is_harmless(printed: str) -> bool:
    return all(sign.isprintable() or sign == "\n" for sign in printed)


def test_a_line_is_one_line_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"{HOSTILE}\nnext")
    say(HOSTILE, err=True)
    printed = capsys.readouterr()
    assert _is_harmless(printed.out + printed.err)
    assert printed.out.count("\n") == 1
    assert "\\x1b]0;PWNED\\x07" in printed.out


def test_a_line_about_the_work_that_nobody_reads_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "w", buffering=1) as closed:
        monkeypatch.setattr("sys.stderr", closed)
        say("of the work", err=True)
        monkeypatch.setattr("sys.stdout", closed)
        with pytest.raises(BrokenPipeError):
            say("what was asked for")
        os.dup2(os.open(os.devnull, os.O_WRONLY), theirs)  # what is still held goes nowhere


def test_json_says_the_same_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    value = {HOSTILE: [HOSTILE, "é"]}
    say_json(json.dumps(value, ensure_ascii=False, indent=1))
    printed = capsys.readouterr().out
    assert _is_harmless(printed)
    assert json.loads(printed) == value


@pytest.mark.parametrize("looked_on", [True, False])
def test_a_table_does_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, looked_on: bool
) -> None:
    if looked_on:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
    print_tables([Table(f"t{HOSTILE}", ("name", HOSTILE), ((HOSTILE, 1), ("[red]x[/]", 2)))])
    printed = capsys.readouterr().out
    assert "[red]x[/]" in printed
    for sign in ("\x1b]", "\x1b[2J", "\x07", "\x9b", "\u202e", "\U000e0041"):
        assert sign not in printed


def test_a_long_cell_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_tables([Table("", ("name",), (("x" * 100_000,),))])
    assert len(capsys.readouterr().out) < 3_000
