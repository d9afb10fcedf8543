"""What is said of how far an evaluation is: all stages of a kind as one."""

import threading
from collections import Counter
from collections.abc import Mapping

from artifacts.records import StageName
from inference.accounts import Advance
from pipelines.runner.context import Progress, Silent


class Grouped:
    """Reports all answers as one stage, all decodings, and all verdicts of one judge.

    Stages of a group must all begin before any of them works, as those of a
    `pipelines.runner.pipeline.Together` do.
    """

    def __init__(self, shown: Progress | None = None) -> None:
        """Reports to `shown`; to nobody where there is none."""
        self._shown = shown or Silent()
        self._lock = threading.Lock()
        self._rows: dict[str, int | None] = {}
        self._open: Counter[str] = Counter()
        self._counts: dict[str, Counter[str]] = {}
        self._begun: set[str] = set()

    def begin(self, stage: StageName, rows: int | None) -> None:
        """Counts a stage's rows to its group's."""
        group = stage.group
        with self._lock:
            known = self._rows.setdefault(group, 0)
            self._rows[group] = None if known is None or rows is None else known + rows
            self._open[group] += 1

    def advancer(self, stage: StageName) -> Advance:
        """Moves the group's count."""
        group = stage.group
        self._start(group)
        return self._shown.advancer(group)

    def end(self, stage: StageName, counts: Mapping[str, int]) -> None:
        """Ends the group with its last stage."""
        group = stage.group
        self._start(group)
        with self._lock:
            total = self._counts.setdefault(group, Counter())
            total.update(counts)
            self._open[group] -= 1
            if self._open[group]:
                return
        self._shown.end(group, total)

    def note(self, line: str) -> None:
        """Passes it on."""
        self._shown.note(line)

    def _start(self, group: str) -> None:
        with self._lock:
            if group in self._begun:
                return
            self._begun.add(group)
            self._shown.begin(group, self._rows.get(group))
