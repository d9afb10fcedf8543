"""How fast a stage is said to be, and for how long it goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from refusery.cli import progress
from refusery.cli.speed import Speed


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_of_rows_that_were_worked_on() -> None:
    clock = _Clock()
    speed = Speed(100, clock)
    clock.now += 10
    speed.advance(20)
    assert (speed.rate, speed.left_s, str(speed)) == (2.0, 40.0, "2.0/s")


def test_what_the_ledger_had_is_no_speed_and_is_said_apart() -> None:
    clock = _Clock()
    speed = Speed(1000, clock)
    clock.now += 0.01
    speed.advance(900, 900)
    assert (speed.rate, speed.left_s, str(speed)) == (None, None, "900 from the ledger")


def test_after_a_resume_the_time_left_follows_the_calls_that_are_made() -> None:
    clock = _Clock()
    speed = Speed(1000, clock)
    clock.now += 60
    speed.advance(900, 900)
    clock.now += 10
    speed.advance(20)
    assert (speed.rate, speed.left_s) == (2.0, 40.0)
    speed.advance(40, 40)
    assert (speed.rate, speed.left_s) == (2.0, 20.0)
    assert str(speed) == "2.0/s, 940 from the ledger"


def test_a_stage_that_ends_at_one_stroke_has_no_speed() -> None:
    clock = _Clock()
    speed = Speed(45_955, clock)
    clock.now += 1
    speed.advance(45_955)
    assert (speed.rate, speed.left_s, str(speed)) == (None, None, "")


def test_where_nobody_knows_the_rows_there_is_a_rate_until_the_end() -> None:
    clock = _Clock()
    speed = Speed(None, clock)
    clock.now += 2
    speed.advance(5)
    assert (speed.rate, speed.left_s) == (2.5, None)
    speed.end()
    assert speed.rate is None


def test_lines_say_how_much_the_ledger_had(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_LINE_EVERY_S", 0.0)
    lines = progress.Lines()
    lines.begin("moderate-0", 1000)
    lines.advancer("moderate-0")(900, 900)
    lines.end("moderate-0", {"kept": 1000})
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "moderate-0: 900 of 1,000 rows, 900 from the ledger"
    assert said[1].startswith("moderate-0: 1,000 kept (")


def test_bars_say_how_much_the_ledger_had_and_no_rate_of_it() -> None:
    file = io.StringIO()
    bars = progress.Bars(Console(file=file, width=160, force_terminal=True, color_system=None))
    bars.begin("moderate-0", 1000)
    bars.advancer("moderate-0")(900, 900)
    bars.close()
    shown = file.getvalue()
    assert "900 from the ledger" in shown
    assert "/s" not in shown
    assert "-:--:--" in shown
