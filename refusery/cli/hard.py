"""`refusery hard`: how a finished run's hard subset changes with the judge and the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from base.did_you_mean import repeated
from base.files import replacing
from curation.errors import SettingInvalidError
from curation.hard import HardRule
from evaluation.hard import (
    HardRevisited,
    Subset,
    as_json,
    changes_of,
    overlaps_of,
    require_thresholds,
    subset_of,
    tables,
    verdicts_of,
)
from evaluation.judging.choice import find_judge, own_judges
from evaluation.panel_answers import PanelAnswers, Prompt, read_panel, run_folder
from moderators.refusal.types import Judgment
from pipelines.errors import AnswersMissingError, RecipeError
from pipelines.recipe import Recipe, load
from pipelines.recipe.judges import KEYWORD, Judge, called
from refusery.cli.judge import ask_judge
from refusery.cli.printing import console, print_tables

_BY = ("models", "family")


@dataclass(frozen=True, slots=True)
class Options:
    """What to look at, and how.

    Attributes:
        run: A run's folder, or a release whose run is beside it.
        recipe: The recipe whose models may judge, or None for the run's own.
        settings: Overrides of that recipe's keys.
        judges: Judges by name or written out; none for the run's own and `keyword`.
        at: Thresholds; none for the run's own and those beside it.
        by: Whether models or families are counted; None for what the run's recipe says.
        out: The JSON file to write, or None.
        json: Whether JSON is printed instead of tables.
        cache: Where ledger and embeddings are kept; None for where the run lies.
    """

    run: Path
    recipe: Path | None
    settings: Sequence[str]
    judges: Sequence[str]
    at: Sequence[int]
    by: str | None
    out: Path | None
    json: bool
    cache: Path | None


def hard(options: Options) -> None:
    """Prints the report, or writes it; no target is asked again."""
    folder = run_folder(options.run)
    panel = read_panel(folder)
    if not panel.prompts:
        raise AnswersMissingError("a panel must have rows that every target answered", panel.run)
    if options.settings and options.recipe is None:
        raise RecipeError("--set needs a --recipe: a run's own recipe stays as it was used")
    recipe = panel.recipe if options.recipe is None else load(options.recipe, options.settings)
    judges = _judges(recipe, options.judges)
    rules = _rules(panel, options)
    cache = options.cache or folder.resolve().parents[2]
    found = revisited(panel, recipe, judges, rules, cache)
    if options.out is not None:
        with replacing(options.out) as file:
            file.write(f"{as_json(found)}\n".encode())
    if options.json:
        typer.echo(as_json(found))
    else:
        print_tables(console(), tables(found))
        if options.out is not None:
            typer.echo(f"written: {options.out}")


def revisited(
    panel: PanelAnswers,
    recipe: Recipe,
    judges: Sequence[Judge],
    rules: Sequence[HardRule],
    cache: Path,
) -> HardRevisited:
    """The report: each judge judges every answer once, and every rule is applied to that."""
    subsets: list[Subset] = []
    unparseable: dict[str, int] = {}
    for judge in judges:
        judgments = _judgments(recipe, judge, panel.prompts, cache)
        verdicts = verdicts_of(panel.prompts, judgments)
        said = [refused for each in verdicts.values() for refused in each.values()]
        unparseable[called(judge)] = said.count(None)
        subsets += [subset_of(called(judge), panel.prompts, verdicts, rule) for rule in rules]
    some = frozenset[str]().union(*(each.hard for each in subsets))
    return HardRevisited(
        run=panel.run,
        by="models" if rules[0].families is None else "family",
        asked=panel.asked,
        rows=len(panel.prompts),
        targets=panel.targets,
        judges=tuple(map(called, judges)),
        unparseable=unparseable,
        subsets=tuple(subsets),
        overlaps=tuple(overlaps_of(subsets)),
        changes=tuple(changes_of(subsets, [each.row for each in panel.prompts])),
        ids={each.row: each.id for each in panel.prompts if each.row in some},
    )


def _judges(recipe: Recipe, given: Sequence[str]) -> list[Judge]:
    judges: list[Judge] = [find_judge(recipe, each) for each in given]
    if not judges:
        own = own_judges(recipe)
        judges = [*own, *(() if KEYWORD in own else (KEYWORD,))]
    if again := repeated([called(each) for each in judges]):
        raise RecipeError("judges must have a name each, and be given once each", again)
    return judges


def _rules(panel: PanelAnswers, options: Options) -> list[HardRule]:
    part = panel.recipe.hard
    by = options.by or (part.by if part is not None else "models")
    if by not in _BY:
        raise SettingInvalidError(f"--by must be {' or '.join(_BY)}", by)
    families = panel.families if by == "family" else None
    counted = len(panel.targets) if families is None else len(set(families.values()))
    usual = part.at if part is not None else 1
    beside = [each for each in (usual - 1, usual, usual + 1) if 1 <= each <= counted]
    at = list(dict.fromkeys(options.at or beside))
    require_thresholds(at, counted, "targets" if families is None else "families")
    return [HardRule(each, families) for each in at]


def _judgments(
    recipe: Recipe, judge: Judge, prompts: Sequence[Prompt], cache: Path
) -> dict[tuple[str, str], Judgment | None]:
    """The judge's judgment of every answer that carries no signal, by row and target."""
    asked = [
        (prompt.row, name, exchange)
        for prompt in prompts
        for name, exchange in prompt.answers.items()
        if name not in prompt.signals
    ]
    found = ask_judge(recipe, judge, [exchange for _, _, exchange in asked], cache)
    return {(row, name): each for (row, name, _), each in zip(asked, found, strict=True)}
