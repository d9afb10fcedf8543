"""The answers of a run's panel, as far as every target answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.records import RUN_FILE, StageEntry, read_run
from artifacts.schemas import ANSWERS, PANELED
from artifacts.stage_roles import PANEL
from artifacts.stage_tables import StageTables, open_stage
from checks.identity import content_id
from evaluation.judging.verdicts import Exchange
from pipelines.errors import AnswersMissingError
from pipelines.opening import read_frozen
from pipelines.or_bench.panel import panel_members
from pipelines.recipe import OrBench

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
    frozen = read_frozen(run)
    if frozen is None:
        rule = "a run's folder must hold its recipe, which a build of it writes anew"
        raise AnswersMissingError(rule, run)
    recipe = frozen.recipe
    if not isinstance(recipe, OrBench):
        raise AnswersMissingError("a run with a panel must be of or-bench", recipe.benchmark)
    return recipe


def _tables(run: Path) -> StageTables:
    record = read_run(run)
    stages: tuple[StageEntry, ...] = record.stages if record is not None else ()
    found = [each for each in stages if each.stage == PANEL]
    if not found:
        raise AnswersMissingError("a run must have a finished panel", run)
    tables, problems = open_stage(run, found[-1])
    if problems:
        raise AnswersMissingError("a panel's tables must be as their records say", problems[0])
    return tables
