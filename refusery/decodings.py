"""Answers to texts in other prompt styles, back in plain English."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import overload

from base.did_you_mean import did_you_mean
from generators.mutations.styles import NAMES
from pipelines.recipe import Recipe, SorryBench
from pipelines.sources.base_sets import BASE_STYLE
from pipelines.sources.engine import require_payable
from pipelines.stages.decoding import CODED, Answered, Undone
from refusery.inputs import (
    USER_CACHE,
    Cache,
    FrameT,
    InputError,
    Models,
    opened,
    rows_of,
    sorry_bench,
    texts_or_none,
)
from refusery.verbs import decoding as verb
from refusery.verbs import mutation


@dataclass(frozen=True, slots=True)
class Decoding:
    """An answer in plain English.

    Attributes:
        status: `decoded` (code undone, or translated), `plain` (the model answered in plain
            English), `failed`, `missing` (no answer), or `as_it_was` (a style that needs no
            decoding).
        readable: Share of the answer that could be read, 0 to 1; None where nothing was undone.
        reason: Why it failed.
        text: The answer in plain English as far as it could be read; None where it could not.
    """

    status: str
    readable: float | None
    reason: str | None = None
    text: str | None = field(default=None, repr=False)


@overload
def decode(
    answers: FrameT,
    style: None = ...,
    *,
    models: Models = ...,
    translator: str | None = ...,
    column: str = ...,
    style_column: str = ...,
    cache: Cache = ...,
) -> FrameT: ...
@overload
def decode(
    answers: Iterable[str | None],
    style: str | Iterable[str],
    *,
    models: Models = ...,
    translator: str | None = ...,
    column: str = ...,
    style_column: str = ...,
    cache: Cache = ...,
) -> list[Decoding]: ...
def decode(
    answers: FrameT | Iterable[str | None],
    style: str | Iterable[str] | None = None,
    *,
    models: Models = None,
    translator: str | None = None,
    column: str = "response",
    style_column: str = "prompt_style",
    cache: Cache = USER_CACHE,
) -> FrameT | list[Decoding]:
    """Puts answers to mutated prompts back into plain English.

    Encodings are undone by rules; one of `models` translates answers in the five languages, and
    one that is in English already stays as it is.

    Args:
        answers: Answers (None for a missing one), or a frame that holds them in `column`.
        style: The prompt style of all answers, or a list with one for each; a frame has its own.
        models: Models by name with their settings as in a recipe, or a recipe with a part `mutate`.
        translator: Which of the models translates; by default the first, or the recipe's.
        column: A frame's column with the answers.
        style_column: A frame's column with the styles of the prompts.
        cache: A folder for replies; None keeps nothing.

    Returns:
        A `Decoding` for each answer; or the frame with `decoded`, `readable`, `decoding` and
        `decode_reason`.

    Raises:
        InputError: `answers` is no list of texts, a style is unknown, lists differ in length, or
            a language has no model to translate it.
        ColumnUnusableError: The frame lacks a column, or holds decodings already.
        RecipeError: A model's settings are not as a recipe has them.
        TextsMissingError: The translator could not be asked; what was answered is kept.

    Example:
        >>> import refusery
        >>> (found,) = refusery.decode(["Wkh Wkdphv."], "caesar")
        >>> found
        Decoding(status='decoded', readable=1.0, reason=None)
        >>> found.text
        'The Thames.'
    """
    rows = rows_of(answers)
    if rows is not None and style is not None:
        raise InputError("style must not be given with a frame, which has its own", style)
    if rows is not None:
        frame = rows.polars(column, style_column)
        found = _undone(verb.answers_of(frame, column, style_column), models, translator, cache)
        return rows.added(verb.with_decodings(frame, found).drop(frame.columns))
    return _decodings(texts_or_none(answers, "answers"), style, models, translator, cache)


def _decodings(
    given: Sequence[str | None],
    style: str | Iterable[str] | None,
    models: Models,
    translator: str | None,
    cache: Cache,
) -> list[Decoding]:
    """What became of each answer of a list."""
    pairs = zip(_styles(style, len(given)), given, strict=True)
    found = _undone([Answered(*pair) for pair in pairs], models, translator, cache)
    return [Decoding(each.status, each.readable, each.reason, each.text) for each in found]


def _styles(given: str | Iterable[str] | None, count: int) -> list[str]:
    """The style of each answer."""
    if given is None:
        raise InputError("style must be given with a list of answers", "none")
    styles = [given] * count if isinstance(given, str) else list(given)
    if len(styles) != count:
        raise InputError("style must be one, or one for each answer", f"{len(styles)} of {count}")
    known = (BASE_STYLE, *NAMES)
    if unknown := [name for name in styles if name not in known]:
        raise InputError(f"style must be a known one{did_you_mean(unknown[0], known)}", unknown[0])
    return styles


def _undone(
    answers: Sequence[Answered], models: Models, translator: str | None, cache: Cache
) -> list[Undone]:
    if not verb.to_translate(answers, CODED):
        return verb.undone(answers, CODED)
    recipe = _translating(models, translator)
    name = None if recipe is None else verb.translator_of(recipe)
    if recipe is None or name is None:
        languages = ", ".join(verb.languages_in(answers))
        raise InputError("answers in other languages must come with models", languages)
    require_payable(recipe, [name])
    with opened(recipe, cache, verb.VERB) as engine:
        return verb.undone(answers, CODED, recipe, engine)


def _translating(models: Models, translator: str | None) -> SorryBench | None:
    if isinstance(models, Recipe):
        return mutation.sorry_bench(models, verb.VERB)[0]
    return sorry_bench(models, translator or next(iter(models)), None) if models else None
