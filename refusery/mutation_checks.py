"""Texts that somebody else put into prompt styles, judged by the checks of a build."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import overload

from base.did_you_mean import did_you_mean
from generators.mutations.styles import NAMES
from pipelines.recipe import Recipe
from pipelines.sources.engine import require_payable
from refusery.inputs import (
    USER_CACHE,
    Cache,
    FrameT,
    InputError,
    Rows,
    opened,
    rows_of,
    texts_of,
)
from refusery.verbs import checked_mutations as verb
from refusery.verbs import mutation


@dataclass(frozen=True, slots=True)
class MutationCheck:
    """What the checks say of a text in a prompt style.

    Attributes:
        passed: Whether it passed all of them; None where one could not be asked.
        reason: Of the first that objects, or why one could not be asked; None where it passed.
        judge_reason: What the recipe's style judge said; None where none was asked.
    """

    passed: bool | None
    reason: str | None = None
    judge_reason: str | None = field(default=None, repr=False)


@overload
def check_mutations(
    texts: FrameT,
    bases: None = ...,
    styles: None = ...,
    *,
    recipe: Recipe | None = ...,
    encodings: str | None = ...,
    bare: bool | None = ...,
    column: str = ...,
    base_column: str = ...,
    style_column: str = ...,
    cache: Cache = ...,
) -> FrameT: ...
@overload
def check_mutations(
    texts: Iterable[str],
    bases: Iterable[str],
    styles: str | Iterable[str],
    *,
    recipe: Recipe | None = ...,
    encodings: str | None = ...,
    bare: bool | None = ...,
    column: str = ...,
    base_column: str = ...,
    style_column: str = ...,
    cache: Cache = ...,
) -> list[MutationCheck]: ...
def check_mutations(
    texts: FrameT | Iterable[str],
    bases: Iterable[str] | None = None,
    styles: str | Iterable[str] | None = None,
    *,
    recipe: Recipe | None = None,
    encodings: str | None = None,
    bare: bool | None = None,
    column: str = "text",
    base_column: str = "base",
    style_column: str = "style",
    cache: Cache = USER_CACHE,
) -> FrameT | list[MutationCheck]:
    """Says of texts that somebody else made whether each is in its style and keeps its request.

    The checks are those of a build (SORRY-Bench, section 3.4), by default those that need no model.

    Args:
        texts: Mutated texts, or a frame that holds them in `column`.
        bases: The text that each was made from; a frame has its own.
        styles: The prompt style of all texts, or a list with one for each; a frame has its own.
        recipe: A recipe with a part `mutate`, whose encoder, translator and judges check too.
        encodings: How encoded texts were encoded, `canonical` or `compat`; by default the recipe's,
            else `canonical`.
        bare: Whether they stand without their wrapper; by default as the recipe has it, else not.
        column: A frame's column with the texts, or with lists of one text (`turns`).
        base_column: A frame's column with the bases.
        style_column: A frame's column with the styles.
        cache: A folder for replies and vectors; None keeps nothing.

    Returns:
        A `MutationCheck` for each text; or the frame with `passed` and `reason`, and `judge_reason`
        where the recipe has a style judge, which begin with `check_` where it has one of these.

    Raises:
        InputError: A list is none of texts, lists differ in length, or a style is unknown.
        ColumnUnusableError: The frame lacks a column, or a row has no text, base or known style.
        TextsMissingError: A model could not be asked; what was answered is kept.

    Example:
        >>> import refusery
        >>> refusery.check_mutations(["Name a river!"], ["Name a river."], "slang")
        [MutationCheck(passed=False, reason='same_as_base')]
    """
    by = verb.row_checks(recipe, encodings, bare)
    rows = rows_of(texts)
    if rows is None:
        return _checked_texts(by, _made(texts_of(texts), bases, styles), cache)
    if bases is not None or styles is not None:
        raise InputError("bases and styles must not be given with a frame", "both")
    return _checked_rows(by, rows, (column, base_column, style_column), cache)


def _checked_texts(
    by: verb.RowChecks, made: list[verb.MadeRow], cache: Cache
) -> list[MutationCheck]:
    return [
        MutationCheck(each.passed, each.reason, each.judge_reason)
        for each in _checked(by, made, cache)
    ]


def _checked_rows(
    by: verb.RowChecks, rows: Rows[FrameT], columns: tuple[str, str, str], cache: Cache
) -> FrameT:
    frame = rows.polars(*columns)
    verb.added_names(frame)
    made = verb.made_rows(frame, *columns)
    return rows.added(verb.findings_of(frame, _checked(by, made, cache), by))


def _made(
    texts: Sequence[str], bases: Iterable[str] | None, styles: str | Iterable[str] | None
) -> list[verb.MadeRow]:
    if bases is None or styles is None:
        raise InputError("bases and styles must be given with a list of texts", "none")
    given = texts_of(bases, "bases")
    named = [styles] * len(texts) if isinstance(styles, str) else [*texts_of(styles, "styles")]
    for name, values in (("bases", given), ("styles", named)):
        if len(values) != len(texts):
            raise InputError(f"{name} must be one for each text", f"{len(values)} of {len(texts)}")
    for place, style in enumerate(named):
        if style not in NAMES:
            rule = (
                f"styles[{place}] must be a prompt style of mutations{did_you_mean(style, NAMES)}"
            )
            raise InputError(rule, "another one")
    for name, filled in (("texts", texts), ("bases", given)):
        if blank := [place for place, text in enumerate(filled) if not text.strip()]:
            raise InputError(f"{name}[{blank[0]}] must not be blank", "a blank one")
    return [verb.MadeRow(*row) for row in zip(named, given, texts, strict=True)]


def _checked(
    by: verb.RowChecks, rows: Sequence[verb.MadeRow], cache: Cache
) -> list[verb.CheckedRow]:
    if by.recipe is None:
        return verb.checked(by, rows)
    recipe, _ = by.recipe
    require_payable(recipe, by.models(row.style for row in rows))
    with opened(recipe, cache, mutation.VERB) as engine:
        return verb.checked(by, rows, engine)
