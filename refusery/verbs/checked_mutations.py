"""Rows that somebody else put into prompt styles, judged by the checks of a build.

The checks are those of a recipe, with its encoder, translator and judges where it has them, or
those that need no model. Nothing is written anew.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import polars as pl

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell, Table
from base.did_you_mean import did_you_mean
from checks.identity import content_id
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.styles import NAMES
from inference.accounts import Advance
from inference.engine import Batch, Engine
from inference.ledger import Purpose
from inference.types import Check, Failed, Item, Program
from pipelines.recipe import Recipe, SorryBench
from pipelines.recipe.base_set import Mutate
from pipelines.runner.memory import asking_nobody, noted
from pipelines.sorry_bench.styles import check_settings, checking_models
from pipelines.sources.base_sets import BASE_STYLE
from pipelines.sources.engine import require_texts, run_of
from pipelines.stages.clean import findings
from refusery.verbs import mutation
from refusery.verbs.text_tables import require_free, text_table

_ADDED = ("passed", "reason", "judge_reason")
# A style's name has no spaces: what has some may be a prompt, which no error may show.
_NAME = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A text that somebody made from another one.

    Attributes:
        style: The prompt style that it is meant to be in.
        base: The text that it was made from.
        text: What was made of it.
    """

    style: str
    base: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What the checks say of a row.

    Attributes:
        passed: Whether all of them let it pass; None where one could not be asked.
        reason: Of the first that objects, or why one could not be asked; None where it passed.
        judge_reason: What the style judge said of it; None where none was asked. It may quote the
            text.
    """

    passed: bool | None
    reason: str | None = None
    judge_reason: str | None = field(default=None, repr=False)


Done: TypeAlias = dict[int, CheckedRow]
"""What came of rows so far, by their places."""


@dataclass(frozen=True, slots=True)
class RowChecks:
    """By which checks rows are judged.

    Attributes:
        recipe: Whose checks they are; None for those that need no model.
        mode: How encoded rows were encoded.
        bare: Whether they stand without the wrapper.
    """

    recipe: tuple[SorryBench, Mutate] | None
    mode: mutation.EncodingMode = "canonical"
    bare: bool = False

    def of(self, style: str) -> tuple[Check, ...]:
        """The checks of a style; of who made its rows nothing is known, not even that rules did."""
        found = CheckSettings() if self.recipe is None else check_settings(*self.recipe, style)
        return style_checks(style, replace(found, mode=self.mode, bare=self.bare, by_rules=False))

    def models(self, styles: Iterable[str]) -> tuple[str, ...]:
        """The models that checking rows of these styles asks, each once."""
        return () if self.recipe is None else checking_models(*self.recipe, styles)


def row_checks(
    recipe: Recipe | None, encodings: str | None = None, bare: bool | None = None
) -> RowChecks:
    """The checks that a command asks for.

    Args:
        recipe: The recipe, or None for the checks that need no model.
        encodings: `canonical` or `compat`; None for the recipe's.
        bare: Whether encoded texts stand alone; None for the recipe's.

    Raises:
        RecipeError: The mode is unknown.
        NotBuiltError: The recipe has no part `mutate`.
    """
    mode = mutation.encoding_mode(encodings)
    if recipe is None:
        return RowChecks(None, mode or "canonical", bool(bare))
    whole, part = mutation.sorry_bench(recipe, mutation.VERB)
    return RowChecks((whole, part), mode or part.encodings, part.bare if bare is None else bare)


def made_rows(
    frame: pl.DataFrame, text: str, base: str, style: str, *, empty_is_text: bool = False
) -> list[MadeRow]:
    """The rows of a table, each with its base and its style.

    Args:
        frame: The table.
        text: The column with the texts; like the next it may hold lists of one.
        base: The column with the texts that they were made from.
        style: The column with the prompt styles.
        empty_is_text: Whether the table is of a kind that has no null.

    Raises:
        ColumnUnusableError: A column is missing, a row has no text, no base or no known style;
            the number of the first such row, from 1, is named.
    """
    texts, bases = (
        text_table(frame, column, empty_is_text=empty_is_text).texts for column in (text, base)
    )
    styles = styles_of(frame, style)
    return [MadeRow(*row) for row in zip(styles, bases, texts, strict=True)]


def styles_of(frame: pl.DataFrame, column: str) -> list[str]:
    """The prompt style of each row.

    Raises:
        ColumnUnusableError: The column is missing, or a row has no style that is known.
    """
    if column not in frame.columns:
        raise ColumnUnusableError.missing(column, frame.columns)
    styles = frame[column].to_list()
    for number, style in enumerate(styles, 1):
        if style not in NAMES:
            raise ColumnUnusableError(_unknown(column, style), f"{_shown(style)} in row {number}")
    return styles


def _unknown(column: str, style: object) -> str:
    is_slip = isinstance(style, str) and style != BASE_STYLE and _NAME.fullmatch(style)
    hint = did_you_mean(str(style), NAMES) if is_slip else ""
    return f"column '{column}' must hold prompt styles of mutations{hint}"


def _shown(style: object) -> str:
    if style in (None, ""):
        return "nothing"
    return style if isinstance(style, str) and _NAME.fullmatch(style) else "no style's name"


def checked(
    by: RowChecks,
    rows: Sequence[MadeRow],
    engine: Engine | None = None,
    advance: Advance | None = None,
    done: Done | None = None,
) -> list[CheckedRow]:
    """What the checks say of each row, in the rows' order.

    Args:
        by: The checks.
        rows: The rows.
        engine: Asks models and encoders; needed for the checks of a recipe.
        advance: Called with the number of rows that are done.
        done: Takes what came of each row, as it comes.

    Raises:
        TextsMissingError: A model could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
        ValueError: The checks are a recipe's, and there is no engine.
    """
    checks: Mapping[str, tuple[Check, ...]] = {
        style: by.of(style) for style in {row.style for row in rows}
    }
    programs = (
        noted(_checking(checks[row.style], row), done, place) for place, row in enumerate(rows)
    )
    if by.recipe is None:
        return [asking_nobody(program) for program in programs]
    if engine is None:
        raise ValueError("the checks of a recipe must have an engine")
    recipe, _ = by.recipe
    purpose = Purpose(run_of(recipe, mutation.VERB), mutation.VERB)
    batch: Batch[CheckedRow | Failed] = engine.run(programs, advance, purpose)
    said = require_texts(engine, batch, recipe.max_failed, recipe.max_missing)
    return [CheckedRow(None, each.reason) if isinstance(each, Failed) else each for each in said]


def _checking(checks: Sequence[Check], row: MadeRow) -> Program[CheckedRow]:
    scores, reason = yield from findings(checks, Item(content_id(row.base), row.base, ""), row.text)
    note = next((score.note for score in scores if score.note), None)
    return CheckedRow(reason is None, reason, note)


def added_names(frame: pl.DataFrame) -> tuple[str, str, str]:
    """What the columns are called that checking adds: where one is taken, all have `check_` before.

    Raises:
        ColumnUnusableError: These are taken too.
    """
    passed, reason, judge_reason = _ADDED
    if not any(name in frame.columns for name in _ADDED):
        return passed, reason, judge_reason
    require_free(frame, [f"check_{name}" for name in _ADDED], "mutate --check-only")
    return f"check_{passed}", f"check_{reason}", f"check_{judge_reason}"


def findings_of(frame: pl.DataFrame, found: Sequence[CheckedRow], by: RowChecks) -> pl.DataFrame:
    """The columns that checking adds: `passed` and `reason`, and `judge_reason` with a judge.

    Args:
        frame: The table, for its names.
        found: What the checks say of its rows.
        by: The checks.
    """
    passed, reason, judge_reason = added_names(frame)
    columns = [
        pl.Series(passed, [each.passed for each in found], pl.Boolean),
        pl.Series(reason, [each.reason for each in found], pl.String),
    ]
    if by.recipe is not None and by.recipe[1].judge_among(by.recipe[0].models) is not None:
        said = [each.judge_reason for each in found]
        columns.append(pl.Series(judge_reason, said, pl.String))
    return pl.DataFrame(columns)


def counted(rows: Sequence[MadeRow], found: Sequence[CheckedRow]) -> tuple[Table, ...]:
    """Rows by style, passed or not, and the reasons by style where any did not pass."""
    by_style: dict[str, list[CheckedRow]] = {}
    for row, each in zip(rows, found, strict=True):
        by_style.setdefault(row.style, []).append(each)
    counts: list[tuple[Cell, ...]] = []
    reasons: list[tuple[Cell, ...]] = []
    for style in (name for name in NAMES if name in by_style):
        own = by_style[style]
        ends = Counter(each.passed for each in own)
        counts.append((style, len(own), ends[True], ends[False], ends[None]))
        why = Counter(each.reason for each in own if each.reason is not None)
        reasons += [(style, reason, count) for reason, count in why.most_common()]
    header = ("style", "rows", "passed", "not passed", "failed")
    tables = [Table("Checked mutations", header, tuple(counts))]
    if reasons:
        tables.append(Table("Not passed or failed", ("style", "reason", "rows"), tuple(reasons)))
    return tuple(tables)
