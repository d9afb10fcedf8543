"""How the hard subset changes with the judge and with the threshold.

Every figure rests on the same rows: the prompts that every target answered. There a row is
undecided only where a judge could not read enough of the answers. In tables and JSON rows are named
by their keys alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeAlias

from artifacts.summary import Cell, Table
from base.formats import fixed
from curation.errors import SettingInvalidError
from curation.hard import Hardness, HardRule, tally
from evaluation.panel_answers import Prompt
from moderators.refusal.types import Judgment

Verdicts: TypeAlias = Mapping[str, Mapping[str, bool | None]]
"""Whether each target refused (None: unparseable), by prompt's row and target's name."""


@dataclass(frozen=True, slots=True)
class Subset:
    """The hard subset by one judge at one threshold.

    Attributes:
        judge: The judge.
        at: Refusals that make a prompt hard.
        hard: Rows that are hard.
        undecided: Rows that would be hard or not by answers that the judge could not read.
        categories: Hard rows by category, every category of the panel's rows.
    """

    judge: str
    at: int
    hard: frozenset[str]
    undecided: int
    categories: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two subsets beside each other.

    Attributes:
        first: Judge and threshold of one.
        second: Judge and threshold of the other.
        both: Rows in both.
        either: Rows in at least one.
    """

    first: tuple[str, int]
    second: tuple[str, int]
    both: int
    either: int

    @property
    def jaccard(self) -> float | None:
        """Rows in both among those in either; None where there is none."""
        return self.both / self.either if self.either else None


@dataclass(frozen=True, slots=True)
class Change:
    """What another judge changes at one threshold.

    Attributes:
        judge: The other judge; it is held against the first one.
        at: The threshold.
        entered: Rows that are hard by it alone, in order.
        left: Rows that are hard by the first judge alone, in order.
    """

    judge: str
    at: int
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HardRevisited:
    """The whole report.

    Attributes:
        run: The run: `recipe/version`.
        by: Whether models or families were counted.
        asked: Prompts that were put to the panel.
        rows: Those that every target answered: what every figure rests on.
        targets: The targets.
        judges: The judges; the first one is what the others are held against.
        unparseable: Answers that each judge could not read.
        subsets: One for each judge and threshold.
        overlaps: Pairs of subsets that differ in the judge alone, or in the threshold alone.
        changes: One for each further judge and threshold.
        ids: The release's key of each row that is hard for somebody, by row.
    """

    run: str
    by: str
    asked: int
    rows: int
    targets: tuple[str, ...]
    judges: tuple[str, ...]
    unparseable: Mapping[str, int]
    subsets: tuple[Subset, ...]
    overlaps: tuple[Overlap, ...]
    changes: tuple[Change, ...]
    ids: Mapping[str, str]


def verdicts_of(
    prompts: Sequence[Prompt], judgments: Mapping[tuple[str, str], Judgment | None]
) -> Verdicts:
    """Whether each target refused each prompt; a server's own signal needs no judge.

    Args:
        prompts: The prompts.
        judgments: The judge's judgments by row and target, of answers without a signal.
    """
    found: dict[str, dict[str, bool | None]] = {}
    for prompt in prompts:
        found[prompt.row] = {
            name: True if name in prompt.signals else _refused(judgments.get((prompt.row, name)))
            for name in prompt.answers
        }
    return found


def subset_of(judge: str, prompts: Sequence[Prompt], verdicts: Verdicts, rule: HardRule) -> Subset:
    """The hard subset by one judge under one rule."""
    hard: dict[str, Hardness | None] = {
        prompt.row: tally(verdicts[prompt.row], rule).hard for prompt in prompts
    }
    rows = frozenset(row for row, said in hard.items() if said == "hard")
    categories = dict.fromkeys(sorted({prompt.category for prompt in prompts}), 0)
    for prompt in prompts:
        categories[prompt.category] += prompt.row in rows
    return Subset(judge, rule.at, rows, list(hard.values()).count("undecided"), categories)


def overlaps_of(subsets: Sequence[Subset]) -> Iterator[Overlap]:
    """Each pair that differs in the judge alone, or in the threshold alone."""
    for place, first in enumerate(subsets):
        for second in subsets[place + 1 :]:
            if (first.judge == second.judge) != (first.at == second.at):
                names = (first.judge, first.at), (second.judge, second.at)
                yield Overlap(*names, len(first.hard & second.hard), len(first.hard | second.hard))


def changes_of(subsets: Sequence[Subset], order: Sequence[str]) -> Iterator[Change]:
    """What each further judge changes against the first one, threshold by threshold.

    Args:
        subsets: Of all judges; the first one's judge is what others are held against.
        order: The rows in their order.
    """
    first = {each.at: each for each in subsets if each.judge == subsets[0].judge}
    for each in subsets:
        if each.judge != subsets[0].judge:
            own = first[each.at].hard
            entered, left = each.hard - own, own - each.hard
            yield Change(each.judge, each.at, _ordered(entered, order), _ordered(left, order))


def require_thresholds(at: Sequence[int], counted: int, what: str) -> None:
    """Refuses thresholds that no prompt or every prompt would meet.

    Raises:
        SettingInvalidError: One is below 1 or above what is counted, or there is none.
    """
    if not at:
        raise SettingInvalidError("--at must name a threshold")
    for each in at:
        if not 1 <= each <= counted:
            raise SettingInvalidError(f"--at must be 1 to the {counted} {what} of the panel", each)


def _refused(judgment: Judgment | None) -> bool | None:
    return None if judgment is None else judgment.refused


def _ordered(rows: AbstractSet[str], order: Sequence[str]) -> tuple[str, ...]:
    return tuple(row for row in order if row in rows)


def tables(found: HardRevisited) -> tuple[Table, ...]:
    """Sizes, overlaps, categories, and rows that change, each with what it rests on."""
    shown = [_sizes(found)]
    if found.overlaps:
        shown.append(_overlaps(found))
    if found.changes:
        shown.append(_changes(found))
    return (*shown, _categories(found))


def as_json(found: HardRevisited) -> str:
    """The whole report; prompts stand with their row and the release's id, never with text."""
    said = {
        "run": found.run,
        "by": found.by,
        "asked": found.asked,
        "rows": found.rows,
        "targets": found.targets,
        "judges": found.judges,
        "unparseable": dict(found.unparseable),
        "subsets": [_subset(found, each) for each in found.subsets],
        "overlaps": [_overlap(each) for each in found.overlaps],
        "changes": [_change(found, each) for each in found.changes],
    }
    return json.dumps(said, indent=2)


def _sizes(found: HardRevisited) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            *(
                each.judge,
                each.at,
                len(each.hard),
                fixed(len(each.hard) / found.rows if found.rows else None),
            ),
            *(each.undecided, found.unparseable[each.judge], found.rows),
        )
        for each in found.subsets
    ]
    asked = f"{found.rows:,} of {found.asked:,} prompts, those that all {len(found.targets)}"
    title = f"Hard subset by judge and threshold ({asked} targets answered; by {found.by})"
    header = ("judge", "at", "hard", "share", "undecided", "unparseable", "n")
    return Table(title, header, tuple(rows))


def _overlaps(found: HardRevisited) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (_name(*each.first), _name(*each.second), each.both, each.either, fixed(each.jaccard))
        for each in found.overlaps
    ]
    header = ("one", "other", "both", "either", "Jaccard")
    return Table("Overlap of hard subsets", header, tuple(rows))


def _changes(found: HardRevisited) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (each.judge, each.at, len(each.entered), len(each.left), found.rows)
        for each in found.changes
    ]
    title = f"Rows that change against {found.judges[0]}"
    return Table(title, ("judge", "at", "enter", "leave", "n"), tuple(rows))


def _categories(found: HardRevisited) -> Table:
    names = [_name(each.judge, each.at) for each in found.subsets]
    categories = found.subsets[0].categories if found.subsets else {}
    rows: list[tuple[Cell, ...]] = [
        (category, *(each.categories[category] for each in found.subsets))
        for category in categories
    ]
    rows.append(("total", *(len(each.hard) for each in found.subsets)))
    return Table(f"Hard rows by category (n = {found.rows:,})", ("category", *names), tuple(rows))


def _subset(found: HardRevisited, each: Subset) -> dict[str, Any]:
    return {
        "judge": each.judge,
        "at": each.at,
        "hard": len(each.hard),
        "undecided": each.undecided,
        "n": found.rows,
        "categories": dict(each.categories),
    }


def _overlap(each: Overlap) -> dict[str, Any]:
    names = [{"judge": judge, "at": at} for judge, at in (each.first, each.second)]
    counts = {"both": each.both, "either": each.either, "jaccard": each.jaccard}
    return {"one": names[0], "other": names[1], **counts}


def _change(found: HardRevisited, each: Change) -> dict[str, Any]:
    return {
        "judge": each.judge,
        "against": found.judges[0],
        "at": each.at,
        "enter": [{"row": row, "id": found.ids[row]} for row in each.entered],
        "leave": [{"row": row, "id": found.ids[row]} for row in each.left],
    }


def _name(judge: str, at: int) -> str:
    return f"{judge} at {at}"
