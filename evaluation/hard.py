"""How the hard subset changes with the judge and with the threshold.

Every figure rests on the same rows: the prompts that every target answered. There a row is
undecided only where a judge could not read enough of the answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import polars as pl

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.records import RUN_FILE, StageEntry, read_run
from artifacts.schemas import ANSWERS, PANELED
from artifacts.stage_tables import StageTables, open_stage
from checks.identity import content_id
from curation.errors import SettingInvalidError
from curation.hard import Hardness, HardRule, tally
from evaluation.judging.verdicts import Exchange
from moderators.refusal.types import Judgment
from pipelines.errors import AnswersMissingError
from pipelines.opening import FROZEN
from pipelines.or_bench.panel import panel_members
from pipelines.recipe import OrBench
from pipelines.recipe.loading import thaw

_PANEL = "panel"
_ROW = pl.Schema({name: PANELED[name] for name in ("row", "text", "category")})
_ANSWER = pl.Schema(
    {name: ANSWERS[name] for name in ("row", "model", "outcome", "text", "refusal_kind")}
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt that every target answered.

    Attributes:
        row: The pipeline key.
        id: The release's key: a hash of the text.
        category: Its category.
        answers: What each target made of it, by the target's name.
        signals: The targets whose server said itself that it refused: no judge is asked.
    """

    row: str
    id: str
    category: str
    answers: Mapping[str, Exchange]
    signals: frozenset[str]


@dataclass(frozen=True, slots=True)
class PanelAnswers:
    """The panel of one run.

    Attributes:
        run: The run: `recipe/version`.
        recipe: The recipe as it was used.
        asked: Prompts that were put to the targets.
        targets: The targets' names, in the recipe's order.
        families: Each target's family; its model where nobody says.
        prompts: Those that every target answered, by category and row.
    """

    run: str
    recipe: OrBench
    asked: int
    targets: tuple[str, ...]
    families: Mapping[str, str]
    prompts: tuple[Prompt, ...]


def run_folder(given: Path) -> Path:
    """The run behind a run's folder, or behind a release at `out/releases/<benchmark>/<version>`.

    Raises:
        AnswersMissingError: It is neither, or the release's run is not there.
        RecordUnreadableError: The release's manifest is malformed.
    """
    if (given / RUN_FILE).exists():
        return given
    if not (given / MANIFEST).exists():
        raise AnswersMissingError("a run's folder or a release must be given", given)
    runs = given.resolve().parent.parent.parent / "runs"
    found = runs / read_manifest(given).run
    if not (found / RUN_FILE).exists():
        raise AnswersMissingError("a release's run must be there, since it has the answers", found)
    return found


def read_panel(run: Path) -> PanelAnswers:
    """The panel's answers in a run's folder.

    Raises:
        AnswersMissingError: The run has no finished panel, or its tables are not as their records
            say.
        TableDamagedError: A table cannot be read.
    """
    recipe, tables = _recipe(run), _tables(run)
    members = panel_members(recipe, recipe.panel) if recipe.panel is not None else ()
    answers = tables.read("answers", _ANSWER)
    given: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    for row, model, outcome, text, kind in answers.iter_rows():
        if outcome == "answered":
            given.setdefault(row, {})[model] = (text, kind)
    families = {each.name: each.family for each in members}
    prompts = [
        _prompt(row, text, category, given[row], families)
        for row, text, category in tables.read("kept", _ROW).iter_rows()
        if set(given.get(row, ())) == set(tables.entry.asked)
    ]
    return PanelAnswers(
        run=f"{run.resolve().parent.name}/{run.resolve().name}",
        recipe=recipe,
        asked=answers["row"].n_unique(),
        targets=tables.entry.asked,
        families={each.name: each.family or each.task.model for each in members},
        prompts=tuple(sorted(prompts, key=lambda each: (each.category, each.row))),
    )


def _prompt(
    row: str,
    text: str,
    category: str,
    given: Mapping[str, tuple[str | None, str | None]],
    families: Mapping[str, str | None],
) -> Prompt:
    return Prompt(
        row,
        content_id(text),
        category,
        {name: Exchange(text, said, name, families.get(name)) for name, (said, _) in given.items()},
        frozenset(name for name, (_, kind) in given.items() if kind is not None),
    )


def _recipe(run: Path) -> OrBench:
    try:
        frozen = json.loads((run / FROZEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise AnswersMissingError("a run's folder must hold its recipe", run / FROZEN) from None
    recipe = thaw(json.dumps(frozen))
    if not isinstance(recipe, OrBench):
        raise AnswersMissingError("a run with a panel must be of or-bench", recipe.benchmark)
    return recipe


def _tables(run: Path) -> StageTables:
    record = read_run(run)
    stages: tuple[StageEntry, ...] = record.stages if record is not None else ()
    found = [each for each in stages if each.name == _PANEL]
    if not found:
        raise AnswersMissingError("a run must have a finished panel", run)
    tables, problems = open_stage(run, found[-1])
    if problems:
        raise AnswersMissingError("a panel's tables must be as their records say", problems[0])
    return tables


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
