"""Answers to mutated prompts put back into plain English: for `refusery decode`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.judging.verdicts import answered
from generators.mutations.translation import BackTranslator
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.types import Failed
from pipelines.recipe import SorryBench
from pipelines.sorry_bench.styles import translator_into_english
from pipelines.sources.engine import run_of
from pipelines.stages.decoding import (
    CODED,
    LANGUAGES,
    READ,
    TRANSLATIONS,
    Answered,
    Status,
    Undone,
    translated,
    translators_into_english,
    without_model,
)

__all__ = [
    "CODED",
    "LANGUAGES",
    "READ",
    "TRANSLATIONS",
    "VERB",
    "Answered",
    "Status",
    "Undone",
    "to_translate",
    "translator_of",
    "undone",
]


VERB = "decode"


def undone(
    answers: Sequence[Answered],
    styles: Sequence[str],
    recipe: SorryBench | None = None,
    engine: Engine | None = None,
    advance: Advance | None = None,
) -> list[Undone]:
    """Puts answers back into plain English.

    Args:
        answers: The answers.
        styles: The styles whose answers are to be undone; others stay as they are.
        recipe: Whose translator is asked; needed where a language is to be undone.
        engine: Asks it; likewise.
        advance: Called with 1 for each answer that was to be translated.

    Raises:
        TextsMissingError: The translator could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
        ValueError: A language is to be undone without recipe or engine.
    """
    found = [without_model(each, styles) for each in answers]
    left = [place for place, each in enumerate(found) if each is None]
    if left:
        if recipe is None or engine is None:
            raise ValueError("a language must have a recipe and an engine")
        atoms = _translators(recipe)
        programs = [translated(atoms[answers[n].style], answers[n]) for n in left]
        purpose = Purpose(run_of(recipe, VERB), VERB)
        said = answered(engine, purpose, programs, advance, recipe.max_failed)
        for place, each in zip(left, said, strict=True):
            found[place] = _failed(each) if isinstance(each, Failed) else each
    return [each for each in found if each is not None]


def to_translate(answers: Sequence[Answered], styles: Sequence[str]) -> int:
    """How many answers a translator must look at."""
    return sum(without_model(each, styles) is None for each in answers)


def translator_of(recipe: SorryBench) -> str | None:
    """The model that translates answers into English; None where the recipe names none."""
    return None if recipe.mutate is None else translator_into_english(recipe.mutate)


def _failed(failed: Failed) -> Undone:
    return Undone(None, 0.0, "failed", failed.reason)


def _translators(recipe: SorryBench) -> Mapping[str, BackTranslator]:
    name = translator_of(recipe)
    if name is None:
        raise ValueError("a recipe must name a translator")
    return translators_into_english(name, recipe.models[name])
