"""What a run tells whoever looks on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from evaluation.progress import Grouped
from refusery.cli.progress import Bars, Lines

_LINE = "this [run] was made by an earlier version"


def test_a_note_is_one_line_on_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    Lines().note(_LINE)
    assert capsys.readouterr() == ("", f"{_LINE}\n")


def test_a_note_stands_above_the_bars_as_it_is_written() -> None:
    file = io.StringIO()
    bars = Bars(Console(file=file, width=100))
    Grouped(bars).note(_LINE)
    bars.close()
    assert f"{_LINE}\n" in file.getvalue()


def test_names_and_notes_do_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "judge [/x]\x1b]0;t\x07\x1b[2J\u202e"
    file = io.StringIO()
    bars = Bars(Console(file=file, width=200, force_terminal=True))
    bars.begin(hostile, 2)
    bars.advancer(hostile)(2)
    bars.note(hostile)
    bars.end(hostile, {"kept": 2})
    bars.close()
    lines = Lines()
    lines.begin(hostile, 2)
    lines.note(hostile)
    lines.end(hostile, {"kept": 2})
    for shown in (file.getvalue(), "".join(capsys.readouterr())):
        assert "[/x]" in shown
        for sign in ("\x1b]", "\x1b[2J", "\x07", "\u202e"):
            assert sign not in shown
