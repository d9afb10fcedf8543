"""Answers to mutated prompts put back into plain English: for `refusery decode`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from checks.scripts import script_share
from checks.written_in import WrittenIn
from flows.opening import run_of
from flows.recipe import SorryBench
from flows.stages.lengths import longest
from flows.stages.style_models import translator_into_english
from flows.verbs.answering import answered
from generators.mutations.encodings import ENCODINGS
from generators.mutations.registry import GROUPS, NAMES, WRITTEN
from generators.mutations.translation import BackTranslator, back_translator, is_in
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.types import Ask, Failed, Item, Missing, Program
from moderators.refusal.visible import visible

VERB = "decode"
LANGUAGES = tuple(name for name in NAMES if GROUPS[name] == "language")
CODED = (*ENCODINGS, *LANGUAGES)
"""The styles whose answers are no plain English."""

READ = 0.8
"""Share of an answer that must have been read for it to count as decoded."""

TRANSLATIONS = 4000
"""Tokens for one translated answer, where neither the recipe nor its model says."""

_TRIES = 2
_FEW_WORDS = 5
_NO_ITEM = Item("", "", "")

Status = Literal["decoded", "plain", "failed", "missing", "as_it_was"]


@dataclass(frozen=True, slots=True)
class Answered:
    """A model's answer to a mutated prompt.

    Attributes:
        style: The prompt's style.
        text: The answer as it came; None where there is none.
    """

    style: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an answer.

    Attributes:
        text: The answer in plain English as far as it could be read; None where it could not.
        readable: Share of it that could be read; None where nothing was to be undone.
        status: `decoded` (code undone, or translated), `plain` (the model answered in plain text),
            `failed`, `missing` (no answer), or `as_it_was` (of a style that needs no decoding).
        reason: Why it failed.
    """

    text: str | None
    readable: float | None
    status: Status
    reason: str | None = None


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
        TextsMissing: The translator could not be asked; its cause is named.
        BudgetReached: The recipe's cap is reached; what was answered is kept.
        ValueError: A language is to be undone without recipe or engine.
    """
    found = [_without_model(each, styles) for each in answers]
    left = [place for place, each in enumerate(found) if each is None]
    if left:
        if recipe is None or engine is None:
            raise ValueError("a language must have a recipe and an engine")
        atoms = _translators(recipe)
        programs = [_translated(atoms[answers[n].style], answers[n]) for n in left]
        purpose = Purpose(run_of(recipe, VERB), VERB)
        said = answered(engine, purpose, programs, advance, recipe.max_failed)
        for place, each in zip(left, said, strict=True):
            found[place] = _failed(each) if isinstance(each, Failed) else each
    return [each for each in found if each is not None]


def to_translate(answers: Sequence[Answered], styles: Sequence[str]) -> int:
    """How many answers a translator must look at."""
    return sum(_without_model(each, styles) is None for each in answers)


def translator_of(recipe: SorryBench) -> str | None:
    """The model that translates answers into English; None where the recipe names none."""
    return None if recipe.mutate is None else translator_into_english(recipe.mutate)


def _without_model(answer: Answered, styles: Sequence[str]) -> Undone | None:
    """What becomes of an answer that no model is needed for; None where one is."""
    if answer.style not in styles:
        return Undone(answer.text, None, "as_it_was")
    text = visible(answer.text or "")
    if not text:
        return Undone(None, None, "missing")
    if answer.style in ENCODINGS:
        return _decoded(answer.style, text)
    return None if _is_foreign(text, WRITTEN[answer.style].language) else _plain(text)


def _decoded(style: str, text: str) -> Undone:
    found = ENCODINGS[style].decoded(text)
    if found.share < READ:
        return Undone(found.text, found.share, "failed", "unreadable")
    return Undone(found.text, found.share, "decoded" if found.coded else "plain")


def _plain(text: str) -> Undone:
    """An answer that is not in the prompt's language: English, or one that nobody here reads."""
    share = _latin(text)
    if share < READ:
        return Undone(None, share, "failed", "other_language")
    return Undone(text, share, "plain")


def _is_foreign(text: str, language: str) -> bool:
    """Whether an answer is, or may be, in the language.

    A few words of French are told from English by nobody, so a translator looks at those too.
    """
    if is_in(text, language):
        return True
    if language != "fr":
        return False
    return len(text.split()) <= _FEW_WORDS or WrittenIn("en")(_NO_ITEM, text) is not None


def _translated(atom: BackTranslator, answer: Answered) -> Program[Undone]:
    """The answer in English.

    One that comes back as it was has failed: some translators give back what they cannot translate.
    """
    text = visible(answer.text or "")
    said: str | Missing = yield Ask(atom, Item("", text, ""), _TRIES)
    if isinstance(said, Missing):
        return Undone(None, 0.0, "failed", said.reason)
    if said.split() == text.split():
        return Undone(None, 0.0, "failed", "not_translated")
    share = _latin(said)
    if share < READ:
        return Undone(None, share, "failed", "not_translated")
    return Undone(said, share, "decoded")


def _failed(failed: Failed) -> Undone:
    return Undone(None, 0.0, "failed", failed.reason)


def _latin(text: str) -> float:
    """Share of the letters that are Latin; 1 for a text without letters, such as a number."""
    return script_share(text, "Latin") if any(map(str.isalpha, text)) else 1.0


def _translators(recipe: SorryBench) -> Mapping[str, BackTranslator]:
    name = translator_of(recipe)
    if name is None:
        raise ValueError("a recipe must name a translator")
    limit = longest(None, recipe.models[name], TRANSLATIONS)
    return {
        style: replace(back_translator(WRITTEN[style], name), max_tokens=limit)
        for style in LANGUAGES
    }
