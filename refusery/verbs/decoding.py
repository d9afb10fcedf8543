"""Answers to mutated prompts put back into plain English, beside them in their table; and rates."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import polars as pl

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell, Table
from base.did_you_mean import did_you_mean
from generators.mutations.styles import NAMES
from generators.mutations.translation import BackTranslator
from inference.accounts import Advance
from inference.engine import Engine
from inference.ledger import Purpose
from inference.types import Failed
from pipelines.recipe import SorryBench
from pipelines.runner.memory import asking_nobody, noted
from pipelines.sorry_bench.styles import translator_into_english
from pipelines.sources.base_sets import BASE_STYLE
from pipelines.sources.engine import require_texts, run_of
from pipelines.stages.decoding import (
    LANGUAGES,
    Answered,
    Undone,
    translators_into_english,
    undoing,
    without_model,
)
from refusery.verbs.text_tables import require_free, require_whole

VERB = "decode"
Done: TypeAlias = dict[int, Undone]
"""What came of answers so far, by their place."""
_ADDED = ("decoded", "readable", "decoding", "decode_reason")


def undone(
    answers: Sequence[Answered],
    styles: Sequence[str],
    recipe: SorryBench | None = None,
    engine: Engine | None = None,
    advance: Advance | None = None,
    done: Done | None = None,
) -> list[Undone]:
    """Puts answers back into plain English.

    Args:
        answers: The answers.
        styles: The styles whose answers are to be undone; others stay as they are.
        recipe: Whose translator is asked; needed where a language is to be undone.
        engine: Asks it; likewise.
        advance: Called with 1 for each answer that was to be translated.
        done: Takes what came of each answer, as it comes, by its place.

    Raises:
        TextsMissingError: The translator could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
        ValueError: A language is to be undone without recipe or engine.
    """
    left = [n for n, each in enumerate(answers) if without_model(each, styles) is None]
    found: dict[int, Undone] = {
        n: asking_nobody(undoing(each, {}, styles))
        for n, each in enumerate(answers)
        if n not in set(left)
    }
    if done is not None:
        done.update(found)
    if left:
        if recipe is None or engine is None:
            raise ValueError("a language must have a recipe and an engine")
        translators = _translators(recipe)
        programs = [noted(undoing(answers[n], translators, styles), done, n) for n in left]
        purpose = Purpose(run_of(recipe, VERB), VERB)
        batch = engine.run(programs, advance, purpose)
        said = require_texts(engine, batch, recipe.max_failed, recipe.max_missing)
        for place, each in zip(left, said, strict=True):
            found[place] = _failed(each) if isinstance(each, Failed) else each
    return [found[n] for n in range(len(answers))]


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


def answers_of(rows: pl.DataFrame, column: str, style_column: str) -> list[Answered]:
    """The table's answers with the styles of their prompts.

    Raises:
        ColumnUnusableError: A column is missing or taken, an answer is no text or holds a NUL, or a
            style is unknown.
    """
    require_free(rows, _ADDED, "decode")
    texts = _texts(rows, column)
    require_whole(texts)
    known = (BASE_STYLE, *NAMES)
    styles = _column(rows, style_column).to_list()
    for number, style in enumerate(styles, 1):
        if style not in known:
            rule = f"column '{style_column}' must hold prompt styles{did_you_mean(style, known)}"
            shown = "nothing" if style in (None, "") else str(style)[:40]
            raise ColumnUnusableError(rule, f"{shown} in row {number}")
    return [Answered(style, text) for style, text in zip(styles, texts.to_list(), strict=True)]


def with_decodings(rows: pl.DataFrame, found: Sequence[Undone]) -> pl.DataFrame:
    """The table with `decoded`, `readable`, `decoding` and `decode_reason`."""
    columns = (
        pl.Series(_ADDED[0], [each.text for each in found], pl.String),
        pl.Series(_ADDED[1], [each.readable for each in found], pl.Float64),
        pl.Series(_ADDED[2], [each.status for each in found], pl.String),
        pl.Series(_ADDED[3], [each.reason for each in found], pl.String),
    )
    return rows.with_columns(*columns)


def rates(answers: Sequence[Answered], found: Sequence[Undone]) -> tuple[Table, ...]:
    """Success by style, and why what failed did.

    The rate is the share of the answers there are that could be read, in code or plainly.
    """
    by_style: dict[str, list[Undone]] = {}
    for answer, each in zip(answers, found, strict=True):
        by_style.setdefault(answer.style, []).append(each)
    rows = [_rate(style, by_style[style]) for style in (*NAMES, BASE_STYLE) if style in by_style]
    header = (
        *("style", "rows", "missing", "undone", "plain", "failed"),
        *("decode success", "mean readable"),
    )
    reasons = [
        (style, reason, count)
        for style, each in by_style.items()
        for reason, count in Counter(one.reason for one in each if one.reason).most_common()
    ]
    tables = [Table("Decoding", header, tuple(rows))]
    if reasons:
        tables.append(Table("Failed", ("style", "reason", "rows"), tuple(reasons)))
    return tuple(tables)


def languages_in(answers: Sequence[Answered]) -> tuple[str, ...]:
    """The language styles of the table's rows, each once."""
    there = {each.style for each in answers}
    return tuple(style for style in LANGUAGES if style in there)


def _rate(style: str, rows: Sequence[Undone]) -> tuple[Cell, ...]:
    counts = Counter(each.status for each in rows)
    missing, decoded, plain, failed = (
        counts[status] for status in ("missing", "decoded", "plain", "failed")
    )
    tried = decoded + plain + failed
    shares = [each.readable for each in rows if each.readable is not None]
    rate = f"{(decoded + plain) / tried:.3f}" if tried else "not decoded"
    mean = f"{sum(shares) / len(shares):.3f}" if shares else ""
    return (style, len(rows), missing, decoded, plain, failed, rate, mean)


def _texts(rows: pl.DataFrame, name: str) -> pl.Series:
    texts = _column(rows, name)
    if isinstance(texts.dtype, pl.Categorical | pl.Enum) or texts.dtype == pl.Null:
        texts = texts.cast(pl.String)
    if texts.dtype != pl.String:
        raise ColumnUnusableError(f"column '{name}' must hold texts", texts.dtype)
    return texts


def _column(rows: pl.DataFrame, name: str) -> pl.Series:
    if name not in rows.columns:
        raise ColumnUnusableError.missing(name, rows.columns)
    return rows[name]
