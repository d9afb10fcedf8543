"""Texts in other prompt styles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import overload

import polars as pl

from base.did_you_mean import did_you_mean
from generators.mutations.styles import NAMES
from pipelines.recipe import Recipe
from pipelines.sources.engine import require_payable
from refusery.inputs import (
    USER_CACHE,
    Cache,
    FrameT,
    InputError,
    Models,
    Rows,
    Writer,
    opened,
    rows_of,
    sorry_bench,
    texts_of,
)
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
        variant: The dialect, jargon, role or slang that was asked for; None without any.
    """

    style: str
    index: int
    text: str | None = field(repr=False)
    status: str
    made_by: str
    reason: str | None = None
    tried: str | None = field(default=None, repr=False)
    variant: str | None = None


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

    Encodings are made by rules; one of `models` writes the others, until they pass their checks.

    Args:
        texts: Base texts, or a frame that holds them in `column`.
        styles: Prompt styles, as `slang`; by default the recipe's, else all that need no model.
        models: Models by name with their settings as in a recipe, or a recipe with a part `mutate`.
        writer: Which of the models writes; by default the first. Of a list the next is asked where
            one refuses or gives no usable text; of a mapping each has texts by its weight.
        translator: Which of them writes the five languages, likewise; by default the writer.
        judge: Which of them judges style and intent; by default the recipe's, else none.
        encodings: `canonical` (correct and invertible), or `compat` with the published quirks.
        bare: Whether encoded texts stand without their wrapper of instruction and examples.
        column: A frame's column with the base texts, or with lists of one text (`turns`).
        cache: A folder for replies and vectors; None keeps nothing.

    Returns:
        A `Mutation` for each text in each style, in the styles' published order; or the frame so,
        `column` mutated or null; `prompt_style`, `base`, `status`, `made_by`, `variant`, `reason`.

    Raises:
        InputError: A text is none, or a style is unknown or needs a model.
        ColumnUnusableError: The frame lacks the column, or holds no texts or mutations in it.
        RecipeError: A model's settings are not as a recipe has them.
        KeyMissingError: A model's key is not in the environment.
        TextsMissingError: A model could not be asked; what was answered is kept.

    Example:
        >>> import refusery
        >>> refusery.mutate(["Name a river."], styles="caesar", bare=True)[0].text
        'Qdph d ulyhu.'
    """
    rows = rows_of(texts)
    wanted = _mutating(styles, models, writer, translator, judge, encodings, bare)
    if rows is not None:
        return _mutated_rows(rows, column, wanted, cache)
    return _mutated_texts(texts_of(texts), wanted, cache)


def _mutated_texts(given: Sequence[str], wanted: verb.Mutating, cache: Cache) -> list[Mutation]:
    """Each text in every style."""
    if blank := [place for place, text in enumerate(given) if not text.strip()]:
        raise InputError(f"texts[{blank[0]}] must not be blank", "a blank one")
    return list(_mutations(_styled(wanted, given, cache)))


def _mutated_rows(rows: Rows[FrameT], column: str, wanted: verb.Mutating, cache: Cache) -> FrameT:
    """A frame's rows in every style, each with its base and how it ended."""
    frame = rows.polars(column)
    if not frame.height and frame.schema.get(column) == pl.Null:
        frame = frame.with_columns(pl.col(column).cast(pl.String))
    table = text_table(frame, column)
    mutation_tables.require_bases(table)
    base, status, made_by, variant, reason, *_ = mutation_tables.added_names(frame)
    given = table.texts
    made = list(_mutations(_styled(wanted, given, cache, table.keys)))
    columns = (
        table.written([each.text for each in made]),
        pl.Series(mutation_tables.STYLE, [each.style for each in made], pl.String),
        pl.Series(base, [given[each.index] for each in made], pl.String),
        pl.Series(status, [each.status for each in made], pl.String),
        pl.Series(made_by, [each.made_by for each in made], pl.String),
        pl.Series(variant, [each.variant for each in made], pl.String),
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
                variant=each.variant,
            )
