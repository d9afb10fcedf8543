"""One answer to a mutated prompt put back into plain English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from base.digests import Json
from checks.language import WrittenIn, script_share, scripts_part
from generators.mutations.encodings.registry import ENCODINGS
from generators.mutations.styles import GROUPS, NAMES, WRITTEN
from generators.mutations.translation import BackTranslator, back_translator, is_in, language_part
from inference.thoughts import visible, visible_part
from inference.types import Call, Item, Missing, Program
from pipelines.recipe.models import Model
from pipelines.stages.identities import longest

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


def decoding_part(translators: Mapping[str, BackTranslator]) -> Json:
    """What becomes of answers, and by whom, for a digest.

    Args:
        translators: Who translates into English, by language style.
    """
    limits = (READ, _TRIES, _FEW_WORDS, visible_part(), scripts_part("Latin"))
    codes = {style: code.decoding_digest for style, code in ENCODINGS.items()}
    languages = {style: language_part(WRITTEN[style].language) for style in LANGUAGES}
    asked = {style: each.digest for style, each in translators.items()}
    return [CODED, *limits, WrittenIn("en").digest, dict(codes), languages, dict(asked)]


def undoing(
    answer: Answered,
    translators: Mapping[str, BackTranslator],
    styles: Sequence[str] = CODED,
) -> Program[Undone]:
    """Puts one answer back into plain English; one that needs no decoding stays as it is.

    Args:
        answer: The answer.
        translators: Who translates into English, by language style; without one an answer in the
            language has failed for want of it.
        styles: The styles whose answers are undone; others stay as they are.
    """
    found = without_model(answer, styles)
    if found is not None:
        return found
    if answer.style not in translators:
        return Undone(None, 0.0, "failed", "no_translator")
    return (yield from translated(translators[answer.style], answer))


def translators_into_english(name: str, model: Model) -> dict[str, BackTranslator]:
    """What asks a model of a recipe to translate into English, by language style."""
    limit = longest(None, model, TRANSLATIONS)
    return {
        style: replace(back_translator(WRITTEN[style], name), max_tokens=limit)
        for style in LANGUAGES
    }


def without_model(answer: Answered, styles: Sequence[str]) -> Undone | None:
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


def translated(task: BackTranslator, answer: Answered) -> Program[Undone]:
    """The answer in English.

    One that comes back as it was has failed: some translators give back what they cannot translate.
    """
    text = visible(answer.text or "")
    said: str | Missing = yield Call(task, Item("", text, ""), _TRIES)
    if isinstance(said, Missing):
        return Undone(None, 0.0, "failed", said.reason)
    if said.split() == text.split():
        return Undone(None, 0.0, "failed", "not_translated")
    share = _latin(said)
    if share < READ:
        return Undone(None, share, "failed", "not_translated")
    return Undone(said, share, "decoded")


def _latin(text: str) -> float:
    """Share of the letters that are Latin; 1 for a text without letters, such as a number."""
    return script_share(text, "Latin") if any(map(str.isalpha, text)) else 1.0
