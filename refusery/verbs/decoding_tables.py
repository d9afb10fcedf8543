"""A user's table of answers with their decoding beside them, and how often it succeeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell, Table
from base.did_you_mean import did_you_mean
from generators.mutations.styles import NAMES
from refusery.verbs.decoding import LANGUAGES, Answered, Undone
from refusery.verbs.mutation_tables import BASE_STYLE
from refusery.verbs.text_tables import require_free, require_whole

_ADDED = ("decoded", "readable", "decoding", "decode_reason")


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
        hint = did_you_mean(name, rows.columns)
        raise ColumnUnusableError(f"a table must have the column '{name}'{hint}", "no such column")
    return rows[name]
