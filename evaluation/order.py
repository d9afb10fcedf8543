"""The order of an evaluation, its stages' names, and what is said of how far it is.

Names of data sets, targets, settings and judges hold no dot, so that a dot parts them.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.recipe import Evaluation
from pipelines.recipe.judges import called
from pipelines.runner.context import Progress
from pipelines.runner.run import Run, Step
from pipelines.stages.decoding import CODED

PROMPTS, ANSWERS, DECODED, JUDGED = "prompts", "answers", "decoded", "judged"
_ODD = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One data set put to one target in one setting.

    Attributes:
        data: The data set's name.
        target: The target's name.
        setting: The setting's name.
    """

    data: str
    target: str
    setting: str

    @property
    def prompts(self) -> str:
        """The stage with the data set's prompts."""
        return prompts_stage(self.data)

    @property
    def answers(self) -> str:
        """The stage with the answers as they came."""
        return ".".join((ANSWERS, self.data, self.target, self.setting))

    @property
    def decoded(self) -> str:
        """The stage with the answers in plain English."""
        return ".".join((DECODED, self.data, self.target, self.setting))

    def judged(self, judge: str) -> str:
        """The stage with a judge's verdicts."""
        return ".".join((JUDGED, self.data, self.target, self.setting, plain(judge)))


def prompts_stage(data: str) -> str:
    """The stage with a data set's prompts."""
    return f"{PROMPTS}.{data}"


def plain(name: str) -> str:
    """A judge's name as it stands in the name of a folder."""
    return _ODD.sub("-", name) or "-"


class Grouped:
    """Reports all answers as one stage, all decodings, and all verdicts of one judge.

    Stages of a group must all begin before any of them works, as `Run.together` has them do.
    """

    def __init__(self, shown: Progress) -> None:
        """Reports to `shown`."""
        self._shown = shown
        self._lock = threading.Lock()
        self._rows: dict[str, int | None] = {}
        self._open: Counter[str] = Counter()
        self._counts: dict[str, Counter[str]] = {}
        self._begun: set[str] = set()

    def begin(self, stage: str, rows: int | None) -> None:
        """Counts a stage's rows to its group's."""
        group = group_of(stage)
        with self._lock:
            known = self._rows.setdefault(group, 0)
            self._rows[group] = None if known is None or rows is None else known + rows
            self._open[group] += 1

    def advancer(self, stage: str) -> Callable[[int], None]:
        """Moves the group's count."""
        group = group_of(stage)
        self._start(group)
        return self._shown.advancer(group)

    def end(self, stage: str, counts: Mapping[str, int]) -> None:
        """Ends the group with its last stage."""
        group = group_of(stage)
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


def group_of(stage: str) -> str:
    """The kind of a stage, with the judge where there is one."""
    kind, *words = stage.split(".")
    return f"{kind} by {words[-1]}" if kind == JUDGED else kind


def cells_of(recipe: Evaluation) -> tuple[Cell, ...]:
    """Every data set, target and setting, in the recipe's order."""
    part = recipe.evaluate
    return tuple(
        Cell(data, target.name, setting)
        for data in part.data
        for target in part.members
        for setting in part.settings
    )


def evaluate(run: Run, recipe: Evaluation) -> dict[Cell, str]:
    """Runs every stage that is not finished.

    Args:
        run: Runs stages.
        recipe: What is evaluated.

    Returns:
        For each data set, target and setting the stage whose answers were judged.
    """
    run.together([Step(prompts_stage(data)) for data in recipe.evaluate.data])
    cells = cells_of(recipe)
    run.together([Step(each.answers, (each.prompts,)) for each in cells])
    coded = {data for data in recipe.evaluate.data if _has_coded(run, data)}
    if coded:
        run.together([Step(each.decoded, (each.answers,)) for each in cells if each.data in coded])
    last = {each: each.decoded if each.data in coded else each.answers for each in cells}
    for judge in recipe.evaluate.judges:
        run.together([Step(each.judged(called(judge)), (last[each],)) for each in cells])
    return last


def _has_coded(run: Run, data: str) -> bool:
    """Whether any prompt is in an encoding or in another language."""
    styles = run.kept(prompts_stage(data), ["style"])["style"]
    return not set(CODED).isdisjoint(styles)
