"""The tables of a mutated table: its rows in every style, with their evidence, and their counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import polars as pl

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell, Table
from pipelines.sources.base_sets import BASE_STYLE
from refusery.verbs.mutation import EncodingMode, Mutated, StyleTexts
from refusery.verbs.text_tables import TextTable, require_free

STYLE = "prompt_style"
_ADDED = ("base", "status", "made_by", "variant")
_EVIDENCE = ("reason", "asks", "row_number")
_JUDGED = "judge_reason"


@dataclass(frozen=True, slots=True)
class MutatedTables:
    """A table in all styles, style after style, each in the table's order.

    Attributes:
        kept: The mutated rows.
        dropped: The rows that are out, with their reason and the number (from 1) of their base.
    """

    kept: pl.DataFrame
    dropped: pl.DataFrame


def require_bases(table: TextTable) -> None:
    """Refuses a table that names a style other than `base`: what is a mutation already.

    Raises:
        ColumnUnusableError: It does, or its columns leave no names for ours.
    """
    added_names(table.frame)
    if STYLE not in table.frame.columns:
        return
    for number, style in enumerate(table.frame[STYLE].to_list(), 1):
        if style not in (None, "", BASE_STYLE):
            rule = f"a table to be mutated must hold rows of {STYLE} {BASE_STYLE} alone"
            raise ColumnUnusableError(rule, f"another one in row {number}")


def tables_of(table: TextTable, found: Sequence[StyleTexts]) -> MutatedTables:
    """The table's rows in every style, its other columns carried along.

    Added are `prompt_style`, `base` (the text that it was made from), `status`, `made_by` and
    `variant` (the dialect, jargon, role or slang that its writer was asked for), and for what was
    dropped `reason`, `asks` and `row_number`, and `judge_reason` where a style judge said
    anything. Where the table has one of these names already, all but `prompt_style` begin with
    `mutation_`; the judge's does where the table has that one.
    """
    kept = [_rows(table, each, kept=True) for each in found]
    dropped = [_rows(table, each, kept=False) for each in found]
    evidence = list(added_names(table.frame)[len(_ADDED) :])
    out = pl.concat(dropped)
    if any(text.judge_reason for each in found for text in each.texts):
        said = [text.judge_reason for each in found for text in _those(each, kept=False)]
        out = out.with_columns(pl.Series(_judged_name(table.frame), said, pl.String))
    return MutatedTables(pl.concat(kept).drop(evidence), out)


def _judged_name(frame: pl.DataFrame) -> str:
    return f"mutation_{_JUDGED}" if _JUDGED in frame.columns else _JUDGED


def _those(made: StyleTexts, *, kept: bool) -> list[Mutated]:
    return [text for text in made.texts if (text.reason is None) == kept]


def counted(found: Sequence[StyleTexts]) -> tuple[Table, ...]:
    """Rows by style, and reasons by style where any row was dropped."""
    rows: list[tuple[Cell, ...]] = []
    reasons: list[tuple[Cell, ...]] = []
    for each in found:
        ends = Counter(text.status for text in each.texts)
        counts = (ends["kept"], ends["dropped"], ends["failed"])
        note = "stopped: none of its first rows passed" if each.stopped else ""
        by = f"rules, {each.made_by}" if each.made_by in get_args(EncodingMode) else each.made_by
        rows.append((each.style, by, len(each.texts), *counts, note))
        why = Counter(text.reason for text in each.texts if text.reason is not None)
        reasons += [(each.style, reason, count) for reason, count in why.most_common()]
    header = ("style", "by", "rows", "kept", "dropped", "failed", "")
    tables = [Table("Mutations", header, tuple(rows))]
    if reasons:
        tables.append(Table("Dropped or failed", ("style", "reason", "rows"), tuple(reasons)))
    return tuple(tables)


def _rows(table: TextTable, made: StyleTexts, *, kept: bool) -> pl.DataFrame:
    places = [n for n, text in enumerate(made.texts) if (text.reason is None) == kept]
    texts = _those(made, kept=kept)
    base, status, by, variant, reason, asks, number = added_names(table.frame)
    rows = table.frame[places]
    return rows.with_columns(
        rows[table.column].alias(base),
        table.written([text.text for text in texts]),
        pl.lit(made.style).alias(STYLE),
        pl.Series(status, [text.status for text in texts], pl.String),
        pl.Series(by, [made.maker_of(text) for text in texts], pl.String),
        pl.Series(variant, [text.variant for text in texts], pl.String),
        pl.Series(reason, [text.reason for text in texts], pl.String),
        pl.Series(asks, [text.asks for text in texts], pl.Int64),
        pl.Series(number, [n + 1 for n in places], pl.Int64),
    )


def added_names(frame: pl.DataFrame) -> tuple[str, ...]:
    """What the columns are called that mutations add: base, status, maker, variant, evidence."""
    ours: tuple[str, ...] = (*_ADDED, *_EVIDENCE)
    if not any(name in frame.columns for name in ours):
        return ours
    ours = tuple(f"mutation_{name}" for name in ours)
    require_free(frame, ours, "mutate")
    return ours
