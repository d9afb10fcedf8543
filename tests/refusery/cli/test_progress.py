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
