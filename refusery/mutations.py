"""Texts in other prompt styles, and answers to such texts back in plain English."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import overload

import polars as pl

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
    Writer,
    opened,
    rows_of,
    sorry_bench,
    texts_of,
    texts_or_none,
)
from refusery.verbs import decoding as decoding_verb
from refusery.verbs import mutation as verb
from refusery.verbs import mutation_tables
from refusery.verbs.text_tables import text_table


@dataclass(frozen=True, slots=True)
class Mutation:
    """What came of one text in one prompt style.

    Attributes:
        style: The style, as SORRY-Bench publishes it.
        index: The place of the base text in what was given, counted from 0.
        text: The mutated text; None where none passed its checks.
        status: `kept`, `dropped` (with a reason), or `failed` (for want of a reply).
        made_by: The model that wrote it, `rules`, or how it is encoded.
        reason: Why it is not kept.
        tried: The last text that did not pass; None where there was none.
    """

    style: str
    index: int
    text: str | None = field(repr=False)
    status: str
    made_by: str
    reason: str | None = None
    tried: str | None = field(default=None, repr=False)


@overload
def mutate(
    texts: FrameT,
    *,
    styles: str | Iterable[str] | None = ...,
    models: Models = ...,
    writer: Writer = ...,
    translator: Writer = ...,
    judge: str | None = ...,
    encodings: str = ...,
    bare: bool = ...,
    column: str = ...,
    cache: Cache = ...,
) -> FrameT: ...
@overload
def mutate(
    texts: Iterable[str],
    *,
    styles: str | Iterable[str] | None = ...,
    models: Models = ...,
    writer: Writer = ...,
    translator: Writer = ...,
    judge: str | None = ...,
    encodings: str = ...,
    bare: bool = ...,
    column: str = ...,
    cache: Cache = ...,
) -> list[Mutation]: ...
def mutate(
    texts: FrameT | Iterable[str],
    *,
    styles: str | Iterable[str] | None = None,
    models: Models = None,
    writer: Writer = None,
    translator: Writer = None,
    judge: str | None = None,
    encodings: str = "canonical",
    bare: bool = False,
    column: str = "prompt",
    cache: Cache = USER_CACHE,
) -> FrameT | list[Mutation]:
    """Puts texts into other prompt styles (SORRY-Bench, section 3.4), each one checked.

    Encodings and misspellings are made by rules and need no model. Everything else is written by
    one of `models`, and asked for again until it passes its style's checks.

    Args:
        texts: Base texts, or a frame that holds them in `column`.
        styles: Prompt styles, as `morse` or `["translate-fr", "slang"]`; by default all that need
            no model, and with a recipe the recipe's.
        models: Models by name with their settings as in a recipe, or a recipe with a part `mutate`.
        writer: Which of the models writes; by default the first. Of a list the next is asked where
            one refuses or gives no usable text; of a mapping each has texts by its weight.
        translator: Which of them writes the five languages, likewise; by default the writer.
        judge: Which of them judges whether each text that was written is in its style and asks for
            what its base asks for; by default none does, and with a recipe the recipe's.
        encodings: `canonical` (correct and invertible), or `compat` with the published quirks.
        bare: Whether encoded texts stand without their wrapper of instruction and examples.
        column: A frame's column with the base texts, or with lists of one text (`turns`).
        cache: A folder for replies and vectors; None keeps nothing.

    Returns:
        A `Mutation` for each text in each style, style after style in the published order; or the
        frame with as many rows, `column` in the style or null, and `prompt_style`, `base`,
        `status`, `made_by` and `reason`.

    Raises:
        InputError: `texts` is no list of texts, one of them is no text, or a style is unknown or
            needs a model.
        ColumnUnusableError: The frame lacks the column, or holds no texts or mutations in it.
        RecipeError: A model's settings are not as a recipe has them.
        KeyMissingError: A model's key is not in the environment.
        TextsMissingError: A model could not be asked; what was answered is kept.

    Example:
        >>> import refusery
        >>> made = refusery.mutate(["Name a river."], styles=["caesar", "morse"], bare=True)
        >>> made
        [Mutation(style='caesar', index=0, status='kept', made_by='canonical-bare', reason=None),
        Mutation(style='morse', index=0, status='kept', made_by='canonical-bare', reason=None)]
        >>> made[0].text
        'Qdph d ulyhu.'
    """
    rows = rows_of(texts)
    wanted = _mutating(styles, models, writer, translator, judge, encodings, bare)
    if rows is None:
        given = texts_of(texts)
        if blank := [place for place, text in enumerate(given) if not text.strip()]:
            raise InputError(f"texts[{blank[0]}] must not be blank", "a blank one")
        return list(_mutations(_styled(wanted, given, cache)))
    frame = rows.polars(column)
    if not frame.height and frame.schema.get(column) == pl.Null:
        frame = frame.with_columns(pl.col(column).cast(pl.String))
    table = text_table(frame, column)
    mutation_tables.require_bases(table)
    base, status, made_by, reason, *_ = mutation_tables.added_names(frame)
    given = table.texts
    made = list(_mutations(_styled(wanted, given, cache, table.keys)))
    columns = (
        table.written([each.text for each in made]),
        pl.Series(mutation_tables.STYLE, [each.style for each in made], pl.String),
        pl.Series(base, [given[each.index] for each in made], pl.String),
        pl.Series(status, [each.status for each in made], pl.String),
        pl.Series(made_by, [each.made_by for each in made], pl.String),
        pl.Series(reason, [each.reason for each in made], pl.String),
    )
    return rows.added(pl.DataFrame(columns), [each.index for each in made])


def _mutating(
    styles: str | Iterable[str] | None,
    models: Models,
    writer: Writer,
    translator: Writer,
    judge: str | None,
    encodings: str,
    bare: bool,
) -> verb.Mutating:
    """Which styles are to be made, and by whom."""
    known = (*NAMES, verb.ALL)
    names = [styles] if isinstance(styles, str) else None if styles is None else list(styles)
    if unknown := [name for name in names or () if name not in known]:
        hint = did_you_mean(unknown[0], known) or f": {', '.join(known)}"
        raise InputError(f"styles must be known ones{hint}", unknown[0])
    if names == []:
        raise InputError("styles must name a style", "an empty list")
    listed = None if names is None else ",".join(names)
    if isinstance(models, Recipe):
        return verb.mutating(models, listed, encodings, bare)
    if not models:
        wanted = NAMES if verb.ALL in (names or ()) else names or ()
        if orphans := [name for name in wanted if name not in verb.OFFLINE]:
            offline = ", ".join(verb.OFFLINE)
            rule = f"styles that a model writes must come with models; without there are {offline}"
            raise InputError(rule, ", ".join(orphans))
        return verb.mutating(None, listed, encodings, bare)
    recipe = sorry_bench(models, writer or next(iter(models)), translator, judge)
    return verb.mutating(recipe, listed or ",".join(verb.OFFLINE), encodings, bare)


def _styled(
    wanted: verb.Mutating, texts: Sequence[str], cache: Cache, keys: list[str] | None = None
) -> tuple[verb.StyleTexts, ...]:
    if not wanted.written:
        return verb.mutated(wanted, texts, keys=keys)
    require_payable(wanted.recipe, wanted.models)
    with opened(wanted.recipe, cache, verb.VERB) as engine:
        return verb.mutated(wanted, texts, engine, keys=keys)


def _mutations(found: Sequence[verb.StyleTexts]) -> Iterable[Mutation]:
    for style in found:
        for index, each in enumerate(style.texts):
            is_kept = each.status == "kept"
            yield Mutation(
                style=style.style,
                index=index,
                text=each.text if is_kept else None,
                status=each.status,
                made_by=style.maker_of(each),
                reason=each.reason,
                tried=None if is_kept else each.text,
            )


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

    Encodings are undone by rules. An answer in one of the five languages is translated by one of
    `models`; one that is in English already stays as it is.

    Args:
        answers: Answers (None for one that is missing), or a frame that holds them in `column`.
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
    if rows is not None:
        if style is not None:
            raise InputError("style must not be given with a frame, which has its own", style)
        frame = rows.polars(column, style_column)
        found = _undone(
            decoding_verb.answers_of(frame, column, style_column), models, translator, cache
        )
        return rows.added(decoding_verb.with_decodings(frame, found).drop(frame.columns))
    given = texts_or_none(answers, "answers")
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
    if not decoding_verb.to_translate(answers, CODED):
        return decoding_verb.undone(answers, CODED)
    recipe = _translating(models, translator)
    name = None if recipe is None else decoding_verb.translator_of(recipe)
    if recipe is None or name is None:
        languages = ", ".join(decoding_verb.languages_in(answers))
        raise InputError("answers in other languages must come with models", languages)
    require_payable(recipe, [name])
    with opened(recipe, cache, decoding_verb.VERB) as engine:
        return decoding_verb.undone(answers, CODED, recipe, engine)


def _translating(models: Models, translator: str | None) -> SorryBench | None:
    if isinstance(models, Recipe):
        return verb.sorry_bench(models, decoding_verb.VERB)[0]
    return sorry_bench(models, translator or next(iter(models)), None) if models else None
