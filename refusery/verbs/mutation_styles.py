"""Which styles a command asks for, and whether they can be made with what it is given."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from base.did_you_mean import did_you_mean
from generators.mutations.styles import NAMES
from pipelines.errors import NotBuiltError, RecipeError
from pipelines.recipe import Recipe, SorryBench
from pipelines.recipe.base_set import NEEDS_NO_MODEL, Mutate
from pipelines.sorry_bench.styles import MISSPELLINGS, writer_of
from refusery.verbs.mutation import Mutating

ALL = "all"
OFFLINE = tuple(name for name in NAMES if name in NEEDS_NO_MODEL or name == MISSPELLINGS)
"""The styles that need no recipe: the encodings, and misspellings by rules."""

EncodingMode = Literal["canonical", "compat"]


def mutating(
    recipe: Recipe | None,
    styles: str | None = None,
    encodings: str | None = None,
    bare: bool | None = None,
) -> Mutating:
    """What a command asks for.

    Args:
        recipe: The recipe, or None for what needs none.
        styles: Prompt styles, a comma between them, or `all`; None for all that the recipe has,
            and without one for all that need none.
        encodings: `canonical` or `compat`; None for the recipe's.
        bare: Whether encoded texts stand alone; None for the recipe's.

    Raises:
        RecipeError: A style is unknown, or nobody is there to write it.
        NotBuiltError: The recipe has no part `mutate`.
    """
    whole = _offline() if recipe is None else sorry_bench(recipe, "mutate")
    part = part_of(whole)
    changed = {
        "styles": None if styles is None else listed(styles, NAMES),
        "encodings": encodings,
        "bare": bare,
    }
    part = part.model_copy(update={key: each for key, each in changed.items() if each is not None})
    found = Mutating(whole, part)
    orphans = ", ".join(style for style in found.written if writer_of(part, style) is None)
    if orphans and recipe is None:
        rule = (
            "styles that a model writes need a --recipe with a part `mutate`; "
            f"without one there are {', '.join(OFFLINE)}"
        )
        raise RecipeError(rule, orphans)
    if orphans:
        raise RecipeError("mutate.writer must be given for written styles", orphans)
    return found


def sorry_bench(recipe: Recipe, verb: str) -> SorryBench:
    """The recipe, which has a part `mutate`.

    Raises:
        NotBuiltError: It has none.
    """
    if not isinstance(recipe, SorryBench) or recipe.mutate is None:
        raise NotBuiltError(f"{verb} takes a recipe with a part `mutate`", recipe.name)
    return recipe


def part_of(recipe: SorryBench) -> Mutate:
    """The recipe's part `mutate`.

    Raises:
        NotBuiltError: It has none.
    """
    if recipe.mutate is None:
        raise NotBuiltError("a recipe must have a part `mutate`", recipe.name)
    return recipe.mutate


def listed(given: str, known: Collection[str]) -> tuple[str, ...]:
    """The names in a list with commas, each once, in the order of those that are known.

    Raises:
        RecipeError: One is not known, or there is none.
    """
    names = [name for each in given.split(",") if (name := each.strip())]
    if not names:
        raise RecipeError("--styles must name a style", given)
    for name in names:
        if name not in known and name != ALL:
            hint = did_you_mean(name, known) or f": {', '.join(known)}"
            raise RecipeError(f"--styles must be known ones{hint}", name)
    return tuple(name for name in known if name in names or ALL in names)


def _offline() -> SorryBench:
    """A recipe that asks nobody, for commands that are given none."""
    return SorryBench.model_validate(
        {
            "benchmark": "sorry-bench",
            "base": {"from": "shipped"},
            "mutate": {"styles": OFFLINE, "misspellings": {"by": "rules"}},
            "release": {"version": "next"},
        }
    )
