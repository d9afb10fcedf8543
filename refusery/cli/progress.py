"""How far a run is: bars with rates and time left on a terminal, plain lines elsewhere."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from base.foreign_text import terminal_text
from inference.accounts import Advance
from refusery.cli.printing import say
from refusery.cli.speed import Speed

_LINE_EVERY_S = 15.0
_TABLES = ("done", "kept", "dropped", "failed")


def progress_for(console: Console, quiet: bool) -> "Bars | Lines | None":
    """Bars where somebody looks on, lines where a log is written, nothing where it is quiet."""
    if quiet:
        return None
    return Bars(console) if console.is_terminal else Lines()


@contextmanager
def progress_shown(quiet: bool = False) -> "Iterator[Bars | Lines | None]":
    """What shows progress on standard error, closed afterwards; None where it is quiet."""
    progress = progress_for(Console(stderr=True), quiet)
    try:
        yield progress
    finally:
        if progress is not None:
            progress.close()


def _clock(seconds: float) -> str:
    """Hours, minutes and seconds."""
    return str(timedelta(seconds=int(seconds)))


class _Time(ProgressColumn):
    """The time that is left, by the calls that are made; of a stage that has ended its own."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Hours, minutes and seconds."""
        seconds = task.finished_time if task.finished else task.fields["speed"].left_s
        shown = "-:--:--" if seconds is None else _clock(seconds)
        return Text(shown, style="progress.remaining")


class Bars:
    """One bar a stage."""

    def __init__(self, console: Console) -> None:
        """Shows nothing before the first stage."""
        self._progress = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description:<20}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            _Time(),
            TextColumn("{task.fields[note]}"),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._speeds: dict[str, Speed] = {}
        self._lock = threading.Lock()

    def begin(self, stage: str, rows: int | None) -> None:
        """Adds the stage's bar."""
        self._progress.start()
        name = terminal_text(stage)
        self._speeds[stage] = speed = Speed(rows)
        self._tasks[stage] = self._progress.add_task(name, total=rows, note="", speed=speed)

    def advancer(self, stage: str) -> Advance:
        """Moves the stage's bar."""
        task, speed = self._tasks[stage], self._speeds[stage]

        def advance(rows: int, from_ledger: int = 0) -> None:
            with self._lock:
                speed.advance(rows, from_ledger)
            self._progress.advance(task, rows)

        return advance

    def end(self, stage: str, counts: Mapping[str, int]) -> None:
        """Fills the stage's bar and writes its rows beside it."""
        task = self._tasks[stage]
        total = self._progress.tasks[task].total or counts.get("kept", counts.get("done", 0))
        self._speeds[stage].end()
        self._progress.update(task, total=total, completed=total, note=_counted(counts))

    def note(self, line: str) -> None:
        """Prints the line above the bars."""
        self._progress.console.print(terminal_text(line), markup=False, highlight=False)

    def close(self) -> None:
        """Leaves the bars as they are."""
        self._progress.stop()


class Lines:
    """A line when a stage ends, and one every fifteen seconds meanwhile."""

    def __init__(self) -> None:
        """Prints nothing before a stage ends or takes long."""
        self._lock = threading.Lock()
        self._stages: dict[str, _Stage] = {}

    def begin(self, stage: str, rows: int | None) -> None:
        """Starts the stage's clock."""
        with self._lock:
            self._stages[stage] = _Stage(stage, rows)

    def advancer(self, stage: str) -> Advance:
        """Counts rows of the stage."""
        known = self._stages[stage]

        def advance(rows: int, from_ledger: int = 0) -> None:
            with self._lock:
                line = known.advance(rows, from_ledger)
            if line:
                say(line, err=True)

        return advance

    def end(self, stage: str, counts: Mapping[str, int]) -> None:
        """Prints the stage's rows and its time."""
        seconds = time.monotonic() - self._stages[stage].started
        say(f"{stage}: {_counted(counts)} ({seconds:.1f} s)", err=True)

    def note(self, line: str) -> None:
        """Prints the line."""
        say(line, err=True)

    def close(self) -> None:
        """Nothing is open."""


class _Stage:
    """One stage's count and clock."""

    def __init__(self, name: str, rows: int | None) -> None:
        self.name = name
        self.speed = Speed(rows)
        self.started = self._said = time.monotonic()

    def advance(self, rows: int, from_ledger: int) -> str | None:
        """Counts; a line to print where the last one was long ago."""
        self.speed.advance(rows, from_ledger)
        now = time.monotonic()
        if now - self._said < _LINE_EVERY_S:
            return None
        self._said = now
        return f"{self.name}: {', '.join(self._parts())}"

    def _parts(self) -> Iterator[str]:
        speed = self.speed
        whole = "" if speed.rows is None else f" of {speed.rows:,}"
        yield f"{speed.done:,}{whole} rows"
        if said := str(speed):
            yield said
        if (left := speed.left_s) is not None:
            yield f"{_clock(left)} left"


def _counted(counts: Mapping[str, int]) -> str:
    shown = [f"{counts[table]:,} {table}" for table in _TABLES if counts.get(table)]
    return ", ".join(shown) or "no rows"
