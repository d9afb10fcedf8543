"""`refusery hard`: how a finished run's hard subset changes with the judge and the threshold."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from base import did_you_mean, files
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
from refusery.cli import options, printing
from refusery.cli.judge import ask_judge

_BY = ("models", "family")
_Run = Annotated[Path, typer.Argument(metavar="RUN|RELEASE", help="A run's folder, or a release.")]
_Judges = Annotated[
    list[str] | None,
    typer.Option(
        "--judge",
        help="As for `judge`; repeatable. By default the recipe's judges, and `keyword`.",
    ),
]
_At = Annotated[
    list[int] | None,
    typer.Option("--at", help="Refusals that make a prompt hard; repeatable."),
]
_By = Annotated[str | None, typer.Option(metavar="models|family", help="What is counted.")]
_Recipe = Annotated[
    Path | None, typer.Option("--recipe", help="Whose models judge; by default the run's own.")
]
_Cache = Annotated[Path | None, typer.Option(help="Where ledger and embeddings are kept.")]


def hard(
    run: _Run,
    judges: _Judges = None,
    at: _At = None,
    by: _By = None,
    recipe: _Recipe = None,
    out: Annotated[Path | None, typer.Option("--out", help="The JSON file to write.")] = None,
    json: options.Json = False,
    settings: options.Settings = None,
    cache: _Cache = None,
) -> None:
    """Show how the hard subset of a finished run changes with the judge and the threshold."""
    folder = run_folder(run)
    panel = read_panel(folder)
    if not panel.prompts:
        raise AnswersMissingError("a panel must have rows that every target answered", panel.run)
    if settings and recipe is None:
        raise RecipeError("--set needs a --recipe: a run's own recipe stays as it was used")
    whole = panel.recipe if recipe is None else load(recipe, settings or [])
    asked = _judges(whole, judges or [])
    rules = _rules(panel, at or [], by)
    found = _revisited(panel, whole, asked, rules, cache or folder.resolve().parents[2])
    if out is not None:
        with files.replacing(out) as file:
            file.write(f"{as_json(found)}\n".encode())
    if json:
        printing.say_json(as_json(found))
        return
    printing.print_tables(tables(found))
    if out is None:
        printing.say("not written: the ids of the rows; --out FILE.json keeps them")
    else:
        printing.say(f"written: {out}")


def _revisited(
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
    if again := did_you_mean.repeated([called(each) for each in judges]):
        raise RecipeError("judges must have a name each, and be given once each", again)
    return judges


def _rules(panel: PanelAnswers, at: Sequence[int], by: str | None) -> list[HardRule]:

    part = panel.recipe.hard
    by = by or (part.by if part is not None else "models")
    if by not in _BY:
        raise SettingInvalidError(f"--by must be {' or '.join(_BY)}", by)
    families = panel.families if by == "family" else None
    counted = len(panel.targets) if families is None else len(set(families.values()))
    usual = part.at if part is not None else 1
    beside = [each for each in (usual - 1, usual, usual + 1) if 1 <= each <= counted]
    chosen = list(dict.fromkeys(at or beside))
    require_thresholds(chosen, counted, "targets" if families is None else "families")
    return [HardRule(each, families) for each in chosen]


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
