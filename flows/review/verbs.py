"""Reviews by a recipe: which run, which categories, how many requests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.errors import RecipeError
from flows.recipe import SorryBench, load, taxonomy_of
from flows.recipe.sorry_base import BuiltBase
from flows.review.exporting import Exported, export_review
from flows.review.importing import Imported, import_review
from flows.runner.layout import Layout
from flows.versions.next import at_hand


def exported(
    recipe: Path, settings: Sequence[str], runs: Path, out: Path, everything: bool
) -> Exported:
    """Writes the review table of a recipe's base set.

    Raises:
        RecipeError: The recipe picks no base set.
        StageInputMissing: Its run has not come to the choice yet.
    """
    loaded, base = _picking(recipe, settings)
    run = _run(loaded, runs)
    return export_review(run, out, taxonomy_of(loaded), base.per_category, everything)


def imported(table: Path, recipe: Path, settings: Sequence[str], runs: Path, out: Path) -> Imported:
    """Writes the decisions of a review table as a file for `base.decisions`.

    Raises:
        RecipeError: The recipe picks no base set.
        ReviewUnusable: The table breaks a rule of review tables, or is of another run.
        StageInputMissing: Its run has not come to the choice yet.
    """
    loaded, _ = _picking(recipe, settings)
    return import_review(table, _run(loaded, runs), taxonomy_of(loaded), out)


def _picking(recipe: Path, settings: Sequence[str]) -> tuple[SorryBench, BuiltBase]:
    loaded = load(recipe, settings)
    if not isinstance(loaded, SorryBench) or not isinstance(loaded.base, BuiltBase):
        raise RecipeError("review takes a sorry-bench recipe with base.sources", recipe.name)
    return loaded, loaded.base


def _run(recipe: SorryBench, runs: Path) -> Path:
    recipe = at_hand(recipe, runs.resolve())
    return Layout(runs.resolve(), recipe.name, recipe.benchmark, recipe.release.version).run
